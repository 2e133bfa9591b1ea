use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde_json::{Map as Object, Value};

use super::refusal::Refusal;
use crate::sandbox::Response;

/// Turns what a function returned for an event of format 2.0 into the answer. An object that has a `statusCode` says
/// what the answer is; whatever else the function returned is the body of a 200 in JSON.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.v2>
pub(super) fn of_v2(payload: &[u8], default_type: &str) -> Result<Response, Refusal> {
    let value: Value = serde_json::from_slice(payload)
        .map_err(|_| Refusal::internal("the function's answer is not JSON"))?;
    match value {
        Value::Object(members) if members.contains_key("statusCode") => {
            let mut headers = singles(&members)?;
            for cookie in members.get("cookies").and_then(Value::as_array).into_iter().flatten() {
                let cookie = cookie.as_str().ok_or_else(malformed)?;
                headers.push(("set-cookie".to_owned(), cookie.to_owned()));
            }
            build(&members, &headers, default_type)
        }
        inferred => {
            // A text stands for itself, without its quotation marks.
            let body = match inferred {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let mut response = Response::empty(200).with_header("content-type", "application/json");
            response.body = Bytes::from(body);
            Ok(response)
        }
    }
}

/// Turns what a function returned for an event of format 1.0 into the answer.
pub(super) fn of_v1(payload: &[u8], default_type: &str) -> Result<Response, Refusal> {
    let value: Value = serde_json::from_slice(payload).map_err(|_| malformed())?;
    let Value::Object(members) = value else { return Err(malformed()) };
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
    for (name, value) in singles(&members)? {
        let same = |(other, known): &(String, String)| other.eq_ignore_ascii_case(&name) && *known == value;
        if !headers.iter().any(same) {
            headers.push((name, value));
        }
    }
    build(&members, &headers, default_type)
}

fn malformed() -> Refusal {
    Refusal::internal("the function's answer is not of the format")
}

fn singles(members: &Object<String, Value>) -> Result<Vec<(String, String)>, Refusal> {
    match members.get("headers") {
        None | Some(Value::Null) => Ok(vec![]),
        Some(Value::Object(headers)) => headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), scalar(value).ok_or_else(malformed)?)))
            .collect(),
        Some(_) => Err(malformed()),
    }
}

fn build(
    members: &Object<String, Value>,
    headers: &[(String, String)],
    default_type: &str,
) -> Result<Response, Refusal> {
    let status = members.get("statusCode").and_then(status).ok_or_else(malformed)?;
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
    let mut response = Response::empty(status);
    response.body = if encoded {
        STANDARD.decode(&text).map(Bytes::from).map_err(|_| malformed())?
    } else {
        Bytes::from(text)
    };
    put_headers(&mut response, headers);
    if !response.headers.contains_key("content-type") {
        response = response.with_header("content-type", default_type);
    }
    Ok(response)
}

/// Puts a backend's headers into an answer, without those that belong to the connection.
pub(super) fn put_headers(response: &mut Response, headers: &[(String, String)]) {
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        let lower = match lower.as_str() {
            "connection" | "content-length" | "keep-alive" | "transfer-encoding" | "upgrade" | "trailer" => {
                continue;
            }
            // AWS keeps these for itself and renames what the backend sent.
            // <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>
            "date" | "server" | "www-authenticate" | "x-amzn-requestid" => format!("x-amzn-remapped-{lower}"),
            _ => lower,
        };
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(lower), HeaderValue::from_str(value)) {
            response.headers.append(name, value);
        }
    }
}

/// A status from 100 to 599, as a number or as text.
fn status(value: &Value) -> Option<u16> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
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

    fn v2(payload: &str) -> (u16, String, String) {
        match of_v2(payload.as_bytes(), "text/plain") {
            Ok(response) => {
                let kind = response.headers["content-type"].to_str().unwrap().to_owned();
                (response.status.as_u16(), kind, String::from_utf8(response.body.to_vec()).unwrap())
            }
            Err(refusal) => (refusal.status, String::new(), refusal.message),
        }
    }

    #[test]
    fn what_has_no_status_is_the_body() {
        let json = "application/json".to_owned();
        for (payload, body) in [
            (r#""Hello""#, "Hello"),
            ("12", "12"),
            ("null", "null"),
            ("[1, 2]", "[1,2]"),
            (r#"{"message": "hi"}"#, r#"{"message":"hi"}"#),
            (r#"{"headers": {"x": "y"}}"#, r#"{"headers":{"x":"y"}}"#),
        ] {
            assert_eq!(v2(payload), (200, json.clone(), body.to_owned()), "{payload}");
        }
    }

    #[test]
    fn what_has_a_status_must_be_of_the_format() {
        for payload in [
            r#"{"statusCode":"abc"}"#,
            r#"{"statusCode":200,"body":{"a":1}}"#,
            r#"{"statusCode":200,"headers":["x"]}"#,
            r#"{"statusCode":200,"isBase64Encoded":true,"body":"*"}"#,
            r#"{"statusCode":99}"#,
            "not json",
        ] {
            assert_eq!(v2(payload).0, 500, "{payload}");
        }
        assert_eq!(v2(r#"{"statusCode":201}"#), (201, "text/plain".to_owned(), String::new()));
    }

    #[test]
    fn cookies_become_headers_and_base64_is_undone() {
        let payload = r#"{"statusCode":200,"cookies":["a=1","b=2"],"isBase64Encoded":true,"body":"aGk="}"#;
        let response = of_v2(payload.as_bytes(), "text/plain").unwrap();
        let cookies: Vec<_> = response.headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2"]);
        assert_eq!(response.body, "hi");
    }

    #[test]
    fn format_1_infers_nothing() {
        for payload in [r#""Hello""#, "{}", r#"{"body":"x"}"#, "null"] {
            assert_eq!(of_v1(payload.as_bytes(), "text/plain").unwrap_err().status, 500, "{payload}");
        }
        let payload = r#"{"statusCode":"200","headers":{"A":"1"},"multiValueHeaders":{"a":["1","2"]}}"#;
        let response = of_v1(payload.as_bytes(), "text/plain").unwrap();
        assert_eq!(response.headers.get_all("a").iter().count(), 2);
    }
}
