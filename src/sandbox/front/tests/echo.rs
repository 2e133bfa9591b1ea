use crate::sandbox::{
    Access, AccountId, Call, Future, Operation, Protocol, Request, Response, Scope, Service, ServiceError,
};

/// A service that answers with what the front found out. Its first path segment is the operation: `Panic` panics,
/// any other is answered when the caller may do it to the path.
#[derive(Debug)]
pub(super) struct Echo {
    pub(super) name: &'static str,
    pub(super) protocol: Protocol,
}

impl Service for Echo {
    fn signing_name(&self) -> &'static str {
        self.name
    }

    fn protocol(&self) -> Protocol {
        self.protocol
    }

    fn resolve(&self, request: &Request, _scope: &Scope) -> Result<Operation, ServiceError> {
        let name = request.segments().remove(0);
        if name == "Missing" {
            return Err(ServiceError::not_covered(self.name, &name));
        }
        let access =
            Access::new(format!("{}:{name}", self.name), format!("arn:aws:echo:::{}", request.raw_path));
        Ok(Operation { name, accesses: vec![access], mutates: true, input: Box::new(()) })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            assert_ne!(call.operation.name, "Panic", "as asked");
            Ok(Response::json(
                200,
                &serde_json::json!({
                    "account": call.scope.account.as_str(),
                    "region": call.scope.region,
                    "caller": call.caller.principal.arn(),
                    "length": call.request.body.len(),
                }),
            ))
        })
    }

    fn reset(&self, _account: Option<&AccountId>) {}
}
