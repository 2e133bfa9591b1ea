use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::sandbox::query::wants_json;
use crate::sandbox::{Protocol, Request, Response, ServiceError};

/// Gives an error the usual shape of a protocol.
///
/// Shapes: <https://smithy.io/2.0/aws/protocols/index.html>, one page a protocol, section "Operation error serialization".
pub(in crate::sandbox) fn render(
    protocol: Protocol,
    service: &str,
    error: &ServiceError,
    request: &Request,
) -> Response {
    match protocol {
        Protocol::Query => query(service, error, request),
        Protocol::RestXml => rest_xml(error, request),
        Protocol::RestJson => rest_json(error),
        Protocol::Json10 => aws_json(service, error, "application/x-amz-json-1.0"),
        Protocol::Json11 => aws_json(service, error, "application/x-amz-json-1.1"),
    }
}

fn query(service: &str, error: &ServiceError, request: &Request) -> Response {
    if wants_json(request) {
        return query_as_json(error, request);
    }
    let namespace = match service {
        "sts" => "https://sts.amazonaws.com/doc/2011-06-15/",
        "sqs" => "http://queue.amazonaws.com/doc/2012-11-05/",
        "cloudformation" => "http://cloudformation.amazonaws.com/doc/2010-05-15/",
        "sns" => "http://sns.amazonaws.com/doc/2010-03-31/",
        _ => "https://iam.amazonaws.com/doc/2010-05-08/",
    };
    let fault = if error.status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n    <Type>{fault}</Type>\n    <Code>{}</Code>\n    \
         <Message>{}</Message>\n  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
        escape(&error.code),
        escape(&error.message),
        request.id
    );
    with_body(error.status, "text/xml", body)
}

/// An error for those who ask for JSON, as API Gateway does.
fn query_as_json(error: &ServiceError, request: &Request) -> Response {
    let fault = if error.status < 500 { "Sender" } else { "Receiver" };
    let body = serde_json::json!({
        "Error": { "Code": error.code, "Message": error.message, "Type": fault, "Detail": null },
        "RequestId": request.id,
    });
    Response::json(error.status, &body)
}

fn rest_xml(error: &ServiceError, request: &Request) -> Response {
    let mut members = String::new();
    for (name, value) in &error.members {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // Writing to a string cannot fail.
        let _ = write!(members, "<{name}>{}</{name}>", escape(&text));
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{members}\
         <RequestId>{}</RequestId></Error>",
        escape(&error.code),
        escape(&error.message),
        request.id
    );
    with_body(error.status, "application/xml", body)
}

fn rest_json(error: &ServiceError) -> Response {
    let mut body = Map::new();
    body.insert("message".to_owned(), Value::from(error.message.clone()));
    body.extend(error.members.clone());
    Response::json(error.status, &Value::Object(body)).with_header("x-amzn-errortype", &error.code)
}

fn aws_json(service: &str, error: &ServiceError, content_type: &str) -> Response {
    let mut body = Map::new();
    let kind = match (service, error.code.as_ref()) {
        // DynamoDB alone prefixes its errors with a namespace; those of the front layer have another one.
        (
            "dynamodb",
            "AccessDeniedException"
            | "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "SerializationException"
            | "UnknownOperationException"
            | "UnrecognizedClientException"
            | "ValidationException",
        ) => format!("com.amazon.coral.service#{}", error.code),
        ("dynamodb", code) => format!("com.amazonaws.dynamodb.v20120810#{code}"),
        (_, code) => code.to_owned(),
    };
    body.insert("__type".to_owned(), Value::from(kind));
    if !error.message.is_empty() {
        body.insert("message".to_owned(), Value::from(error.message.clone()));
    }
    body.extend(error.members.clone());
    with_body(error.status, content_type, Value::Object(body).to_string())
}

fn with_body(status: u16, content_type: &str, body: String) -> Response {
    Response { body: body.into(), ..Response::empty(status) }.with_header("content-type", content_type)
}

/// Escapes text for XML; control characters that XML 1.0 cannot hold become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            control if control < ' ' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
