use std::time::Duration;

use super::super::entity::Stage;
use super::context;
use super::entrance::HttpApis;
use super::exchange::Exchange;
use super::refusal::Refusal;
use crate::policy::Principal;
use crate::sandbox::Response;

/// Writes a request's line into the stage's log group, where it has one.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html>
pub(super) fn write(
    gateway: &HttpApis,
    exchange: &Exchange,
    stage: &Stage,
    response: &Response,
    refusal: Option<&Refusal>,
    took: Duration,
) {
    let Some(settings) = &stage.access_log_settings else { return };
    let (Some(destination), Some(format)) = (&settings.destination_arn, &settings.format) else { return };
    let Some((_, group)) = destination.split_once(":log-group:") else { return };
    let group = group.strip_suffix(":*").unwrap_or(group);
    let line = render(format, |name| match name {
        "status" => Some(response.status.as_u16().to_string()),
        "responseLength" => Some(response.body.len().to_string()),
        "responseLatency" => Some(took.as_millis().to_string()),
        "error.message" => refusal.map(|refusal| refusal.message.clone()),
        "error.messageString" => refusal.map(|refusal| format!("\"{}\"", refusal.message)),
        "integrationErrorMessage" | "integration.error" | "authorizer.error" => {
            refusal.map(|refusal| refusal.cause.clone())
        }
        "integrationStatus" | "integration.integrationStatus" if refusal.is_none() => {
            Some(response.status.as_u16().to_string())
        }
        "integration.status" if refusal.is_none() => Some("200".to_owned()),
        other => context::value(exchange, other),
    });
    // AWS's delivery writes on behalf of the account that owns the stage.
    let writer = Principal::Root { account: exchange.scope.account.to_string() };
    let name = exchange.stage.trim_start_matches('$');
    let stream = format!("{}/{name}", exchange.api);
    gateway.parts().logs.deliver(&exchange.scope, &writer, group, &stream, vec![(exchange.received, line)]);
}

/// Puts values in the place of `$context.name`; `-` for one that has none.
fn render(format: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut line = String::new();
    let mut rest = format;
    while let Some(start) = rest.find("$context.") {
        line.push_str(&rest[..start]);
        let after = &rest[start + "$context.".len()..];
        let end = after
            .find(|letter: char| !letter.is_ascii_alphanumeric() && !"._-".contains(letter))
            .unwrap_or(after.len());
        let name = after[..end].trim_end_matches(['.', '-']);
        line.push_str(&value(name).unwrap_or_else(|| "-".to_owned()));
        rest = &after[name.len()..];
    }
    line.push_str(rest);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_end_where_their_names_do() {
        let line = render("{\"a\":\"$context.a.b\"} $context.c. $context.", |name| Some(format!("<{name}>")));
        assert_eq!(line, "{\"a\":\"<a.b>\"} <c>. <>");
        assert_eq!(render("$context.x!", |_| None), "-!");
    }
}
