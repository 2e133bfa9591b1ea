use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::entity::{FunctionName, Target};
use super::super::execution::{Job, Outcome};
use super::invoke::error_text;
use super::pending::Event;
use super::service::Core;
use crate::sandbox::Working;

/// How long before the first and the second retry of an event that the function failed on.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>
const WAITS: [u64; 2] = [60, 120];
/// How long before an event is tried again that was throttled, at most, in seconds; it begins with one and doubles.
const LONGEST_THROTTLE: u64 = 300;
/// Seconds after which an event is given up, where the function does not say otherwise.
const AGE: u32 = 21_600;
/// How often the clock is looked at, which may be advanced by hand.
const LOOK: Duration = Duration::from_millis(100);

/// What a function says of its events.
struct Rules {
    retries: usize,
    age: u32,
    destinations: Value,
}

/// Why an event was given up.
#[derive(Clone, Copy)]
enum GivenUp {
    RetriesExhausted,
    EventAgeExceeded,
    ZeroReservedConcurrency,
}

/// Hands an event to a function in the background, and again when it fails. It is kept with what is written next.
pub(super) fn enqueue(core: &Arc<Core>, name: FunctionName, job: Job) {
    let now = core.clock.now();
    let event = Event { name, job, accepted: now, runs: 0, throttles: 0, due: now };
    core.pending.keep(&event);
    resume(core, event);
}

/// Goes on with an event that was accepted before.
pub(super) fn resume(core: &Arc<Core>, mut event: Event) {
    let core = Arc::clone(core);
    let working = core.activity.work(&event.name.scope.account);
    let id = event.job.request_id.clone();
    events(&core).insert(id.clone(), event.name.to_string());
    tokio::spawn(async move {
        work(&core, &mut event, working).await;
        events(&core).remove(&id);
        core.pending.forget(&event);
    });
}

fn events(core: &Core) -> MutexGuard<'_, BTreeMap<String, String>> {
    core.events.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn work(core: &Arc<Core>, event: &mut Event, working: Working) {
    let mut working = Some(working);
    loop {
        if core.clock.now() < event.due {
            // What waits for its next attempt keeps nobody waiting.
            drop(working.take());
            wait_until(core, event.due).await;
            working = Some(core.activity.work(&event.name.scope.account));
        }
        // A freeze dropped it.
        if !events(core).contains_key(&event.job.request_id) {
            return;
        }
        // The function as it is now: a repaired one takes the retry.
        let Ok(target) = core.registry.target(&event.name, &core.random) else {
            return;
        };
        let rules = rules(core, &event.name);
        let wait = match core.engine.invoke(&target, &event.job).await {
            Ok(outcome) => {
                event.runs += 1;
                event.throttles = 0;
                if !outcome.failed {
                    succeed(core, event, &target, &rules, &outcome);
                    return;
                }
                let wait = WAITS.get(event.runs - 1).copied().filter(|_| event.runs <= rules.retries);
                let cause = match wait {
                    _ if target.reserved == Some(0) => Some(GivenUp::ZeroReservedConcurrency),
                    None => Some(GivenUp::RetriesExhausted),
                    Some(wait) if is_too_old(core, event, &rules, wait) => Some(GivenUp::EventAgeExceeded),
                    Some(_) => None,
                };
                if let Some(cause) = cause {
                    give_up(core, event, &target, &rules, Some(&outcome), cause);
                    return;
                }
                wait.unwrap_or_default()
            }
            Err(error) if error.status == 429 || (error.status >= 500 && error.status != 501) => {
                let wait = 2_u64.saturating_pow(event.throttles).min(LONGEST_THROTTLE);
                event.throttles += 1;
                let cause = if error.status == 429 && target.reserved == Some(0) {
                    Some(GivenUp::ZeroReservedConcurrency)
                } else if is_too_old(core, event, &rules, wait) {
                    Some(GivenUp::EventAgeExceeded)
                } else {
                    None
                };
                if let Some(cause) = cause {
                    give_up(core, event, &target, &rules, None, cause);
                    return;
                }
                wait
            }
            Err(error) => {
                tracing::debug!(function = %event.name, error = %error.message, "an event was given up");
                return;
            }
        };
        event.due = core.clock.now() + Duration::from_secs(wait);
        core.pending.keep(event);
    }
}

