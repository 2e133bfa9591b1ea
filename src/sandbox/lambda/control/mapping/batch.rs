use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::service::Core;
use crate::sandbox::lambda::entity::Mapping;
use crate::sandbox::lambda::execution::Job;
use crate::sandbox::{EventPattern, InvocationType};

/// How often a source is looked at that has nothing. The clock may be advanced by hand, so waits are short.
pub(super) const IDLE: Duration = Duration::from_millis(150);
/// How long before something is tried again that failed for the sandbox's or the role's sake.
pub(super) const TROUBLE: Duration = Duration::from_secs(1);
/// Of one invocation, in bytes.
pub(super) const LARGEST: usize = 6 * 1024 * 1024;

/// What came of one batch.
pub(super) enum Verdict {
    /// All of it is done.
    Done,
    /// The function failed on the items of these identifiers.
    Partly(Vec<String>),
    Failed,
    /// There was no concurrency left, or no function: nothing was tried.
    Refused,
}

/// Whether a poller is still the one of its mapping.
pub(super) fn is_current(core: &Core, mapping: &Mapping) -> bool {
    core.registry.with(&mapping.function.scope, |region| {
        region
            .mappings
            .get(&mapping.uuid)
            .is_some_and(|now| now.enabled && now.generation == mapping.generation)
    })
}

/// Keeps what the filters of a mapping let through: one of them has to match.
pub(super) struct Filters(Vec<EventPattern>);

impl Filters {
    pub(super) fn of(mapping: &Mapping) -> Self {
        let filters =
            mapping.settings.get("FilterCriteria").and_then(|criteria| criteria["Filters"].as_array());
        let patterns = filters.into_iter().flatten().filter_map(|filter| filter["Pattern"].as_str());
        Self(patterns.filter_map(|text| EventPattern::parse(text).ok()).collect())
    }

    /// `record` is the event as the filter sees it: with a body that is JSON already read.
    pub(super) fn let_through(&self, record: &Value) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(record))
    }
}

/// Invokes the function with a batch. As on AWS, no resource policy is asked: Lambda invokes its own function.
pub(super) async fn invoke(core: &Arc<Core>, mapping: &Mapping, records: &[Value]) -> Verdict {
    let payload = Bytes::from(json!({ "Records": records }).to_string());
    let job = Job {
        request_id: core.random.uuid(),
        payload,
        trace_id: core.trace_id(None),
        client_context: None,
        streamed: false,
    };
    match core.run(&mapping.function, InvocationType::RequestResponse, job).await {
        Ok((_, Some(outcome))) if outcome.failed => Verdict::Failed,
        Ok((_, Some(outcome))) => read_answer(mapping, &outcome.payload),
        Ok((_, None)) => Verdict::Done,
        Err(error) if error.status < 500 || error.status == 501 => {
            tracing::debug!(mapping = %mapping.uuid, error = %error.message, "a batch was refused");
            Verdict::Refused
        }
        Err(_) => Verdict::Failed,
    }
}

/// Reads `batchItemFailures`. A list that is empty or absent is a success; an item without identifier fails the whole batch.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>
fn read_answer(mapping: &Mapping, payload: &[u8]) -> Verdict {
    let reports = mapping.settings.get("FunctionResponseTypes").and_then(Value::as_array);
    if reports.is_none_or(Vec::is_empty) {
        return Verdict::Done;
    }
    let answer: Value = serde_json::from_slice(payload).unwrap_or_default();
    let items = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return Verdict::Done,
        Some(Value::Array(items)) => items,
        Some(_) => return Verdict::Failed,
    };
    let names: Option<Vec<String>> = items
        .iter()
        .map(|item| item["itemIdentifier"].as_str().filter(|name| !name.is_empty()).map(str::to_owned))
        .collect();
    match names {
        Some(names) if names.is_empty() => Verdict::Done,
        Some(names) => Verdict::Partly(names),
        None => Verdict::Failed,
    }
}
