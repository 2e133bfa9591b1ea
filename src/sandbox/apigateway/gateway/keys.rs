//! API keys, usage plans and throttling.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;

use super::entry::StageView;
use super::exchange::Exchange;
use super::refusal::Refusal;
use crate::sandbox::apigateway::entity::UsagePlan;
use crate::sandbox::apigateway::state::{Region, State};

/// Checks the key that a method asks for, and counts the request against the key's plan.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html>
pub(super) fn check(
    state: &State,
    exchange: &mut Exchange,
    from_authorizer: Option<String>,
    elapsed: Duration,
) -> Result<(), Refusal> {
    let source = &exchange.frozen.definition().rest_api.api_key_source;
    let given = if source == "AUTHORIZER" {
        from_authorizer
    } else {
        exchange.header("x-api-key").map(str::to_owned)
    };
    let forbidden =
        || Refusal::new("INVALID_API_KEY", "Forbidden", "the API key is missing or not valid here");
    let given = given.ok_or_else(forbidden)?;
    let (key, plan) =
        state.with(&exchange.scope, |region| admitted(region, exchange, &given)).ok_or_else(forbidden)?;
    exchange.api_key = Some((key.clone(), given));
    throttle_plan(state, exchange, &plan, &key, elapsed)?;
    count(state, &plan, &key, exchange.received)
}

/// The key's id, and the plan that lets it use the stage.
fn admitted(region: &Region, exchange: &Exchange, given: &str) -> Option<(String, UsagePlan)> {
    let key = region.api_keys.values().find(|key| key.value == given && key.enabled)?;
    let plan = region.usage_plans.values().find(|plan| {
        let holds = region.plan_keys.get(&plan.id).is_some_and(|keys| keys.contains(&key.id));
        holds && plan.api_stages.iter().any(|at| at.api_id == exchange.api && at.stage == exchange.stage)
    })?;
    Some((key.id.clone(), plan.clone()))
}

fn throttle_plan(
    state: &State,
    exchange: &Exchange,
    plan: &UsagePlan,
    key: &str,
    elapsed: Duration,
) -> Result<(), Refusal> {
    let at = plan.api_stages.iter().find(|at| at.api_id == exchange.api && at.stage == exchange.stage);
    let place = format!("{}/{}", exchange.resource_path(), exchange.method);
    let own = at.and_then(|at| at.throttle.get(&place));
    let name =
        if own.is_some() { format!("{}/{key}/{place}", plan.id) } else { format!("{}/{key}", plan.id) };
    match own.or(plan.throttle.as_ref()) {
        Some(limit) => take(state, &name, limit.rate_limit, limit.burst_limit, elapsed),
        None => Ok(()),
    }
}

/// Checks the stage's throttling settings, where somebody set them.
pub(super) fn throttle_stage(
    state: &State,
    exchange: &Exchange,
    view: &StageView,
    elapsed: Duration,
) -> Result<(), Refusal> {
    let Some((name, setting)) = view.setting(exchange) else { return Ok(()) };
    let name = format!("{}/{}/{name}", exchange.api, exchange.stage);
    take(state, &name, setting.throttling_rate_limit, setting.throttling_burst_limit, elapsed)
}

/// Takes a token from a bucket that fills with `rate` tokens a second up to `burst`.
fn take(state: &State, name: &str, rate: f64, burst: i64, elapsed: Duration) -> Result<(), Refusal> {
    // AWS takes a negative limit for none.
    if burst < 0 || rate < 0.0 {
        return Ok(());
    }
    #[expect(clippy::cast_precision_loss, reason = "a burst is small")]
    let most = burst as f64;
    let now = elapsed.as_secs_f64();
    let mut traffic = state.traffic.lock().unwrap_or_else(PoisonError::into_inner);
    let (tokens, since) = traffic.buckets.entry(name.to_owned()).or_insert((most, now));
    *tokens = (*tokens + (now - *since) * rate).min(most);
    *since = now;
    if *tokens >= 1.0 {
        *tokens -= 1.0;
        return Ok(());
    }
    Err(Refusal::new("THROTTLED", "Too Many Requests", "the rate limit is exceeded"))
}

/// Counts a request, against the plan's quota if it has one.
fn count(state: &State, plan: &UsagePlan, key: &str, now: Timestamp) -> Result<(), Refusal> {
    let mut traffic = state.traffic.lock().unwrap_or_else(PoisonError::into_inner);
    if traffic.usage.count((plan.id.clone(), key.to_owned()), plan.quota.as_ref(), now) {
        return Ok(());
    }
    Err(Refusal::new("QUOTA_EXCEEDED", "Limit Exceeded", "the quota is used up"))
}
