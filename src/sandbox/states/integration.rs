//! Calls to other services, as requests, and their answers, as results of tasks.

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::language::{Failure, Resource};
use crate::sandbox::{HeaderNames, Request, Response};

/// What is known of a service besides its name: how errors of it begin, what an error is called that its API does not name, and
/// its name in their causes.
const SERVICES: [(&str, &str, &str, &str); 6] = [
    ("lambda", "Lambda", "AWSLambdaException", "AWSLambda"),
    ("dynamodb", "DynamoDB", "AmazonDynamoDBException", "AmazonDynamoDBv2"),
    ("sqs", "SQS", "AmazonSQSException", "AmazonSQS"),
    ("sns", "SNS", "AmazonSNSException", "AmazonSNS"),
    ("events", "EventBridge", "AmazonEventBridgeException", "AmazonEventBridge"),
    ("states", "StepFunctions", "AWSStepFunctionsException", "AWSStepFunctions"),
];

/// Codes that every service has, and no API names.
const COMMON: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "ThrottlingException",
    "UnrecognizedClientException",
    "ValidationException",
];

/// When, and under which id, a call is made.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) received: Timestamp,
    pub(super) id: String,
}

/// Makes the request of a call: the service's signing name, the region where the resource names one, and the request.
pub(super) fn request(
    resource: &Resource,
    input: &Value,
    moment: Moment,
) -> Result<(&'static str, Option<String>, Request), Failure> {
    match resource {
        Resource::Function(arn) => {
            let region = arn.split(':').nth(3).map(str::to_owned);
            Ok(("lambda", region, invocation(arn, &[], Bytes::from(input.to_string()), moment)))
        }
        Resource::Integration { service: "lambda", .. } => {
            let name = required(input, "FunctionName")?;
            let payload = input.get("Payload").map_or_else(|| "{}".to_owned(), Value::to_string);
            let mut headers = Vec::new();
            for (member, header) in
                [("InvocationType", "x-amz-invocation-type"), ("ClientContext", "x-amz-client-context")]
            {
                if let Some(value) = input.get(member).and_then(Value::as_str) {
                    headers.push((header, value));
                }
            }
            let mut request = invocation(name, &headers, payload.into(), moment);
            if let Some(qualifier) = input.get("Qualifier").and_then(Value::as_str) {
                request.raw_query = format!("Qualifier={}", encoded(qualifier));
            }
            let region =
                name.starts_with("arn:").then(|| name.split(':').nth(3).map(str::to_owned)).flatten();
            Ok(("lambda", region, request))
        }
        Resource::Integration { service, action } => {
            let mut operation = (*action).to_owned();
            operation[..1].make_ascii_uppercase();
            let request = match *service {
                "dynamodb" => json_call("DynamoDB_20120810", "1.0", &operation, input, moment),
                "sqs" => {
                    let input = with_texts(input, &["MessageBody"]);
                    json_call("AmazonSQS", "1.0", &operation, &input, moment)
                }
                "events" => json_call("AWSEvents", "1.1", &operation, &with_details(input), moment),
                "states" => {
                    json_call("AWSStepFunctions", "1.0", &operation, &with_small_names(input), moment)
                }
                _ => form_call(&operation, &with_texts(input, &["Message"]), moment),
            };
            Ok((service, None, request))
        }
    }
}

fn required<'a>(input: &'a Value, member: &str) -> Result<&'a str, Failure> {
    input.get(member).and_then(Value::as_str).ok_or_else(|| {
        Failure::runtime(format!(
            "The Parameters '{input}' lack the field '{member}', which has to be a string."
        ))
    })
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn post(path: String, headers: &[(&str, &str)], body: Bytes, moment: Moment) -> Request {
    let mut all = HeaderMap::new();
    let length = body.len().to_string();
    for (name, value) in headers.iter().copied().chain([("content-length", length.as_str())]) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            all.insert(name, value);
        }
    }
    Request {
        method: Method::POST,
        raw_path: path,
        raw_query: String::new(),
        headers: all,
        header_names: HeaderNames::default(),
        body,
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        received: moment.received,
        id: moment.id,
    }
}

