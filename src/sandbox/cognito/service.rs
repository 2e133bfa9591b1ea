use std::fmt;
use std::sync::Arc;

use serde_json::{Map as Object, Value};

use super::operation::{Ask, Entry, Handler, OPERATIONS};
use super::state::State;
use super::well_known::WellKnown;
use crate::context::{Clock, Random};
use crate::sandbox::coverage::Api;
use crate::sandbox::jwt::Issuers;
use crate::sandbox::{
    Access, AccountId, Call, Entrance, Future, Operation, Protocol, Request, Response, Scope, Service,
    ServiceError,
};

const TARGET: &str = "AWSCognitoIdentityProviderService.";

/// Amazon Cognito user pools.
pub struct Cognito {
    state: Arc<State>,
    clock: Arc<dyn Clock>,
    random: Random,
    well_known: Arc<WellKnown>,
}

/// A request whose operation is known.
struct Parsed {
    entry: &'static Entry,
    input: Object<String, Value>,
}

impl fmt::Debug for Cognito {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cognito").finish_non_exhaustive()
    }
}

impl Cognito {
    pub fn new(clock: Arc<dyn Clock>, random: Random) -> Self {
        let state = Arc::new(State::default());
        let well_known = Arc::new(WellKnown { state: Arc::clone(&state), random: random.clone() });
        Self { state, clock, random, well_known }
    }

    /// Returns the pools as issuers of tokens.
    pub fn issuers(&self) -> Arc<dyn Issuers> {
        self.well_known.clone()
    }

    /// Returns the entrance to the documents that anybody may fetch.
    pub fn entrance(&self) -> Arc<dyn Entrance> {
        self.well_known.clone()
    }
}

fn parse(request: &Request) -> Result<Parsed, ServiceError> {
    let target = request.header("x-amz-target").unwrap_or_default();
    let name = target.strip_prefix(TARGET).unwrap_or_default();
    let entry = OPERATIONS.iter().find(|entry| entry.name == name);
    let entry = entry.ok_or_else(|| Api::lacks("cognito-idp", name))?;
    let unreadable = |text: String| ServiceError::new(400, "SerializationException", text);
    let input = match serde_json::from_slice(&request.body) {
        _ if request.body.is_empty() => Object::new(),
        Ok(Value::Object(members)) => members,
        Ok(_) => return Err(unreadable("the body is not a JSON object".to_owned())),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    Ok(Parsed { entry, input })
}

impl Service for Cognito {
    fn signing_name(&self) -> &'static str {
        "cognito-idp"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Json11
    }

    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html>
    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let parsed = parse(request)?;
        let name = parsed.entry.name;
        let accesses = match parsed.entry.handler {
            Handler::Public(_) => vec![],
            Handler::Region(_) | Handler::Admin(_) => {
                let pool = parsed.input.get("UserPoolId").and_then(Value::as_str);
                let resource = pool.map_or_else(
                    || "*".to_owned(),
                    |pool| format!("arn:aws:cognito-idp:{}:{}:userpool/{pool}", scope.region, scope.account),
                );
                vec![Access::new(format!("cognito-idp:{name}"), resource)]
            }
        };
        Ok(Operation {
            name: name.to_owned(),
            accesses,
            mutates: parsed.entry.mutates,
            input: Box::new(parsed),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let Call { scope, operation, .. } = call;
            let parsed = operation.input.downcast::<Parsed>().map_err(|_| {
                ServiceError::new(500, "InternalErrorException", "the call was not resolved by Cognito")
            })?;
            let ask = Ask {
                scope: &scope,
                input: &parsed.input,
                now: self.clock.now(),
                random: &self.random,
                state: &self.state,
            };
            let body = match parsed.entry.handler {
                Handler::Region(handler) => self.state.with(&scope, |pools| handler(pools, &ask))?,
                Handler::Public(handler) | Handler::Admin(handler) => handler(&ask)?,
            };
            let answer = if body.is_null() { Response::empty(200) } else { Response::json(200, &body) };
            Ok(answer.with_header("content-type", "application/x-amz-json-1.1"))
        })
    }

    /// Signing up and signing in need no signature: a client's id says whose pool it is.
    fn anonymous(&self, request: &Request) -> Option<Scope> {
        request.header("x-amz-target")?.strip_prefix(TARGET)?;
        let parsed = parse(request).ok()?;
        if !matches!(parsed.entry.handler, Handler::Public(_)) {
            return None;
        }
        let client = parsed.input.get("ClientId").and_then(Value::as_str).unwrap_or_default();
        let nowhere = || Scope { account: AccountId::fallback(), region: "us-east-1".to_owned() };
        Some(self.state.scope_of_client(client).unwrap_or_else(nowhere))
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.state.reset(account);
    }
}
