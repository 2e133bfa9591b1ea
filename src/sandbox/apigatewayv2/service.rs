use std::sync::Arc;

use serde_json::Value;

use super::control::{self, Handler, Parsed};
use super::gateway::HttpApis;
use super::state::State;
use crate::context::{Clock, Random};
use crate::sandbox::apigateway::Reach;
use crate::sandbox::jwt::Issuers;
use crate::sandbox::{
    Access, AccountId, Authority, Call, Entrance, Future, Invoker, LogSink, Operation, Protocol, Request,
    Response, Scope, Service, ServiceError,
};

/// What API Gateway v2 needs of the rest of the sandbox.
#[derive(Clone)]
pub struct Parts {
    pub clock: Arc<dyn Clock>,
    pub random: Random,
    pub invoker: Arc<dyn Invoker>,
    pub authority: Arc<Authority>,
    pub logs: Arc<dyn LogSink>,
    /// Whose tokens are known without a network.
    pub issuers: Arc<dyn Issuers>,
    /// Which servers APIs may call.
    pub reach: Reach,
    /// Whether definitions of WebSocket APIs are taken; nobody can connect to them either way.
    pub web_sockets: bool,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

/// API Gateway's control plane of HTTP APIs, and the owner of what their data plane serves.
pub struct ApiGatewayV2 {
    state: Arc<State>,
    parts: Parts,
    entrance: Arc<HttpApis>,
}

impl std::fmt::Debug for ApiGatewayV2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiGatewayV2").finish_non_exhaustive()
    }
}

impl ApiGatewayV2 {
    pub fn new(parts: Parts) -> Self {
        let state = Arc::new(State::default());
        let entrance = Arc::new(HttpApis::new(Arc::clone(&state), parts.clone()));
        Self { state, parts, entrance }
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Returns the data plane: the entrance to every HTTP API. It must be asked before that of REST APIs.
    pub fn entrance(&self) -> Arc<dyn Entrance> {
        self.entrance.clone()
    }
}

impl Service for ApiGatewayV2 {
    fn signing_name(&self) -> &'static str {
        "apigateway"
    }

    fn protocol(&self) -> Protocol {
        Protocol::RestJson
    }

    fn takes(&self, request: &Request) -> bool {
        request.raw_path == "/v2" || request.raw_path.starts_with("/v2/")
    }

    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html>
    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let parsed = control::parse(request)?;
        let segments = request.segments();
        let path = segments.iter().skip(1).map(String::as_str).collect::<Vec<_>>().join("/");
        let resource = format!("arn:aws:apigateway:{}::/{}", scope.region, path.trim_end_matches('/'));
        let mut accesses = vec![Access::new(format!("apigateway:{}", request.method), resource)];
        for member in ["credentialsArn", "authorizerCredentialsArn"] {
            let role = parsed.body.get(member).and_then(Value::as_str).filter(|arn| arn.contains(":role/"));
            if let Some(role) = role {
                let mut pass = Access::new("iam:PassRole", role);
                pass.context.set("iam:PassedToService", vec!["apigateway.amazonaws.com".to_owned()]);
                accesses.push(pass);
            }
        }
        Ok(Operation {
            name: parsed.entry.name.to_owned(),
            accesses,
            mutates: request.method != http::Method::GET,
            input: Box::new(parsed),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let Call { request, scope, operation, .. } = call;
            let parsed = operation.input.downcast::<Parsed>().map_err(|_| {
                ServiceError::new(500, "InternalFailure", "the call was not resolved by API Gateway")
            })?;
            let ask = control::Ask {
                scope: &scope,
                request: &request,
                parsed: &parsed,
                now: self.parts.clock.now(),
                random: &self.parts.random,
                web_sockets: self.parts.web_sockets,
            };
            let status = parsed.entry.status;
            match parsed.entry.handler {
                Handler::Json(handler) => {
                    let body = self.state.with(&scope, |region| handler(region, &ask))?;
                    Ok(answer(status, &body))
                }
                Handler::Raw(handler) => self.state.with(&scope, |region| handler(region, &ask)),
                Handler::ResetCache(handler) => {
                    let body = self.state.with(&scope, |region| handler(region, &ask))?;
                    let api = parsed.path.get("apiId").map_or("", String::as_str);
                    let stage = parsed.path.get("stageName").map_or("", String::as_str);
                    self.entrance.forget_permits(api, stage);
                    Ok(answer(status, &body))
                }
            }
        })
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.state.reset(account);
    }
}

fn answer(status: u16, body: &Value) -> Response {
    if body.is_null() { Response::empty(status) } else { Response::json(status, body) }
}
