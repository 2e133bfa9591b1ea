use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::binary;
use super::headers;
use super::refusal::Refusal;
use crate::sandbox::Response;

const MEMBERS: [&str; 5] = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/// Turns what a function returned to a proxy integration into the answer. Whatever is not of the proxy's format is 502.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
pub(super) fn read(
    payload: &[u8],
    binary_types: &[String],
    accept: Option<&str>,
) -> Result<Response, Refusal> {
    let malformed = || Refusal::bad_gateway("Malformed Lambda proxy response");
    let value: Value = serde_json::from_slice(payload).map_err(|_| malformed())?;
    let members = value.as_object().filter(|members| !members.is_empty()).ok_or_else(malformed)?;
    if members.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(malformed());
    }
    let status = match members.get("statusCode") {
        None | Some(Value::Null) => 200,
        Some(code) => status(code).ok_or_else(malformed)?,
    };
    let mut headers: Vec<(String, String)> = vec![];
    match members.get("multiValueHeaders") {
        None | Some(Value::Null) => {}
        Some(Value::Object(lists)) => {
            for (name, list) in lists {
                for value in list.as_array().ok_or_else(malformed)? {
                    headers.push((name.clone(), scalar(value).ok_or_else(malformed)?));
                }
            }
        }
        Some(_) => return Err(malformed()),
    }
    match members.get("headers") {
        None | Some(Value::Null) => {}
        Some(Value::Object(single)) => {
            for (name, value) in single {
                let value = scalar(value).ok_or_else(malformed)?;
                // Merged with the lists whatever the case; a pair that both name appears once.
                let there =
                    headers.iter().any(|(other, known)| other.eq_ignore_ascii_case(name) && *known == value);
                if !there {
                    headers.push((name.clone(), value));
                }
            }
        }
        Some(_) => return Err(malformed()),
    }
    let text = match members.get("body") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(_) => return Err(malformed()),
    };
    let encoded = match members.get("isBase64Encoded") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        Some(_) => return Err(malformed()),
    };
    let wanted = accept.is_some_and(|accept| binary::matches(binary_types, accept));
    let body = if encoded && wanted {
        STANDARD.decode(&text).map(Bytes::from).map_err(|_| malformed())?
    } else {
        Bytes::from(text)
    };
    Ok(build(status, &headers, body))
}

/// Builds an answer; without a content type it is JSON, as AWS has it.
fn build(status: u16, given: &[(String, String)], body: Bytes) -> Response {
    let mut response = Response::empty(status);
    response.body = body;
    for (name, value) in given {
        let Some(name) = headers::on_answer(name) else { continue };
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers.append(name, value);
        }
    }
    if !response.headers.contains_key("content-type") {
        response = response.with_header("content-type", "application/json");
    }
    response
}

/// A status from 100 to 599, as a number or as text.
fn status(value: &Value) -> Option<u16> {
    let number = match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be a small whole"
            )]
            (float.fract() == 0.0 && (100.0..=599.0).contains(&float)).then_some(float as u64)
        }),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }?;
    u16::try_from(number).ok().filter(|status| (100..=599).contains(status))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_of(payload: &str) -> u16 {
        match read(payload.as_bytes(), &[], None) {
            Ok(response) => response.status.as_u16(),
            Err(refusal) => refusal.status,
        }
    }

    #[test]
    fn what_is_not_of_the_format_is_502() {
        for payload in [
            "{}",
            "\"text\"",
            "null",
            "[]",
            "",
            r#"{"statusCode":200,"body":{"a":1}}"#,
            r#"{"statusCode":200,"extra":1}"#,
            r#"{"statusCode":"abc"}"#,
            r#"{"statusCode":200.5}"#,
            r#"{"statusCode":99}"#,
            r#"{"statusCode":200,"multiValueHeaders":{"a":"b"}}"#,
            r#"{"statusCode":200,"headers":{"a":["b"]}}"#,
            r#"{"errorMessage":"boom","errorType":"Exception"}"#,
        ] {
            assert_eq!(status_of(payload), 502, "{payload}");
        }
    }

    #[test]
    fn every_member_may_be_left_out_but_not_all() {
        for payload in [
            r#"{"statusCode":"201"}"#,
            r#"{"statusCode":201,"headers":null}"#,
            r#"{"statusCode":201.0,"body":null}"#,
        ] {
            assert_eq!(status_of(payload), 201, "{payload}");
        }
        assert_eq!(status_of(r#"{"headers":{"x":"y"}}"#), 200);
    }

    #[test]
    fn headers_of_both_kinds_are_merged() {
        let payload = r#"{"multiValueHeaders":{"X-A":["1","2"]},"headers":{"x-a":"2","X-B":true}}"#;
        let response = read(payload.as_bytes(), &[], None).unwrap();
        let values: Vec<_> = response.headers.get_all("x-a").iter().collect();
        assert_eq!(values, ["1", "2"]);
        assert_eq!(response.headers["x-b"], "true");
        assert_eq!(response.headers["content-type"], "application/json");
    }

    #[test]
    fn base64_is_undone_only_for_a_caller_that_accepts_binary() {
        let payload = r#"{"body":"aGk=","isBase64Encoded":true}"#.as_bytes();
        let types = ["image/png".to_owned()];
        assert_eq!(read(payload, &types, Some("image/png")).unwrap().body, "hi");
        assert_eq!(read(payload, &types, Some("*/*")).unwrap().body, "aGk=");
    }
}
