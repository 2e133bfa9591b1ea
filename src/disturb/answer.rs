use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode, header};

use super::Fate;

/// Answers a call in place of the endpoint, in the form that the caller's protocol has for errors
/// (<https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization>); `None` where it is to be sent on.
pub(super) fn instead(fate: Fate, request: &Parts) -> Option<Response<Bytes>> {
    let (status, code, message) = match fate {
        Fate::Throttled => (StatusCode::TOO_MANY_REQUESTS, "ThrottlingException", "Rate exceeded"),
        Fate::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", "An internal error occurred"),
        Fate::Denied => (StatusCode::FORBIDDEN, "AccessDeniedException", "You are not authorized"),
        _ => return None,
    };
    let of = |name| request.headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let signed = of(header::AUTHORIZATION).unwrap_or_default();
    let scope = |service: &str| signed.contains(&format!("/{service}/aws4_request"));
    let xml = |body: String| ("text/xml", body);
    let (kind, body) = if scope("iam") || scope("sts") || scope("sns") {
        let code = if fate == Fate::Denied { "AccessDenied" } else { code.trim_end_matches("Exception") };
        xml(format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        ))
    } else if scope("s3") {
        let code = match fate {
            Fate::Throttled => "SlowDown",
            Fate::Denied => "AccessDenied",
            _ => "InternalError",
        };
        xml(format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
    } else {
        ("application/json", format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    // What an API that a candidate built answers bears no such header.
    if !signed.is_empty() {
        headers.insert("x-amzn-errortype", header::HeaderValue::from_static(code));
    }
    Some(response)
}

/// Whether a call only reads, and which one it is: two with the same key ask the same thing.
pub(super) fn read(request: &Parts, body: &Bytes) -> Option<String> {
    let target =
        request.headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    let reads = |name: &str| {
        ["Get", "List", "Describe", "Query", "Scan", "Filter", "Lookup"]
            .iter()
            .any(|verb| name.starts_with(verb))
    };
    let form = String::from_utf8_lossy(body);
    let action = form.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or_default();
    let is_read = request.method == http::Method::GET || reads(operation) || reads(action);
    is_read.then(|| format!("{} {} {target} {form}", request.method, request.uri))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(service: &str) -> Parts {
        let scope = format!("AWS4-HMAC-SHA256 Credential=AKIA/20261122/eu-west-1/{service}/aws4_request");
        Request::post("/").header("authorization", scope).body(()).unwrap().into_parts().0
    }

    #[test]
    fn an_error_has_the_form_of_its_service() {
        let said = |fate, service| {
            let answer = instead(fate, &parts(service)).unwrap();
            (answer.status().as_u16(), String::from_utf8(answer.into_body().to_vec()).unwrap())
        };
        let (status, body) = said(Fate::Throttled, "iam");
        assert!(status == 429 && body.contains("<Code>Throttling</Code>"), "{body}");
        assert!(said(Fate::Denied, "sts").1.contains("<Code>AccessDenied</Code>"));
        assert!(said(Fate::Throttled, "s3").1.contains("<Code>SlowDown</Code>"));
        assert!(said(Fate::Denied, "dynamodb").1.contains("AccessDeniedException"));
        assert_eq!(said(Fate::Failed, "lambda").0, 500);
        assert!(instead(Fate::Repeated, &parts("iam")).is_none());
    }

    #[test]
    fn reads_are_told_from_writes() {
        let read_of = |builder: http::request::Builder, body: &'static str| {
            read(&builder.body(()).unwrap().into_parts().0, &Bytes::from_static(body.as_bytes()))
        };
        assert!(read_of(Request::get("/orders"), "").is_some());
        assert!(
            read_of(Request::post("/").header("x-amz-target", "DynamoDB_20120810.GetItem"), "{}").is_some()
        );
        assert!(read_of(Request::post("/"), "Action=ListRoles&Version=2010-05-08").is_some());
        assert!(
            read_of(Request::post("/").header("x-amz-target", "DynamoDB_20120810.PutItem"), "{}").is_none()
        );
        assert!(read_of(Request::post("/orders"), "").is_none());
    }
}
