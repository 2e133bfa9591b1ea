//! Methods with `AWS_IAM` authorization: who signed, and whether their policies and the API's let them in. What came to other
//! methods is noted as nobody's.

use super::authorize;
use super::exchange::Exchange;
use super::refusal::Refusal;
use crate::policy::{Matched, Principal};
use crate::sandbox::authority::{Asked, request_keys};
use crate::sandbox::front::signer;
use crate::sandbox::{Access, Authority, Caller, Request, ServiceError};

/// Returns the caller of a request that is signed and allowed.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html>
pub(super) fn check(
    authority: Option<&Authority>,
    request: &Request,
    exchange: &Exchange,
) -> Result<Caller, Refusal> {
    let unsigned = || {
        Refusal::new(
            "MISSING_AUTHENTICATION_TOKEN",
            "Missing Authentication Token",
            "the request is not signed",
        )
    };
    let authority = authority.ok_or_else(unsigned)?;
    let resource = authorize::method_arn(exchange);
    let asked = Asked {
        service: "execute-api",
        operation: "Invoke",
        resource: &resource,
        scope: &exchange.scope,
        time: request.received,
    };
    let note = |caller: Option<&Caller>, outcome: Result<&[Matched], &ServiceError>| {
        if let Some(journal) = authority.journal() {
            journal.at_entrance(request, caller, &asked, outcome);
        }
    };
    let caller = signer(request, "execute-api", authority).map_err(|error| {
        note(None, Err(&error));
        unacceptable(error)
    })?;
    let Some(caller) = caller else {
        let message = "Missing Authentication Token";
        note(None, Err(&ServiceError::new(403, "MissingAuthenticationTokenException", message)));
        return Err(unsigned());
    };
    let mut access = Access::new("execute-api:Invoke", &resource);
    access.owner = Some(exchange.scope.account.clone());
    if let Some(text) = &exchange.frozen.definition().rest_api.policy {
        access.resource_policy = Some(authorize::parse_resource_policy(exchange, text)?);
    }
    let keys = request_keys(request, &caller, &exchange.scope);
    let checked = authority.check("execute-api", &caller, &access, keys);
    note(Some(&caller), checked.as_ref().map(|decision| decision.decided_by.as_slice()));
    checked.map_err(|error| authorize::denied(exchange, &error.message))?;
    Ok(caller)
}

/// A signature that does not count, under the name that AWS has for what is wrong with it.
fn unacceptable(error: ServiceError) -> Refusal {
    let kind = if error.code.contains("Expired") { "EXPIRED_TOKEN" } else { "INVALID_SIGNATURE" };
    let refusal = Refusal::new(kind, error.message, "the signature does not count");
    Refusal { error_type: error.code, ..refusal }
}

/// Why a request that fits no method is refused. What it carries for a signature is read nevertheless: a bearer's token is
/// told that it is none.
/// <https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden>
pub(super) fn without_route(authority: Option<&Authority>, request: &Request) -> Refusal {
    let caller = authority.map_or(Ok(None), |authority| signer(request, "execute-api", authority));
    caller.map_or_else(unacceptable, |_| Refusal::no_route())
}

/// Notes a request to a method that asks for no signature: anybody's, as far as IAM can tell. An authorizer's no is not IAM's, and
/// stands in the API's own logs.
pub(super) fn note_open(
    authority: Option<&Authority>,
    request: &Request,
    exchange: &Exchange,
    admitted: Result<&[Matched], &Refusal>,
) {
    let Some(journal) = authority.and_then(Authority::journal) else { return };
    let resource = authorize::method_arn(exchange);
    let asked = Asked {
        service: "execute-api",
        operation: "Invoke",
        resource: &resource,
        scope: &exchange.scope,
        time: request.received,
    };
    let nobody = Caller { principal: Principal::Anonymous, access_key_id: None };
    let refused = |refusal: &Refusal| ServiceError::new(403, "AccessDeniedException", refusal.cause.clone());
    let outcome = admitted.map_err(refused);
    journal.at_entrance(request, Some(&nobody), &asked, outcome.as_ref().map(|matched| *matched));
}
