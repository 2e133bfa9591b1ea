use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use super::delivery::{Delivery, SERVICE};
use super::service::Core;
use crate::sandbox::{AccountId, Caller, HeaderNames, Request, Scope, ServiceError};

/// Starts a state machine with an event, as the target's role.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html>
pub(super) async fn start_machine(delivery: &Delivery, core: &Arc<Core>) -> Result<(), ServiceError> {
    let arn = delivery.arn();
    let role = delivery.target.get("RoleArn").and_then(Value::as_str).unwrap_or_default();
    let directory = core.parts.authority.directory();
    let session = directory.assume_for_service(role, SERVICE, &delivery.rule)?;
    let caller = Caller { principal: session.principal, access_key_id: Some(session.access_key_id) };
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().unwrap_or_default().to_owned();
    let account = parts.next().and_then(AccountId::parse).unwrap_or_else(|| delivery.scope.account.clone());
    let scope = Scope { account, region };
    let body = json!({ "stateMachineArn": arn, "input": delivery.text() }).to_string();
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-target", HeaderValue::from_static("AWSStepFunctions.StartExecution"));
    headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
    let request = Request {
        method: Method::POST,
        raw_path: "/".to_owned(),
        raw_query: String::new(),
        headers,
        header_names: HeaderNames::default(),
        body: body.into(),
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        received: core.parts.clock.now(),
        id: core.parts.random.uuid(),
    };
    let answer = core.parts.dispatch.dispatch("states", &scope, caller, request).await;
    let answer = answer.ok_or_else(|| ServiceError::not_covered("events", &format!("the target {arn}")))?;
    if answer.status.is_success() {
        return Ok(());
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = body["__type"].as_str().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or(code).to_owned();
    let message = body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default();
    Err(ServiceError::new(answer.status.as_u16(), code, message))
}
