//! Routes with `AWS_IAM` authorization: who signed, and whether their policies let them in. What comes to other routes is
//! noted as nobody's.

use super::exchange::{Exchange, Permit};
use super::refusal::Refusal;
use crate::policy::{Matched, Principal};
use crate::sandbox::authority::{Asked, request_keys};
use crate::sandbox::front::signer;
use crate::sandbox::{Access, Authority, Caller, Request, ServiceError};

/// Lets in who signed the request and is allowed `execute-api:Invoke`; everybody else is forbidden.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html>
pub(super) fn check(
    authority: &Authority,
    request: &Request,
    exchange: &Exchange,
) -> Result<Permit, Refusal> {
    let caller = signer(request, "execute-api", authority).map_err(|error| {
        note(authority, request, exchange, None, Err(&error));
        Refusal::forbidden(error.message)
    })?;
    let Some(caller) = caller else {
        let message = "Missing Authentication Token";
        let unsigned = ServiceError::new(403, "MissingAuthenticationTokenException", message);
        note(authority, request, exchange, None, Err(&unsigned));
        return Err(Refusal::forbidden("the request is not signed"));
    };
    let mut access = Access::new("execute-api:Invoke", exchange.request_arn());
    access.owner = Some(exchange.scope.account.clone());
    let keys = request_keys(request, &caller, &exchange.scope);
    let checked = authority.check("execute-api", &caller, &access, keys);
    let outcome = checked.as_ref().map(|decision| decision.decided_by.as_slice());
    note(authority, request, exchange, Some(&caller), outcome);
    checked.map_err(|error| Refusal::forbidden(error.message))?;
    Ok(Permit::Iam(caller))
}

/// Notes a request to a route that asks for no signature: anybody's, as far as IAM can tell.
pub(super) fn note_open(authority: &Authority, request: &Request, exchange: &Exchange) {
    let nobody = Caller { principal: Principal::Anonymous, access_key_id: None };
    note(authority, request, exchange, Some(&nobody), Ok(&[]));
}

fn note(
    authority: &Authority,
    request: &Request,
    exchange: &Exchange,
    caller: Option<&Caller>,
    outcome: Result<&[Matched], &ServiceError>,
) {
    let Some(journal) = authority.journal() else { return };
    let resource = exchange.request_arn();
    let asked = Asked {
        service: "execute-api",
        operation: "Invoke",
        resource: &resource,
        scope: &exchange.scope,
        time: request.received,
    };
    journal.at_entrance(request, caller, &asked, outcome);
}
