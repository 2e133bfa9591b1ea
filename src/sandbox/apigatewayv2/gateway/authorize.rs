//! Who may call a route.

use super::super::entity::Route;
use super::entrance::HttpApis;
use super::exchange::{Exchange, Permit};
use super::refusal::Refusal;
use super::{iam, jwt, request_authorizer};
use crate::sandbox::Request;

/// Checks a route's authorization.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html>
pub(super) async fn check(
    gateway: &HttpApis,
    request: &Request,
    exchange: &Exchange,
    route: &Route,
) -> Result<Permit, Refusal> {
    let authorizer = || {
        let found = route.authorizer_id.as_ref().and_then(|id| exchange.definition.authorizers.get(id));
        found.ok_or_else(|| Refusal::internal("the route's authorizer is not there"))
    };
    let authority = &gateway.parts().authority;
    let permit = match route.authorization_type.as_str() {
        "NONE" => Permit::None,
        "AWS_IAM" => return iam::check(authority, request, exchange),
        "JWT" => {
            let scopes = route.authorization_scopes.as_deref().unwrap_or_default();
            jwt::check(gateway, exchange, authorizer()?, scopes).await?
        }
        "CUSTOM" => request_authorizer::check(gateway, exchange, authorizer()?).await?,
        other => return Err(Refusal::not_covered(&format!("authorization of type {other}"))),
    };
    iam::note_open(authority, request, exchange);
    Ok(permit)
}
