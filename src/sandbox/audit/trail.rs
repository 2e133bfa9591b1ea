use std::sync::Arc;

use super::AuditLog;
use super::lookup::Lookup;
use crate::sandbox::coverage::Api;
use crate::sandbox::{
    Access, AccountId, Call, Future, Operation, Protocol, Request, Response, Scope, Service, ServiceError,
};

/// AWS CloudTrail, as far as it shows what happened: `LookupEvents`. Unlike AWS's it lags by nothing, forgets by count
/// instead of after 90 days, and shows data events (items, invocations) too.
#[derive(Debug)]
pub struct CloudTrail {
    log: Arc<AuditLog>,
}

const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";

impl CloudTrail {
    pub fn new(log: Arc<AuditLog>) -> Self {
        Self { log }
    }
}

impl Service for CloudTrail {
    fn signing_name(&self) -> &'static str {
        "cloudtrail"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Json11
    }

    fn resolve(&self, request: &Request, _scope: &Scope) -> Result<Operation, ServiceError> {
        let name = request.header("x-amz-target").and_then(|target| target.strip_prefix(TARGET));
        match name {
            Some("LookupEvents") => Ok(Operation {
                name: "LookupEvents".to_owned(),
                accesses: vec![Access::new("cloudtrail:LookupEvents", "*")],
                mutates: false,
                input: Box::new(Lookup::parse(&request.body)?),
            }),
            Some(other) => Err(Api::lacks("cloudtrail", other)),
            None => Err(ServiceError::new(400, "UnknownOperationException", "The operation is not known.")),
        }
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let Ok(lookup) = call.operation.input.downcast::<Lookup>() else {
                return Err(ServiceError::new(
                    500,
                    "InternalFailure",
                    "The parameters of the call are missing.",
                ));
            };
            let Scope { account, region } = &call.scope;
            let wanted = self.log.entries(account, |entry| {
                (entry.region == *region || region.is_empty()) && lookup.wants(entry)
            });
            let body = lookup.page(wanted).to_string();
            Ok(Response { body: body.into(), ..Response::empty(200) }
                .with_header("content-type", "application/x-amz-json-1.1"))
        })
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.log.reset(account);
    }
}
