use serde_json::Value;

/// What a record of Lambda's JSON log format says.
#[derive(Debug, PartialEq)]
pub(super) struct Record {
    /// What stands for it in a log of plain text. What a function wrote: a text as it is, anything else as JSON.
    pub message: String,
    pub whole: Value,
}

/// What the runtimes put into a record of their own making. A record with anything else in it is the function's own.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>
const KEYS: [&str; 10] = [
    "errorMessage",
    "errorType",
    "level",
    "location",
    "logger",
    "message",
    "requestId",
    "stackTrace",
    "tenantId",
    "timestamp",
];

/// Reads an event of a log as such a record; nothing where it is anything else.
pub(super) fn said(event: &str) -> Option<Record> {
    if !event.starts_with('{') {
        return None;
    }
    let whole: Value = serde_json::from_str(event).ok()?;
    let members = whole.as_object()?;
    if let Some(message) = of_lambda(&whole) {
        return Some(Record { message, whole });
    }
    let all = ["timestamp", "level", "requestId"].iter().all(|key| members.contains_key(*key));
    if !all || !members.keys().all(|key| KEYS.contains(&key.as_str())) {
        return None;
    }
    let message = match members.get("message")? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(Record { message, whole })
}

/// The line of plain text that an event of Lambda's own stands for: that a function ran is found in both formats.
/// <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>
fn of_lambda(event: &Value) -> Option<String> {
    let record = &event["record"];
    let id = record["requestId"].as_str()?;
    let metric = |name: &str| record["metrics"][name].to_string();
    Some(match event["type"].as_str()? {
        "platform.start" => format!("START RequestId: {id} Version: {}", record["version"].as_str()?),
        "platform.runtimeDone" => format!("END RequestId: {id}"),
        "platform.report" => format!(
            "REPORT RequestId: {id}\tDuration: {} ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax Memory Used: {} MB\t",
            metric("durationMs"),
            metric("billedDurationMs"),
            metric("memorySizeMB"),
            metric("maxMemoryUsedMB"),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_function_wrote_is_taken_out_of_lambdas_record() {
        let record = |message: Value| json!({ "timestamp": "2026-11-22T10:00:00Z", "level": "INFO", "requestId": "r-1", "message": message });
        for (message, said_so) in [
            (json!("sold o-1"), "sold o-1"),
            (json!(r#"{"event": "sold"}"#), r#"{"event": "sold"}"#),
            (json!({ "event": "sold" }), r#"{"event":"sold"}"#),
        ] {
            let whole = record(message);
            let message = said_so.to_owned();
            assert_eq!(said(&format!("{whole}\n")), Some(Record { message, whole }));
        }
    }

    #[test]
    fn what_lambda_says_itself_is_as_in_plain_text() {
        let line = |kind: &str, record: Value| {
            said(&json!({ "time": "t", "type": kind, "record": record }).to_string())
                .map(|record| record.message)
        };
        let metrics =
            json!({ "durationMs": 1.5, "billedDurationMs": 2, "memorySizeMB": 128, "maxMemoryUsedMB": 31 });
        assert_eq!(
            line("platform.report", json!({ "requestId": "r-1", "metrics": metrics })).unwrap(),
            "REPORT RequestId: r-1\tDuration: 1.5 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\t"
        );
        let start = line("platform.start", json!({ "requestId": "r-1", "version": "7" }));
        assert_eq!(start.unwrap(), "START RequestId: r-1 Version: 7");
        assert_eq!(line("platform.initStart", json!({ "phase": "init" })), None);
    }

    #[test]
    fn what_a_function_made_itself_is_left_as_it_is() {
        for event in [
            "sold o-1",
            "{ sold",
            "[1]",
            r#"{"event": "sold", "message": "o-1"}"#,
            r#"{"level": "INFO", "message": "sold", "timestamp": "t", "requestId": "r", "service": "shop"}"#,
        ] {
            assert_eq!(said(event), None, "{event}");
        }
    }
}
