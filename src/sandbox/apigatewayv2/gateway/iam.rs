//! Routes with `AWS_IAM` authorization: who signed, and whether their policies let them in.

use super::exchange::{Exchange, Permit};
use super::refusal::Refusal;
use crate::sandbox::authority::request_keys;
use crate::sandbox::front::signer;
use crate::sandbox::{Access, Authority, Request};

/// Lets in who signed the request and is allowed `execute-api:Invoke`; everybody else is forbidden.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html>
pub(super) fn check(
    authority: &Authority,
    request: &Request,
    exchange: &Exchange,
) -> Result<Permit, Refusal> {
    let caller =
        signer(request, "execute-api", authority).map_err(|error| Refusal::forbidden(error.message))?;
    let caller = caller.ok_or_else(|| Refusal::forbidden("the request is not signed"))?;
    let mut access = Access::new("execute-api:Invoke", exchange.request_arn());
    access.owner = Some(exchange.scope.account.clone());
    let keys = request_keys(request, &caller, &exchange.scope);
    authority
        .check("execute-api", &caller, &access, keys)
        .map_err(|error| Refusal::forbidden(error.message))?;
    Ok(Permit::Iam(caller))
}
