use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::super::entity::FunctionName;
use super::super::execution::Job;
use super::invoke::error_type;
use super::service::Core;

/// How long before the first and the second retry of an event that the function failed on.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>
const WAITS: [u64; 2] = [60, 120];
/// How long before an event is tried again that was throttled, in seconds.
const THROTTLED_WAIT: u64 = 1;
/// Seconds after which an event is given up, where the function does not say otherwise.
const AGE: u32 = 21_600;
/// How often the clock is looked at, which may be advanced by hand.
const LOOK: Duration = Duration::from_millis(100);

/// Hands an event to a function in the background, and again when it fails.
pub(super) fn enqueue(core: &Arc<Core>, name: FunctionName, job: Job) {
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let accepted = core.clock.now();
        let mut failures = 0;
        loop {
            // The function as it is now: a repaired one takes the retry.
            let Ok(target) = core.registry.target(&name, &core.random) else {
                return;
            };
            let wait = match core.engine.invoke(&target, &job).await {
                Ok(outcome) if !outcome.failed => return,
                Ok(outcome) => {
                    let (retries, _) = rules(&core, &name);
                    tracing::debug!(function = %name, error = ?error_type(&outcome.payload), failures, "an event failed");
                    let Some(wait) = WAITS.get(failures).filter(|_| failures < retries) else {
                        return;
                    };
                    failures += 1;
                    *wait
                }
                Err(error) if error.status == 429 || error.status >= 500 => THROTTLED_WAIT,
                Err(error) => {
                    tracing::debug!(function = %name, error = %error.message, "an event was given up");
                    return;
                }
            };
            let now = core.clock.now();
            let (_, age) = rules(&core, &name);
            if now.as_second() - accepted.as_second() + i64::try_from(wait).unwrap_or(i64::MAX)
                > i64::from(age)
            {
                return;
            }
            sleep_until(&core, now, wait).await;
        }
    });
}

/// Returns how often events of a function are tried again, and how old they may get.
fn rules(core: &Core, name: &FunctionName) -> (usize, u32) {
    core.registry.with(&name.scope, |region| {
        let function = region.functions.get(&name.name);
        let key = name.qualifier.as_deref().unwrap_or("$LATEST");
        let config = function.and_then(|function| function.event_invoke.get(key));
        let retries =
            config.and_then(|config| config.retries).map_or(WAITS.len(), |retries| retries as usize);
        (retries, config.and_then(|config| config.age).unwrap_or(AGE))
    })
}

/// Waits by the context's clock.
async fn sleep_until(core: &Core, from: Timestamp, seconds: u64) {
    let wait = i64::try_from(seconds).unwrap_or(i64::MAX);
    while core.clock.now().as_second() - from.as_second() < wait {
        tokio::time::sleep(LOOK).await;
    }
}
