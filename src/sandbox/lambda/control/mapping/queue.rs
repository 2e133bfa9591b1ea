use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;

use super::super::service::Core;
use super::batch::{Filters, IDLE, LARGEST, TROUBLE, Verdict, invoke, is_current};
use crate::sandbox::lambda::entity::{Mapping, SourceKind};
use crate::sandbox::{Position, ServiceError};

/// Batches that are worked on at once where the mapping does not say otherwise; Lambda starts with as many.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
const AT_ONCE: usize = 5;
/// Messages that SQS gives at once.
const MOST: usize = 10;

/// Polls a queue until the mapping changes.
pub(super) async fn poll(core: Arc<Core>, mapping: Mapping) {
    let mapping = Arc::new(mapping);
    let filters = Filters::of(&mapping);
    let most = mapping
        .settings
        .get("ScalingConfig")
        .and_then(|config| config["MaximumConcurrency"].as_u64())
        .and_then(|most| usize::try_from(most).ok());
    // Messages of a FIFO queue come one batch after the other.
    let places =
        if mapping.kind == SourceKind::FifoQueue { 1 } else { most.unwrap_or(AT_ONCE).min(AT_ONCE * 4) };
    let places = Arc::new(Semaphore::new(places));
    let account = mapping.function.scope.account.clone();
    let poller = core.activity.poller(&account);
    while is_current(&core, &mapping) {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let moment = poller.begins();
        let working = core.activity.work(&account);
        let batch = match gather(&core, &mapping, &filters).await {
            Ok(batch) if batch.is_empty() => {
                drop(place);
                working.nothing();
                poller.found_nothing(moment);
                poller.rest(IDLE).await;
                continue;
            }
            Ok(batch) => batch,
            Err(error) => {
                tracing::debug!(mapping = %mapping.uuid, error = %error.message, "a queue cannot be read");
                drop(place);
                working.nothing();
                poller.found_nothing(moment);
                poller.rest(TROUBLE).await;
                continue;
            }
        };
        let (core, mapping) = (Arc::clone(&core), Arc::clone(&mapping));
        tokio::spawn(async move {
            let (_place, _working) = (place, working);
            work(&core, &mapping, &batch).await;
        });
    }
}

/// Receives messages until a batch is full or its window is over.
async fn gather(core: &Arc<Core>, mapping: &Mapping, filters: &Filters) -> Result<Vec<Value>, ServiceError> {
    let size = usize::try_from(mapping.number("BatchSize").unwrap_or(10)).unwrap_or(MOST);
    let window = mapping.number("MaximumBatchingWindowInSeconds").unwrap_or(0);
    let window = Duration::from_secs(u64::try_from(window).unwrap_or(0));
    let mut batch: Vec<Value> = vec![];
    let mut bytes = 0;
    let mut since = None;
    loop {
        let Some(source) = core.surroundings.source(&mapping.source) else { return Ok(batch) };
        let reader = core.role_session(&mapping.function)?;
        let wanted = size.saturating_sub(batch.len()).min(MOST);
        let taken = source.poll(&reader, &mapping.source, Position::TrimHorizon, wanted)?.records;
        let received = taken.len();
        let (kept, over): (Vec<Value>, Vec<Value>) =
            taken.into_iter().partition(|record| filters.let_through(&seen(record)));
        if !over.is_empty() {
            // What no filter lets through is done with.
            source.finish(&reader, &mapping.source, &over)?;
        }
        bytes += kept.iter().map(|record| record.to_string().len()).sum::<usize>();
        batch.extend(kept);
        if batch.len() >= size || bytes >= LARGEST || (batch.is_empty() && received == 0) {
            return Ok(batch);
        }
        if received > 0 {
            continue;
        }
        let since = *since.get_or_insert_with(|| core.clock.elapsed());
        if core.clock.elapsed().saturating_sub(since) >= window || !is_current(core, mapping) {
            return Ok(batch);
        }
        tokio::time::sleep(IDLE).await;
    }
}

/// Invokes the function, and deletes what it is done with. What it failed on becomes visible again by itself.
async fn work(core: &Arc<Core>, mapping: &Mapping, batch: &[Value]) {
    let failed = match invoke(core, mapping, batch).await {
        Verdict::Done => vec![],
        Verdict::Partly(failed) => failed,
        Verdict::Failed | Verdict::Refused => return,
    };
    let known = |name: &String| batch.iter().any(|record| record["messageId"] == **name);
    if !failed.iter().all(known) {
        // An identifier that is not of this batch fails the whole batch.
        return;
    }
    let mut group_failed = false;
    let mut done = vec![];
    for record in batch {
        let fails = failed.iter().any(|name| record["messageId"] == **name);
        // After a failure nothing of a FIFO batch is done with: the order must be kept.
        group_failed |= fails && mapping.kind == SourceKind::FifoQueue;
        if !fails && !group_failed {
            done.push(record.clone());
        }
    }
    let Some(source) = core.surroundings.source(&mapping.source) else { return };
    let finished = core
        .role_session(&mapping.function)
        .and_then(|reader| source.finish(&reader, &mapping.source, &done));
    if let Err(error) = finished {
        tracing::debug!(mapping = %mapping.uuid, error = %error.message, "messages were not deleted");
    }
}

/// The record as filters see it: a body that is JSON is read.
fn seen(record: &Value) -> Value {
    let mut seen = record.clone();
    if let Some(body) = record["body"].as_str().and_then(|body| serde_json::from_str::<Value>(body).ok()) {
        seen["body"] = body;
    }
    seen
}
