use std::sync::PoisonError;
use std::time::Duration;

use super::exchange::Exchange;
use super::execution_log::Level;
use super::lambda;
use super::refusal::Refusal;
use crate::sandbox::apigateway::state::State;
use crate::sandbox::{Authority, Caller};

/// As whom API Gateway takes on a role.
pub(super) const SERVICE: &str = "apigateway.amazonaws.com";
/// The name of its sessions, as CloudTrail shows it.
pub(super) const SESSION: &str = "BackplaneAssumeRoleSession";
/// How long a session that was once given is used again.
const KEPT: Duration = Duration::from_mins(1);

/// Returns whose permissions an integration or authorizer uses: those of the role in `credentials`, or the caller's own
/// (`arn:aws:iam::*:user/*`); `None` leaves it to the policy of what is called.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-credentials>
pub(super) fn of(
    authority: Option<&Authority>,
    state: &State,
    exchange: &Exchange,
    credentials: Option<&str>,
    elapsed: Duration,
) -> Result<Option<Caller>, Refusal> {
    let Some(credentials) = credentials.filter(|text| !text.is_empty()) else { return Ok(None) };
    let arn = lambda::with_variables(credentials, &exchange.variables);
    if arn.contains(":user/") {
        let own = exchange.caller.clone().map(Some);
        return own.ok_or_else(|| {
            Refusal::misconfigured(
                "Execution failed due to configuration error: the caller's own credentials are wanted, but the method \
                 asks for none",
            )
        });
    }
    session(authority, state, &arn, elapsed).map(Some).ok_or_else(|| {
        let text = format!(
            "Execution failed due to configuration error: API Gateway does not have permission to assume the provided \
             role {arn}"
        );
        exchange.log.line(Level::Error, || text.clone());
        Refusal::misconfigured(text)
    })
}

/// Takes on a role, if its trust policy lets API Gateway.
pub(super) fn session(
    authority: Option<&Authority>,
    state: &State,
    role: &str,
    elapsed: Duration,
) -> Option<Caller> {
    let mut traffic = state.traffic.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((caller, since)) = traffic.sessions.get(role)
        && elapsed.saturating_sub(*since) < KEPT
        && authority?.directory().role_exists(role)
    {
        return Some(caller.clone());
    }
    let given = authority?.directory().assume_for_service(role, SERVICE, SESSION);
    let given = given.inspect_err(|error| tracing::debug!(%role, "{}", error.message)).ok()?;
    let caller = Caller { principal: given.principal, access_key_id: Some(given.access_key_id) };
    traffic.sessions.insert(role.to_owned(), (caller.clone(), elapsed));
    Some(caller)
}
