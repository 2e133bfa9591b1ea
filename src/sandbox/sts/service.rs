use std::fmt;
use std::sync::Arc;

use super::operations::{Entry, NOT_COVERED, OPERATIONS, Run};
use super::web_identity;
use crate::sandbox::iam::Iam;
use crate::sandbox::jwt::{Issuers, NoIssuers};
use crate::sandbox::query::{Parameters, answer};
use crate::sandbox::{
    AccountId, Call, Future, Operation, Protocol, Request, Response, Scope, Service, ServiceError,
};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The security token service.
pub struct Sts {
    iam: Arc<Iam>,
    issuers: Arc<dyn Issuers>,
}

/// What `resolve` hands to `handle`.
struct Input {
    entry: &'static Entry,
    parameters: Parameters,
}

impl Sts {
    pub fn new(iam: Arc<Iam>) -> Self {
        Self { iam, issuers: Arc::new(NoIssuers) }
    }

    /// Says whose tokens can be verified.
    #[must_use]
    pub fn knowing(self, issuers: Arc<dyn Issuers>) -> Self {
        Self { issuers, ..self }
    }

    fn run(&self, call: &Call) -> Result<Response, ServiceError> {
        let Some(input) = call.operation.input.downcast_ref::<Input>() else {
            return Err(ServiceError::new(500, "InternalFailure", "the operation was not resolved by STS"));
        };
        let result = match input.entry.run {
            Run::OfCaller(run) => run(&self.iam, &call.caller, &input.parameters),
            Run::OfToken(run) => run(&self.iam, &*self.issuers, &input.parameters),
        }?;
        Ok(answer(input.entry.name, NAMESPACE, &result, &call.request.id))
    }
}

impl fmt::Debug for Sts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sts").finish_non_exhaustive()
    }
}

impl Service for Sts {
    fn signing_name(&self) -> &'static str {
        "sts"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Query
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let parameters = Parameters::of(request);
        let name = parameters.get("Action").unwrap_or_default();
        let Some(entry) = OPERATIONS.iter().find(|entry| entry.name == name) else {
            return Err(if NOT_COVERED.contains(&name) {
                ServiceError::not_covered("sts", name)
            } else {
                let message = format!("Could not find operation {name} for version 2011-06-15");
                ServiceError::new(400, "InvalidAction", message)
            });
        };
        Ok(Operation {
            name: entry.name.to_owned(),
            accesses: (entry.accesses)(&self.iam, scope.account.as_str(), &parameters)?,
            mutates: false,
            input: Box::new(Input { entry, parameters }),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move { self.run(&call) })
    }

    /// Whoever has a token of an identity provider needs no signature; the call is noted in the role's account.
    fn anonymous(&self, request: &Request) -> Option<Scope> {
        let content = request.header("content-type").unwrap_or_default();
        if !content.starts_with("application/x-www-form-urlencoded") {
            return None;
        }
        let parameters = Parameters::of(request);
        if parameters.get("Action") != Some(web_identity::NAME) {
            return None;
        }
        let account =
            parameters.get("RoleArn").and_then(|arn| arn.split(':').nth(4)).and_then(AccountId::parse);
        let account = account.unwrap_or_else(AccountId::fallback);
        Some(Scope { account, region: "us-east-1".to_owned() })
    }

    fn reset(&self, _account: Option<&AccountId>) {
        // The sessions are IAM's, and go with it.
    }
}
