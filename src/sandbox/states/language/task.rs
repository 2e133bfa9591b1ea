use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::event::with_data;
use super::failure::{Failure, TIMEOUT};
use super::line::{Doing, Line};
use super::machine::{Amount, Kind, Retrier, State};
use super::payload::{PAYLOAD, Scope};
use super::resource::Resource;
use super::step::World;

/// Wishes for the call of a Task state.
pub(super) fn begin(
    resource: &Resource,
    timeout: Option<&Amount>,
    input: Value,
    line: &mut Line,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let timeout =
        timeout.map(|amount| seconds(amount, "TimeoutSecondsPath", &input, line, world)).transpose()?;
    let text = input.to_string();
    if text.len() > PAYLOAD {
        return Err(Failure::too_large(&format!("The state/task '{}' was given an input", line.state)));
    }
    let mut details = Map::new();
    if let Some(timeout) = timeout {
        details.insert("timeoutInSeconds".to_owned(), timeout.into());
    }
    match resource {
        Resource::Function(arn) => {
            details.insert("resource".to_owned(), arn.as_str().into());
            world.note("LambdaFunctionScheduled", &mut line.last, with_data(details, "input", text));
            world.note("LambdaFunctionStarted", &mut line.last, Value::Null);
        }
        Resource::Integration { service, action } => {
            details.insert("resourceType".to_owned(), (*service).into());
            details.insert("resource".to_owned(), (*action).into());
            details.insert("region".to_owned(), world.region.into());
            details.insert("parameters".to_owned(), text.into());
            world.note("TaskScheduled", &mut line.last, Value::Object(details));
            let started = json!({ "resourceType": service, "resource": action });
            world.note("TaskStarted", &mut line.last, started);
        }
    }
    world.counts.calls += 1;
    let deadline = timeout.map(|seconds| world.now.saturating_add(seconds.saturating_mul(1000)));
    line.doing = Doing::Call { id: world.counts.calls, input, deadline };
    Ok(())
}

/// What became of a call: what it gave, or that its time is over; `None` where neither is.
pub(super) fn outcome(
    state: &State,
    line: &mut Line,
    id: u64,
    deadline: Option<i64>,
    world: &mut World<'_>,
) -> Option<Result<Value, Failure>> {
    let late = deadline.is_some_and(|deadline| deadline <= world.now);
    let given = world.given.remove(&id);
    let outcome = match given {
        Some(outcome) => outcome,
        None if late => Err(Failure::new(TIMEOUT, "")),
        None => return None,
    };
    let outcome = outcome.and_then(|result| {
        if result.to_string().len() <= PAYLOAD {
            return Ok(result);
        }
        Err(Failure::too_large(&format!("The state/task '{}' returned a result", line.state)))
    });
    let Kind::Task { resource, .. } = &state.kind else { return Some(outcome) };
    let (prefix, mut details) = match resource {
        Resource::Function(_) => ("LambdaFunction", Map::new()),
        Resource::Integration { service, action } => {
            let about = [("resourceType", *service), ("resource", *action)];
            ("Task", about.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect())
        }
    };
    match &outcome {
        Ok(result) => {
            let details = with_data(details, "output", result.to_string());
            world.note(format!("{prefix}Succeeded"), &mut line.last, details);
        }
        Err(failure) => {
            let what = if failure.error == TIMEOUT { "TimedOut" } else { "Failed" };
            details.insert("error".to_owned(), failure.error.as_str().into());
            if !failure.cause.is_empty() {
                details.insert("cause".to_owned(), failure.cause.as_str().into());
            }
            world.note(format!("{prefix}{what}"), &mut line.last, Value::Object(details));
        }
    }
    Some(outcome)
}

/// A number of seconds that stands in the definition or in the state's input.
pub(super) fn seconds(
    amount: &Amount,
    field: &str,
    input: &Value,
    line: &Line,
    world: &World<'_>,
) -> Result<i64, Failure> {
    let path = match amount {
        Amount::Seconds(seconds) => return Ok(*seconds),
        Amount::At(path) => path,
    };
    let (context, seed) = (world.context(line), Cell::new(0));
    let value = Scope::new(input, &context, &seed).at(path, field)?;
    value.as_i64().filter(|seconds| (0..=99_999_999).contains(seconds)).ok_or_else(|| {
        Failure::runtime(format!(
            "The {field} parameter does not reference a valid integer value: {} == {value}",
            path.text
        ))
    })
}

/// How long to wait before a state is tried again, in milliseconds.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error>
pub(super) fn pause(retrier: &Retrier, used: u32) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred million")]
    let first = retrier.interval as f64;
    let seconds = first * retrier.rate.powi(i32::try_from(used).unwrap_or(i32::MAX));
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred million")]
    let seconds = seconds.min(retrier.longest.map_or(99_999_999.0, |longest| longest as f64));
    #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
    let millis = (seconds * 1000.0) as i64;
    millis
}
