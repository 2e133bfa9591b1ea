use std::time::Duration;

use super::super::entity::{RouteSettings, Stage};
use super::super::state::State;
use super::exchange::Exchange;
use super::refusal::Refusal;

/// Takes a token for a request out of its route's bucket, if the stage limits the route.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html>
pub(super) fn check(
    state: &State,
    exchange: &Exchange,
    stage: &Stage,
    elapsed: Duration,
) -> Result<(), Refusal> {
    let own = stage.route_settings.get(&exchange.route_key);
    let usual = &stage.default_route_settings;
    let rate = own.and_then(|own| own.throttling_rate_limit).or(usual.throttling_rate_limit);
    let burst = own.and_then(|own| own.throttling_burst_limit).or(usual.throttling_burst_limit);
    if rate.is_none() && burst.is_none() {
        return Ok(());
    }
    // What is not set is the account's limit.
    let rate = rate.unwrap_or(10_000.0);
    #[expect(clippy::cast_precision_loss, reason = "limits are small numbers")]
    let burst = burst.unwrap_or(5_000) as f64;
    let shared = own.is_none_or(|own| *own == RouteSettings::default());
    let route = if shared { "*" } else { exchange.route_key.as_str() };
    let key = format!("{}/{}/{route}", exchange.api, exchange.stage);
    let now = elapsed.as_secs_f64();
    let mut traffic = state.traffic();
    let (tokens, counted) = traffic.buckets.entry(key).or_insert((burst, now));
    *tokens = (*tokens + (now - *counted) * rate).min(burst);
    *counted = now;
    if *tokens < 1.0 {
        return Err(Refusal::new(429, "Too Many Requests", "the route's limit is reached"));
    }
    *tokens -= 1.0;
    Ok(())
}
