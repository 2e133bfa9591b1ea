use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::service::Core;
use super::batch::{Filters, IDLE, TROUBLE, Verdict, invoke, is_current};
use crate::sandbox::lambda::entity::Mapping;
use crate::sandbox::{Poller, Position, ServiceError};

/// How long before a batch is tried again that the function failed on.
const RETRY: Duration = Duration::from_millis(500);

/// Polls a stream until the mapping changes, in its order.
pub(super) async fn poll(core: Arc<Core>, mapping: Mapping) {
    let filters = Filters::of(&mapping);
    let latest = mapping.settings.get("StartingPosition").and_then(Value::as_str) == Some("LATEST");
    let poller = core.activity.poller(&mapping.function.scope.account);
    let start = if latest { Position::Latest } else { Position::TrimHorizon };
    // One that was read before goes on from there, also after a restart.
    let mut position = mapping.position.unwrap_or(start);
    while is_current(&core, &mapping) {
        let moment = poller.begins();
        let wait = match round(&core, &mapping, &filters, &mut position, &poller).await {
            Ok(0) => IDLE,
            Ok(_) => {
                tokio::task::yield_now().await;
                continue;
            }
            Err(error) => {
                tracing::debug!(mapping = %mapping.uuid, error = %error.message, "a stream cannot be read");
                TROUBLE
            }
        };
        poller.found_nothing(moment);
        poller.rest(wait).await;
    }
}

/// Reads the stream once; returns how many records there were.
async fn round(
    core: &Arc<Core>,
    mapping: &Mapping,
    filters: &Filters,
    position: &mut Position,
    poller: &Poller,
) -> Result<usize, ServiceError> {
    let Some(source) = core.surroundings.source(&mapping.source) else { return Ok(0) };
    let reader = core.role_session(&mapping.function)?;
    let most = usize::try_from(mapping.number("BatchSize").unwrap_or(100)).unwrap_or(100).min(1000);
    let batch = source.poll(&reader, &mapping.source, *position, most)?;
    drop(source);
    let total = batch.records.len();
    let kept: Vec<Value> = batch.records.into_iter().filter(|record| filters.let_through(record)).collect();
    if !kept.is_empty() && !deliver(core, mapping, kept, poller).await {
        // Whoever polls next begins with the same records.
        return Ok(0);
    }
    // Not before the batch is done with: a poller that ends here has lost nothing.
    if *position != batch.next {
        *position = batch.next;
        core.registry.with(&mapping.function.scope, |region| {
            if let Some(mapping) = region.mappings.get_mut(&mapping.uuid) {
                mapping.position = Some(batch.next);
            }
        });
        core.surroundings.keep(&mapping.function.scope.account);
    }
    Ok(total)
}

/// Invokes the function with a batch until it succeeds or its attempts are used up; says whether it came to that.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>
async fn deliver(core: &Arc<Core>, mapping: &Mapping, records: Vec<Value>, poller: &Poller) -> bool {
    let attempts = mapping.number("MaximumRetryAttempts").unwrap_or(-1);
    let age = mapping.number("MaximumRecordAgeInSeconds").unwrap_or(-1);
    let bisect = mapping.settings.get("BisectBatchOnFunctionError") == Some(&Value::Bool(true));
    // The halves of a batch that was cut stand in order on top of each other.
    let mut waiting = vec![(records, 0_i64)];
    while let Some((mut batch, tried)) = waiting.pop() {
        let working = core.activity.work(&mapping.function.scope.account);
        let verdict = invoke(core, mapping, &batch).await;
        drop(working);
        let (result, retry) = match verdict {
            Verdict::Done => ("OK", None),
            Verdict::Partly(failed) => {
                // What comes before the first failure is done with.
                let at = batch.iter().position(|record| {
                    failed.iter().any(|name| record["dynamodb"]["SequenceNumber"] == **name)
                });
                let rest = batch.split_off(at.unwrap_or(0));
                ("PROBLEM: Function call failed", Some((rest, tried + 1)))
            }
            Verdict::Failed => ("PROBLEM: Function call failed", Some((batch, tried + 1))),
            Verdict::Refused => ("PROBLEM: Function call failed", Some((batch, tried))),
        };
        note(core, mapping, result);
        let Some((batch, tried)) = retry else { continue };
        let old = age >= 0 && oldest(&batch).is_some_and(|made| core.clock.now().as_second() - made > age);
        if (attempts >= 0 && tried > attempts) || old {
            give_up(core, mapping, &batch, tried, old);
            continue;
        }
        if bisect && batch.len() > 1 && tried > 0 {
            let mut first = batch;
            let second = first.split_off(first.len() / 2);
            // To cut a batch is no attempt of its own.
            waiting.push((second, tried - 1));
            waiting.push((first, tried - 1));
        } else {
            waiting.push((batch, tried));
        }
        // Nobody is kept waiting by a batch that fails again and again.
        poller.retry_after(RETRY).await;
        if !is_current(core, mapping) {
            return false;
        }
    }
    true
}

fn oldest(batch: &[Value]) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)] // whole seconds are enough
    batch.first()?["dynamodb"]["ApproximateCreationDateTime"].as_f64().map(|seconds| seconds as i64)
}

/// Says how the last batch went, for `LastProcessingResult`.
fn note(core: &Core, mapping: &Mapping, result: &str) {
    core.registry.with(&mapping.function.scope, |region| {
        if let Some(mapping) = region.mappings.get_mut(&mapping.uuid) {
            mapping.last_result = Some(result.to_owned());
        }
    });
}

/// Tells the failure destination, if there is one, which records were given up.
fn give_up(core: &Arc<Core>, mapping: &Mapping, batch: &[Value], tried: i64, old: bool) {
    let config = mapping.settings.get("DestinationConfig");
    let Some(target) = config.and_then(|config| config["OnFailure"]["Destination"].as_str()) else { return };
    let number =
        |record: Option<&Value>| record.map_or(Value::Null, |it| it["dynamodb"]["SequenceNumber"].clone());
    let message = json!({
        "requestContext": {
            "requestId": core.random.uuid(),
            "functionArn": mapping.function.arn(),
            "condition": if old { "RecordAgeExceeded" } else { "RetryAttemptsExhausted" },
            "approximateInvokeCount": tried,
        },
        "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
        "version": "1.0",
        "timestamp": core.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000000000000000000-00000000",
            "startSequenceNumber": number(batch.first()),
            "endSequenceNumber": number(batch.last()),
            "batchSize": batch.len(),
            "streamArn": mapping.source,
        },
    });
    if let Err(error) = core.send(&mapping.function, target, &message, "Failure") {
        tracing::debug!(mapping = %mapping.uuid, error = %error.message, "a failure destination was not told");
    }
}
