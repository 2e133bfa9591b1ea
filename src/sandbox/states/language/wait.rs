//! States that look at their input only: Wait, Choice, Fail.

use std::cell::Cell;

use serde_json::Value;

use super::choice::{Condition, timestamp};
use super::failure::Failure;
use super::line::Line;
use super::machine::{Text, Until};
use super::payload::Scope;
use super::step::World;
use super::task::seconds;

/// When a wait is over, in milliseconds since 1970.
pub(super) fn until(until: &Until, input: &Value, line: &Line, world: &World<'_>) -> Result<i64, Failure> {
    let moment = |value: &Value, path: &str| {
        timestamp(value).map(jiff::Timestamp::as_millisecond).ok_or_else(|| {
            let what = "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string";
            Failure::runtime(format!("{what}: {path} == {value}"))
        })
    };
    match until {
        Until::After(amount) => {
            let seconds = seconds(amount, "SecondsPath", input, line, world)?;
            Ok(world.now.saturating_add(seconds.saturating_mul(1000)))
        }
        Until::Moment(value) => moment(value, ""),
        Until::MomentAt(path) => {
            let (context, seed) = (world.context(line), Cell::new(0));
            let value = Scope::new(input, &context, &seed).at(path, "TimestampPath")?;
            moment(&value, &path.text)
        }
    }
}

/// The next state by the first rule that holds.
pub(super) fn choose(
    rules: &[(Condition, String)],
    default: Option<&String>,
    input: &Value,
    line: &Line,
    world: &World<'_>,
) -> Result<String, Failure> {
    let (context, seed) = (world.context(line), Cell::new(0));
    let scope = Scope::new(input, &context, &seed);
    for (condition, next) in rules {
        if condition.holds(&scope)? {
            return Ok(next.clone());
        }
    }
    default.cloned().ok_or_else(|| {
        let cause = format!("No choice rule of the state '{}' matched, and it has no Default.", line.state);
        Failure::new("States.NoChoiceMatched", cause)
    })
}

/// What a Fail state says.
pub(super) fn failure(
    error: Option<&Text>,
    cause: Option<&Text>,
    input: &Value,
    line: &Line,
    world: &World<'_>,
) -> Failure {
    let (context, seed) = (world.context(line), Cell::new(world.counts.seed.wrapping_add(line.last)));
    let scope = Scope::new(input, &context, &seed);
    let made = |text: Option<&Text>, field: &str| match text {
        None => Ok(String::new()),
        Some(Text::Plain(text)) => Ok(text.clone()),
        Some(Text::Made(expression)) => match expression.evaluate(field, &scope)? {
            Value::String(text) => Ok(text),
            other => Err(Failure::runtime(format!(
                "The value of the field '{field}' must be a string, but was: {other}"
            ))),
        },
    };
    match (made(error, "ErrorPath"), made(cause, "CausePath")) {
        (Ok(error), Ok(cause)) => Failure { error, cause },
        (Err(failure), _) | (_, Err(failure)) => failure,
    }
}
