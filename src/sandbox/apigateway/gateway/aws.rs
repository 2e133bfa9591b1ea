//! Direct integrations with AWS services other than Lambda.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri>

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::ExecuteApi;
use super::exchange::Exchange;
use super::integration_request::{self, Outbound};
use super::integration_response::{self, Inbound};
use super::refusal::Refusal;
use crate::sandbox::apigateway::entity::Integration;
use crate::sandbox::{Caller, HeaderNames, Request, Response, Scope};

/// Services whose operations are named by a header: the header's prefix and the version of the JSON protocol.
const TARGETS: [(&str, &str, &str); 10] = [
    ("dynamodb", "DynamoDB_20120810", "1.0"),
    ("states", "AWSStepFunctions", "1.0"),
    ("kinesis", "Kinesis_20131202", "1.1"),
    ("firehose", "Firehose_20150804", "1.1"),
    ("events", "AWSEvents", "1.1"),
    ("logs", "Logs_20140328", "1.1"),
    ("secretsmanager", "secretsmanager", "1.1"),
    ("ssm", "AmazonSSM", "1.1"),
    ("cognito-idp", "AWSCognitoIdentityProviderService", "1.1"),
    ("kms", "TrentService", "1.1"),
];

/// Calls a service of the sandbox with the permissions of `caller`, and answers through the integration responses. What
/// the service refuses, denials among it, is an answer like any other.
pub(super) async fn call(
    execute: &ExecuteApi,
    exchange: &Exchange,
    integration: &Integration,
    caller: Option<Caller>,
) -> Result<Response, Refusal> {
    let outbound = integration_request::build(exchange, integration)?;
    let called = Called::of(&outbound.uri).ok_or_else(|| {
        Refusal::misconfigured(format!("Execution failed due to configuration error: {}", outbound.uri))
    })?;
    let caller = caller.ok_or_else(|| {
        Refusal::misconfigured("Execution failed due to configuration error: Role ARN must be specified")
    })?;
    let not_there = || Refusal::not_covered(format!("{} with {}", integration.kind, called.service));
    let dispatch = execute.dispatch().ok_or_else(not_there)?;
    let began = execute.elapsed();
    exchange.log.sending(&outbound);
    let scope = Scope { account: exchange.scope.account.clone(), region: called.region.to_owned() };
    let request = called.request(exchange, &outbound);
    let answered = dispatch.dispatch(called.service, &scope, caller, request).await;
    let answered = answered.ok_or_else(not_there)?;
    let mut headers: Vec<(String, String)> = vec![];
    for (name, value) in &answered.headers {
        headers.push((name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    let status = answered.status.as_u16();
    let latency = execute.elapsed().saturating_sub(began);
    exchange.log.received(status, &headers, &answered.body, latency);
    let inbound = Inbound { selection: status.to_string(), headers, body: answered.body };
    let answer = integration_response::answer(exchange, integration, &outbound, &inbound)?;
    Ok(answer.with_header("x-amzn-trace-id", &exchange.trace_id))
}

/// `arn:aws:apigateway:REGION:[SUBDOMAIN.]SERVICE:{action|path}/REST`
#[derive(Debug, PartialEq)]
struct Called<'a> {
    region: &'a str,
    subdomain: Option<&'a str>,
    service: &'a str,
    action: bool,
    rest: &'a str,
}

impl<'a> Called<'a> {
    fn of(uri: &'a str) -> Option<Self> {
        let mut parts = uri.splitn(6, ':').skip(3);
        let (region, host, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let (subdomain, service) = match host.rsplit_once('.') {
            Some((subdomain, service)) => (Some(subdomain), service),
            None => (None, host),
        };
        let (kind, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let action = match kind {
            "action" => true,
            "path" => false,
            _ => return None,
        };
        Some(Self { region, subdomain, service, action, rest })
    }

    fn request(&self, exchange: &Exchange, outbound: &Outbound) -> Request {
        let mut headers = HeaderMap::new();
        for (name, value) in &outbound.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
                headers.append(name, value);
            }
        }
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        };
        set("host", format!("{}.{}.amazonaws.com", self.service, self.region));
        let query = || form_urlencoded::Serializer::new(String::new()).extend_pairs(&outbound.query).finish();
        let target = TARGETS.iter().find(|(service, ..)| *service == self.service);
        let (mut verb, mut path, mut raw_query) = (outbound.verb.as_str(), "/".to_owned(), String::new());
        let mut body = outbound.body.clone();
        if let (true, Some((_, prefix, version))) = (self.action, target) {
            set("x-amz-target", format!("{prefix}.{}", self.rest));
            set("content-type", format!("application/x-amz-json-{version}"));
        } else if self.action {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("Action", self.rest).extend_pairs(&outbound.query);
            let mut form = form.finish();
            let is_form = outbound
                .header("content-type")
                .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
            if is_form && !body.is_empty() {
                form = format!("{form}&{}", String::from_utf8_lossy(&body));
            }
            verb = "POST";
            set("content-type", "application/x-www-form-urlencoded".to_owned());
            body = Bytes::from(form);
            // Services of this protocol answer API Gateway with JSON.
            if outbound.header("accept").is_none() {
                set("accept", "application/json".to_owned());
            }
        } else {
            let (before, own_query) = self.rest.split_once('?').unwrap_or((self.rest, ""));
            // A bucket before the service's name is the path's first part.
            path = match self.subdomain.filter(|_| self.service == "s3") {
                Some(bucket) => format!("/{bucket}/{before}"),
                None => format!("/{before}"),
            };
            let parts = [own_query.to_owned(), query()];
            raw_query = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
            if matches!(verb, "GET" | "HEAD" | "OPTIONS") {
                body = Bytes::new();
            }
            if matches!(self.service, "sqs" | "sns") && outbound.header("accept").is_none() {
                set("accept", "application/json".to_owned());
            }
        }
        set("content-length", body.len().to_string());
        Request {
            method: Method::from_bytes(verb.as_bytes()).unwrap_or(Method::POST),
            raw_path: path,
            raw_query,
            headers,
            header_names: HeaderNames::default(),
            body,
            peer: exchange.peer,
            received: exchange.received,
            id: exchange.request_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_name_a_service_with_an_action_or_a_path() {
        let called = Called::of("arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem").unwrap();
        assert_eq!((called.service, called.action, called.rest), ("dynamodb", true, "PutItem"));
        let called = Called::of("arn:aws:apigateway:eu-west-1:photos.s3:path/a/b?c").unwrap();
        assert_eq!((called.subdomain, called.service, called.rest), (Some("photos"), "s3", "a/b?c"));
        assert_eq!(Called::of("arn:aws:apigateway:eu-west-1:dynamodb:other/x"), None);
    }
}
