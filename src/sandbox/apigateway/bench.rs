//! A bench to try API Gateway on: calls through `resolve` and `handle`, requests through the entrance, and functions
//! that answer as a test tells them to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::ApiGateway;
use crate::context::{ManualClock, Random};
use crate::policy::Principal;
use crate::sandbox::{
    AccountId, Call, Caller, Entrance, Future, Invocation, InvocationOutcome, Invoker, Request, Response,
    Scope, Service, ServiceError,
};

/// What a function does when it is invoked.
#[derive(Clone)]
pub(super) enum Behaviour {
    Returns(Value),
    /// Fails with an error payload.
    Raises(&'static str),
    /// Answers the invocation itself with an error.
    Refuses(u16, &'static str),
    /// Answers after so many milliseconds.
    Sleeps(u64),
    /// Returns the event it got, as a proxy's body.
    Echoes,
}

#[derive(Default)]
pub(super) struct Functions {
    behaviours: Mutex<HashMap<String, Behaviour>>,
    pub invocations: Mutex<Vec<Invocation>>,
}

impl Functions {
    pub(crate) fn set(&self, name: &str, behaviour: Behaviour) {
        self.behaviours.lock().unwrap().insert(name.to_owned(), behaviour);
    }

    pub(crate) fn last(&self) -> Invocation {
        self.invocations.lock().unwrap().last().unwrap().clone()
    }
}

impl Invoker for Functions {
    fn invoke<'a>(
        &'a self,
        _scope: &'a Scope,
        invocation: Invocation,
    ) -> Future<'a, Result<InvocationOutcome, ServiceError>> {
        Box::pin(async move {
            let name = invocation.function_arn.split(':').nth(6).unwrap_or_default().to_owned();
            self.invocations.lock().unwrap().push(invocation.clone());
            let behaviour = self.behaviours.lock().unwrap().get(&name).cloned();
            let outcome = |payload: String, error: Option<&str>| InvocationOutcome {
                status: 200,
                payload: payload.into(),
                function_error: error.map(str::to_owned),
                executed_version: "$LATEST".to_owned(),
                request_id: "00000000-0000-4000-8000-000000000000".to_owned(),
            };
            match behaviour {
                None => Err(ServiceError::new(404, "ResourceNotFoundException", "Function not found")),
                Some(Behaviour::Returns(value)) => Ok(outcome(value.to_string(), None)),
                Some(Behaviour::Raises(message)) => {
                    let payload = json!({ "errorMessage": message, "errorType": "Exception" });
                    Ok(outcome(payload.to_string(), Some("Unhandled")))
                }
                Some(Behaviour::Refuses(status, code)) => Err(ServiceError::new(status, code, "refused")),
                Some(Behaviour::Sleeps(millis)) => {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    Ok(outcome(json!({ "statusCode": 200 }).to_string(), None))
                }
                Some(Behaviour::Echoes) => {
                    let event = String::from_utf8_lossy(&invocation.payload).into_owned();
                    Ok(outcome(json!({ "statusCode": 200, "body": event }).to_string(), None))
                }
            }
        })
    }
}

pub(super) struct Bench {
    pub gateway: ApiGateway,
    pub functions: Arc<Functions>,
    pub clock: Arc<ManualClock>,
    pub scope: Scope,
}

pub(super) const REGION: &str = "eu-west-1";
pub(super) const ACCOUNT: &str = "123456789012";

/// The URI that invokes a function.
pub(super) fn invocation_uri(function: &str) -> String {
    format!(
        "arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:{ACCOUNT}:function:\
         {function}/invocations"
    )
}

impl Bench {
    pub(crate) fn new() -> Self {
        let functions = Arc::new(Functions::default());
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_700_000_000).unwrap()));
        let gateway = ApiGateway::new(
            Arc::clone(&clock) as Arc<dyn crate::context::Clock>,
            Random::from_seed(1),
            Arc::clone(&functions) as Arc<dyn Invoker>,
        );
        let scope = Scope { account: AccountId::fallback(), region: REGION.to_owned() };
        Self { gateway, functions, clock, scope }
    }

    /// Calls an operation by method and path; `Err` holds status, code and message.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Result<Value, ServiceError> {
        let response = self.call_raw(method, path, &body.to_string()).await?;
        Ok(serde_json::from_slice(&response.body).unwrap_or_default())
    }

    pub(crate) async fn call_raw(
        &self,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<Response, ServiceError> {
        let request = request(method, path, &[("accept", "application/json")], body);
        let operation = self.gateway.resolve(&request, &self.scope)?;
        let principal = Principal::Root { account: ACCOUNT.to_owned() };
        let caller = Caller { principal, access_key_id: None };
        self.gateway.handle(Call { request, scope: self.scope.clone(), caller, operation }).await
    }

    /// Calls an operation that must succeed.
    pub(crate) async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        match self.call(method, path, body).await {
            Ok(value) => value,
            Err(error) => panic!("{method} {path}: {error:?}"),
        }
    }

    /// Applies one patch operation.
    pub(crate) async fn patch(
        &self,
        path: &str,
        op: &str,
        at: &str,
        value: &str,
    ) -> Result<Value, ServiceError> {
        let operation = json!({ "op": op, "path": at, "value": value });
        self.call("PATCH", path, json!({ "patchOperations": [operation] })).await
    }

    /// Sends a request to a deployed stage.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let request = request(method, path, headers, body);
        let entrance = self.gateway.entrance();
        assert!(entrance.claims(&request), "nobody claims {path}");
        entrance.serve(request).await
    }

    /// Makes an API with one resource below the root; returns the ids of API and resource.
    pub(crate) async fn api(&self, part: &str) -> (String, String) {
        let api = self.ok("POST", "/restapis", json!({ "name": "shop" })).await;
        let (id, root) = (text(&api["id"]), text(&api["rootResourceId"]));
        let made =
            self.ok("POST", &format!("/restapis/{id}/resources/{root}"), json!({ "pathPart": part })).await;
        (id, text(&made["id"]))
    }

    /// Puts a method with a proxy integration to a function.
    pub(crate) async fn proxy(&self, api: &str, resource: &str, verb: &str, function: &str) {
        let method = format!("/restapis/{api}/resources/{resource}/methods/{verb}");
        self.ok("PUT", &method, json!({ "authorizationType": "NONE" })).await;
        let integration =
            json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": invocation_uri(function) });
        self.ok("PUT", &format!("{method}/integration"), integration).await;
    }

    /// Deploys to a stage, and returns the deployment's id.
    pub(crate) async fn deploy(&self, api: &str, stage: &str) -> String {
        let made =
            self.ok("POST", &format!("/restapis/{api}/deployments"), json!({ "stageName": stage })).await;
        text(&made["id"])
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text")).to_owned()
}

/// A response's status and body.
pub(super) fn seen(response: &Response) -> (u16, String) {
    (response.status.as_u16(), String::from_utf8_lossy(&response.body).into_owned())
}

pub(super) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let (raw_path, raw_query) = path.split_once('?').unwrap_or((path, ""));
    let mut map = HeaderMap::new();
    map.insert("host", HeaderValue::from_static("localhost:4566"));
    for (name, value) in headers {
        map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    Request {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        raw_path: raw_path.to_owned(),
        raw_query: raw_query.to_owned(),
        headers: map,
        header_names: crate::sandbox::HeaderNames::default(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        peer: "203.0.113.9".parse().unwrap(),
        received: Timestamp::from_second(1_700_000_000).unwrap(),
        id: "11111111-1111-4111-8111-111111111111".to_owned(),
    }
}