fn is_too_old(core: &Core, event: &Event, rules: &Rules, wait: u64) -> bool {
    let age = core.clock.now().as_second() - event.accepted.as_second();
    age + i64::try_from(wait).unwrap_or(i64::MAX) > i64::from(rules.age)
}

fn succeed(core: &Arc<Core>, event: &Event, target: &Target, rules: &Rules, outcome: &Outcome) {
    let Some(destination) = rules.destinations["OnSuccess"]["Destination"].as_str() else { return };
    let record = record(core, event, target, "Success", Some(outcome));
    tell(core, event, destination, &record, "Success");
}

fn give_up(
    core: &Arc<Core>,
    event: &Event,
    target: &Target,
    rules: &Rules,
    outcome: Option<&Outcome>,
    cause: GivenUp,
) {
    let condition = match cause {
        GivenUp::RetriesExhausted => "RetriesExhausted",
        GivenUp::EventAgeExceeded => "EventAgeExceeded",
        GivenUp::ZeroReservedConcurrency => "ZeroReservedConcurrency",
    };
    if let Some(destination) = rules.destinations["OnFailure"]["Destination"].as_str() {
        let record = record(core, event, target, condition, outcome);
        tell(core, event, destination, &record, "Failure");
    }
    // Both: a dead-letter queue belongs to the version, a destination to the qualifier.
    if let Some(letters) = &target.snapshot.settings.dead_letter {
        let problem = outcome.and_then(|outcome| error_text(&outcome.payload));
        let sent = core.send_dead_letter(&event.name, letters, &event.job, problem.as_deref());
        if let Err(error) = sent {
            tracing::debug!(function = %event.name, error = %error.message, "a dead letter was not sent");
        }
    }
}

fn tell(core: &Arc<Core>, event: &Event, destination: &str, record: &Value, outcome: &str) {
    let sent = core.send(&event.name, destination, record, outcome);
    if let Err(error) = sent {
        tracing::debug!(function = %event.name, error = %error.message, "a destination was not told");
    }
}

/// Builds the record that a destination gets.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
fn record(core: &Core, event: &Event, target: &Target, condition: &str, outcome: Option<&Outcome>) -> Value {
    let version = &target.snapshot.version;
    let arn = FunctionName { qualifier: Some(version.clone()), ..event.name.clone() }.arn();
    let mut out = json!({
        "version": "1.0",
        "timestamp": core.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "requestContext": {
            "requestId": event.job.request_id,
            "functionArn": arn,
            "condition": condition,
            "approximateInvokeCount": event.runs,
        },
        "requestPayload": serde_json::from_slice::<Value>(&event.job.payload).unwrap_or_default(),
    });
    if let Some(outcome) = outcome {
        out["responseContext"] = json!({ "statusCode": 200, "executedVersion": version });
        if outcome.failed {
            out["responseContext"]["functionError"] = json!("Unhandled");
        }
        out["responsePayload"] = serde_json::from_slice::<Value>(&outcome.payload).unwrap_or_default();
    }
    out
}

/// Returns how events of a function are treated.
fn rules(core: &Core, name: &FunctionName) -> Rules {
    core.registry.with(&name.scope, |region| {
        let function = region.functions.get(&name.name);
        let key = name.qualifier.as_deref().unwrap_or("$LATEST");
        let config = function.and_then(|function| function.event_invoke.get(key));
        Rules {
            retries: config.and_then(|config| config.retries).map_or(WAITS.len(), |retries| retries as usize),
            age: config.and_then(|config| config.age).unwrap_or(AGE),
            destinations: config.and_then(|config| config.destinations.clone()).unwrap_or_default(),
        }
    })
}

/// Waits by the context's clock.
async fn wait_until(core: &Core, due: Timestamp) {
    while core.clock.now() < due {
        tokio::time::sleep(LOOK).await;
    }
}