fn invocation(function: &str, headers: &[(&str, &str)], body: Bytes, moment: Moment) -> Request {
    post(format!("/2015-03-31/functions/{}/invocations", encoded(function)), headers, body, moment)
}

fn json_call(target: &str, version: &str, operation: &str, input: &Value, moment: Moment) -> Request {
    let (target, kind) = (format!("{target}.{operation}"), format!("application/x-amz-json-{version}"));
    let headers = [("x-amz-target", target.as_str()), ("content-type", kind.as_str())];
    post("/".to_owned(), &headers, input.to_string().into(), moment)
}

/// A call of SNS, as a form that is answered with JSON.
fn form_call(operation: &str, input: &Value, moment: Moment) -> Request {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", operation).append_pair("Version", "2010-03-31");
    for (name, value) in input.as_object().into_iter().flatten() {
        match value {
            Value::Object(attributes) => {
                for (number, (attribute, value)) in (1..).zip(attributes) {
                    let place = format!("{name}.entry.{number}");
                    form.append_pair(&format!("{place}.Name"), attribute);
                    for (member, value) in value.as_object().into_iter().flatten() {
                        form.append_pair(&format!("{place}.Value.{member}"), &plain(value));
                    }
                }
            }
            value => {
                form.append_pair(name, &plain(value));
            }
        }
    }
    let headers = [
        ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("accept", "application/json"),
    ];
    post("/".to_owned(), &headers, form.finish().into(), moment)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Members that are texts to the service may be given as JSON.
fn with_texts(input: &Value, members: &[&str]) -> Value {
    let mut input = input.clone();
    for member in members {
        if let Some(value) = input.get_mut(member).filter(|value| !value.is_string()) {
            *value = value.to_string().into();
        }
    }
    input
}

fn with_details(input: &Value) -> Value {
    let mut input = input.clone();
    for entry in input.get_mut("Entries").and_then(Value::as_array_mut).into_iter().flatten() {
        *entry = with_texts(entry, &["Detail"]);
    }
    input
}

/// Parameters are written with capital letters, which this service's API has not.
fn with_small_names(input: &Value) -> Value {
    let input = with_texts(input, &["Input"]);
    let small = |(name, value): (&String, &Value)| {
        let mut name = name.clone();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        (name, value.clone())
    };
    match &input {
        Value::Object(members) => Value::Object(members.iter().map(small).collect()),
        _ => input,
    }
}

/// Reads what a call gave.
pub(super) fn result(resource: &Resource, id: &str, answer: Option<Response>) -> Result<Value, Failure> {
    let name = match resource {
        Resource::Function(_) => "lambda",
        Resource::Integration { service, .. } => service,
    };
    let (_, prefix, common, full) =
        SERVICES.iter().find(|(known, ..)| *known == name).copied().unwrap_or(("", "", "", ""));
    let Some(answer) = answer else {
        return Err(Failure::runtime(format!("The sandbox does not cover the service {name}.")));
    };
    let status = answer.status.as_u16();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if status >= 400 {
        let (code, message) = error_of(&answer, &body);
        let cause = format!(
            "{message} (Service: {full}; Status Code: {status}; Error Code: {code}; Request ID: {id}; Proxy: null)"
        );
        let named = if COMMON.contains(&code.as_str()) || code.is_empty() {
            common.to_owned()
        } else if code.ends_with("Exception") {
            code
        } else {
            format!("{code}Exception")
        };
        return Err(Failure::new(format!("{prefix}.{named}"), cause));
    }
    if answer.headers.contains_key("x-amz-function-error") {
        let error = body.get("errorType").and_then(Value::as_str).unwrap_or("Lambda.Unknown").to_owned();
        return Err(Failure::new(error, String::from_utf8_lossy(&answer.body)));
    }
    let mut result = match resource {
        Resource::Function(_) => return Ok(body),
        Resource::Integration { service: "lambda", .. } => {
            let version = answer.headers.get("x-amz-executed-version").and_then(|value| value.to_str().ok());
            let mut result = json!({ "ExecutedVersion": version, "StatusCode": status });
            if !answer.body.is_empty() {
                result["Payload"] = body;
            }
            result
        }
        Resource::Integration { service: "states", .. } => {
            json!({ "ExecutionArn": body["executionArn"], "StartDate": body["startDate"] })
        }
        Resource::Integration { service: "sns", .. } => {
            json!({ "MessageId": body["PublishResponse"]["PublishResult"]["MessageId"] })
        }
        Resource::Integration { .. } => body,
    };
    if name == "events" && result["FailedEntryCount"].as_u64().is_some_and(|failed| failed > 0) {
        return Err(Failure::new("EventBridge.FailedEntry", result.to_string()));
    }
    if !result.is_object() {
        result = json!({});
    }
    result["SdkHttpMetadata"] = http_metadata(&answer);
    result["SdkResponseMetadata"] = json!({ "RequestId": id });
    Ok(result)
}

/// Code and message of an error, from where the service's protocol has them.
fn error_of(answer: &Response, body: &Value) -> (String, String) {
    let header = answer.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let inner = body.get("Error").unwrap_or(body);
    let text = |names: [&str; 2]| names.iter().find_map(|name| inner.get(*name)?.as_str());
    let code = header.or_else(|| text(["__type", "Code"])).unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or(code).split(':').next().unwrap_or_default();
    (code.to_owned(), text(["message", "Message"]).unwrap_or_default().to_owned())
}

fn http_metadata(answer: &Response) -> Value {
    let (mut all, mut first) = (Map::new(), Map::new());
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        all.insert(name.to_string(), json!([value]));
        first.insert(name.to_string(), value.into());
    }
    json!({ "AllHttpHeaders": all, "HttpHeaders": first, "HttpStatusCode": answer.status.as_u16() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(resource: &str, action: &str, input: &Value) -> Request {
        let known = [
            ("sqs", "sendMessage"),
            ("sns", "publish"),
            ("events", "putEvents"),
            ("states", "startExecution"),
        ];
        let (service, action) = known.into_iter().find(|known| *known == (resource, action)).unwrap();
        let moment = Moment { received: Timestamp::UNIX_EPOCH, id: "1".into() };
        request(&Resource::Integration { service, action }, input, moment).unwrap().2
    }

    #[test]
    fn what_is_a_text_to_the_service_may_be_given_as_json() {
        let body = |request: Request| serde_json::from_slice::<Value>(&request.body).unwrap();
        let sent = made("sqs", "sendMessage", &json!({ "QueueUrl": "u", "MessageBody": { "a": 1 } }));
        assert_eq!(body(sent)["MessageBody"], "{\"a\":1}");
        let put = made("events", "putEvents", &json!({ "Entries": [{ "Detail": { "a": 1 } }] }));
        assert_eq!(body(put)["Entries"][0]["Detail"], "{\"a\":1}");
        let start = made("states", "startExecution", &json!({ "StateMachineArn": "m", "Input": { "a": 1 } }));
        assert_eq!(body(start), json!({ "stateMachineArn": "m", "input": "{\"a\":1}" }));
        let told = made("sns", "publish", &json!({ "TopicArn": "t", "Message": { "a": 1 } }));
        assert!(String::from_utf8_lossy(&told.body).ends_with("TopicArn=t&Message=%7B%22a%22%3A1%7D"));
    }

    #[test]
    fn an_error_has_the_service_before_its_name() {
        let answer = |code: &str| {
            Response::json(400, &json!({ "message": "no" })).with_header("x-amzn-errortype", code)
        };
        let put = Resource::Integration { service: "dynamodb", action: "putItem" };
        let error = |code: &str| result(&put, "1", Some(answer(code))).unwrap_err().error;
        assert_eq!(error("ConditionalCheckFailedException"), "DynamoDB.ConditionalCheckFailedException");
        assert_eq!(error("AccessDeniedException"), "DynamoDB.AmazonDynamoDBException");
    }

    #[test]
    fn a_function_that_failed_gives_the_name_of_its_error() {
        let answer = Response::json(200, &json!({ "errorType": "SoldOut", "errorMessage": "none left" }));
        let answer = answer.with_header("x-amz-function-error", "Unhandled");
        let failure = result(&Resource::Function("arn".into()), "1", Some(answer)).unwrap_err();
        assert_eq!(failure.error, "SoldOut");
        assert!(failure.cause.contains("none left"));
    }
}
