use std::sync::Arc;

use serde_json::Value;

use super::control::{self, Handler, Parsed};
use super::gateway::{ExecuteApi, Surroundings};
use super::state::State;
use crate::context::{Clock, Random};
use crate::sandbox::{
    Access, AccountId, Call, Future, Invoker, Operation, Protocol, Request, Response, Scope, Service,
    ServiceError,
};

/// API Gateway's control plane, and the owner of what the data plane serves.
pub struct ApiGateway {
    state: Arc<State>,
    clock: Arc<dyn Clock>,
    random: Random,
    execute: Arc<ExecuteApi>,
}

impl std::fmt::Debug for ApiGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiGateway").finish_non_exhaustive()
    }
}

impl ApiGateway {
    /// Makes an empty API Gateway whose deployed APIs invoke functions through `invoker`.
    pub fn new(clock: Arc<dyn Clock>, random: Random, invoker: Arc<dyn Invoker>) -> Self {
        let state = Arc::new(State::default());
        let execute =
            Arc::new(ExecuteApi::new(Arc::clone(&state), Arc::clone(&clock), random.clone(), invoker));
        Self { state, clock, random, execute }
    }

    /// Puts the deployed APIs into a sandbox: they ask who signed, take on roles, call other services, write logs.
    #[must_use]
    pub fn within(mut self, surroundings: Surroundings) -> Self {
        self.execute = Arc::new(self.execute.within(surroundings));
        self
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Returns the data plane: the entrance to every deployed API.
    pub fn entrance(&self) -> Arc<ExecuteApi> {
        Arc::clone(&self.execute)
    }
}

impl Service for ApiGateway {
    fn signing_name(&self) -> &'static str {
        "apigateway"
    }

    fn protocol(&self) -> Protocol {
        Protocol::RestJson
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let parsed = control::parse(request)?;
        let path = request.segments().join("/");
        let resource = format!("arn:aws:apigateway:{}::/{path}", scope.region);
        let mut accesses = vec![Access::new(format!("apigateway:{}", request.method), resource)];
        if let Some(role) = passed_role(&parsed) {
            let mut pass = Access::new("iam:PassRole", role);
            pass.context.set("iam:PassedToService", vec!["apigateway.amazonaws.com".to_owned()]);
            accesses.push(pass);
        }
        Ok(Operation {
            name: parsed.route.name.to_owned(),
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
                now: self.clock.now(),
                random: &self.random,
            };
            let status = parsed.route.status;
            match parsed.route.handler {
                Handler::Json(handler) => {
                    let body = self.state.with(&scope, |region| handler(region, &ask))?;
                    Ok(answer(status, &body))
                }
                Handler::Raw(handler) => self.state.with(&scope, |region| handler(region, &ask)),
                Handler::Metered(handler) => {
                    let body =
                        self.state.metered(&scope, |region, traffic| handler(region, traffic, &ask))?;
                    Ok(answer(status, &body))
                }
                Handler::TestInvokeMethod => {
                    let body = self.execute.test_invoke(&ask).await?;
                    Ok(answer(status, &body))
                }
                Handler::TestInvokeAuthorizer => {
                    let body = self.execute.test_authorizer(&ask).await?;
                    Ok(answer(status, &body))
                }
                Handler::NotCovered => Err(ServiceError::not_covered("apigateway", parsed.route.name)),
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

/// The role that a call hands to API Gateway, which the caller must be allowed to pass.
fn passed_role(parsed: &Parsed) -> Option<String> {
    let member = match parsed.route.name {
        "PutIntegration" => "credentials",
        "CreateAuthorizer" => "authorizerCredentials",
        _ => {
            let operations = parsed.body.get("patchOperations")?.as_array()?;
            let paths = ["/credentials", "/authorizerCredentials", "/cloudwatchRoleArn"];
            return operations
                .iter()
                .filter(|operation| {
                    operation.get("path").and_then(Value::as_str).is_some_and(|path| paths.contains(&path))
                })
                .find_map(|operation| role(operation.get("value")?));
        }
    };
    role(parsed.body.get(member)?)
}

/// `arn:aws:iam::*:user/*` stands for the caller's own credentials: no role is passed.
fn role(value: &Value) -> Option<String> {
    value.as_str().filter(|arn| arn.contains(":role/")).map(str::to_owned)
}
