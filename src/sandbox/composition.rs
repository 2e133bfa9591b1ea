use std::net::SocketAddr;
use std::sync::Arc;

use super::apigateway::ApiGateway;
use super::dynamodb::DynamoDb;
use super::iam::Iam;
use super::logs::Logs;
use super::server::{Options, Parts};
use super::sts::Sts;
use super::{Authority, Directory, Future, Invocation, InvocationOutcome, Invoker, Scope, ServiceError};
use crate::context::Context;

/// Makes the services and gives each what it needs of the others.
pub(super) fn compose(options: &Options, context: &Context, _address: SocketAddr) -> Parts {
    let clock = || Arc::clone(&context.clock);
    let iam = Arc::new(Iam::new(clock(), context.random.clone()));
    let directory: Arc<dyn Directory> = iam.clone();
    let authority = Arc::new(Authority::new(directory, clock(), options.open));
    let gateway = ApiGateway::new(clock(), context.random.clone(), Arc::new(NoFunctions));
    let gateway = Arc::new(gateway.verifying(Arc::clone(&authority)));
    let logs = Arc::new(Logs::new(Arc::clone(&authority), clock()));
    let execute = gateway.entrance();
    Parts {
        authority,
        services: vec![iam.clone(), Arc::new(Sts::new(iam)), gateway, Arc::new(DynamoDb::new()), logs],
        entrances: vec![execute],
    }
}

/// Stands where Lambda will: every invocation is answered with what is missing.
struct NoFunctions;

impl Invoker for NoFunctions {
    fn invoke<'a>(
        &'a self,
        _scope: &'a Scope,
        _invocation: Invocation,
    ) -> Future<'a, Result<InvocationOutcome, ServiceError>> {
        Box::pin(async { Err(ServiceError::not_covered("lambda", "Invoke")) })
    }
}
