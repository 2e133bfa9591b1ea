//! A stage's logs in CloudWatch Logs, written with the account's role.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>

use std::time::Duration;

use serde_json::{Map as Object, Value, json};
use sha2::{Digest as _, Sha256};

use super::entry::StageView;
use super::exchange::Exchange;
use super::execution_log::Level;
use super::refusal::Refusal;
use super::{ExecuteApi, credentials};
use crate::sandbox::{Response, Scope};

/// Writes what the stage asks for: the execution log by the method's logging level, the access log by its format.
/// Without a role, or without permissions of it, nothing is written, as on AWS.
pub(super) fn deliver(
    execute: &ExecuteApi,
    view: &StageView,
    exchange: &Exchange,
    response: &Response,
    refused: Option<&Refusal>,
    latency: Duration,
) {
    let Some(sink) = execute.logs().filter(|_| exchange.log.is_kept()) else { return };
    let role = view.log_role.as_deref().unwrap_or_default();
    let writer = credentials::session(execute.authority(), execute.state(), role, execute.elapsed());
    let Some(writer) = writer else { return };
    let place = format!("{}/{}", exchange.api, exchange.stage);
    let stream = hex::encode(&Sha256::digest(place.as_bytes())[..16]);
    let setting = view.setting(exchange).map(|(_, setting)| setting);
    let level = setting.and_then(|setting| match setting.logging_level.as_deref() {
        Some("ERROR") => Some(Level::Error),
        Some("INFO") if setting.data_trace_enabled => Some(Level::Data),
        Some("INFO") => Some(Level::Info),
        _ => None,
    });
    if let Some(level) = level {
        let lines = exchange.log.lines(level).into_iter();
        let id = &exchange.request_id;
        let lines: Vec<_> = lines.map(|line| (exchange.received, format!("({id}) {line}"))).collect();
        if !lines.is_empty() {
            let group = format!("API-Gateway-Execution-Logs_{place}");
            sink.deliver(&exchange.scope, &writer.principal, &group, &stream, lines);
        }
    }
    let Some(settings) = &view.access_log else { return };
    let (Some(format), Some(destination)) = (&settings.format, &settings.destination_arn) else { return };
    let Some((scope, group)) = log_group(destination, exchange) else { return };
    let context = facts(exchange, response, refused, latency);
    let line = fill(format, &context);
    sink.deliver(&scope, &writer.principal, &group, &stream, vec![(exchange.received, line)]);
}

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, with or without `:*`.
fn log_group(arn: &str, exchange: &Exchange) -> Option<(Scope, String)> {
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    let ["arn", _, "logs", region, account, "log-group", name] = parts.as_slice() else { return None };
    // A log group of another account is out of the role's reach.
    (*account == exchange.scope.account.as_str()).then(|| {
        let scope = Scope { account: exchange.scope.account.clone(), region: (*region).to_owned() };
        (scope, name.trim_end_matches(":*").to_owned())
    })
}

/// `$context` as access logs know it, when all is over.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html>
fn facts(
    exchange: &Exchange,
    response: &Response,
    refused: Option<&Refusal>,
    latency: Duration,
) -> Object<String, Value> {
    let mut context = exchange.context();
    let mut set = |name: &str, value: Value| context.insert(name.to_owned(), value);
    set("status", json!(response.status.as_u16()));
    set("responseLength", json!(response.body.len()));
    set("responseLatency", json!(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)));
    set("xrayTraceId", Value::Null);
    let integration = exchange.log.integration();
    let millis = integration.latency.map(|latency| u64::try_from(latency.as_millis()).unwrap_or(u64::MAX));
    set("integrationLatency", json!(millis));
    set("integrationStatus", json!(integration.status));
    set(
        "integration",
        json!({
            "status": integration.status,
            "integrationStatus": integration.status,
            "latency": millis,
            "error": refused.map(|refused| &refused.cause),
        }),
    );
    if let Some(refused) = refused {
        set("integrationErrorMessage", json!(refused.cause));
        set(
            "error",
            json!({
                "message": refused.message,
                "messageString": Value::from(refused.message.clone()).to_string(),
                "responseType": refused.kind,
                "validationErrorString": refused.validation,
            }),
        );
    }
    context
}

/// Fills in a format: `$context.a.b`, or a dash where there is no such thing.
fn fill(format: &str, context: &Object<String, Value>) -> String {
    let mut line = String::with_capacity(format.len() * 2);
    let mut rest = format;
    while let Some(start) = rest.find("$context.") {
        line.push_str(&rest[..start]);
        let after = &rest[start + "$context.".len()..];
        let legal = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
        let end = after.find(|letter: char| !legal(letter)).unwrap_or(after.len());
        let name = after[..end].trim_end_matches(['.', '-']);
        let mut steps = name.split('.');
        let mut found = steps.next().and_then(|first| context.get(first));
        for step in steps {
            found = found.and_then(|found| found.get(step));
        }
        match found {
            None | Some(Value::Null) => line.push('-'),
            Some(Value::String(text)) => line.push_str(text),
            Some(other) => line.push_str(&other.to_string()),
        }
        rest = &after[name.len()..];
    }
    line.push_str(rest);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_filled_with_what_is_known_and_dashes() {
        let context =
            json!({ "requestId": "r-1", "identity": { "sourceIp": "::1", "user": null }, "status": 200 });
        let format = "$context.identity.sourceIp $context.identity.user [$context.status] {\"id\":\"$context.requestId\"}";
        assert_eq!(fill(format, context.as_object().unwrap()), "::1 - [200] {\"id\":\"r-1\"}");
        assert_eq!(fill("$context.nothing.", context.as_object().unwrap()), "-.");
    }
}
