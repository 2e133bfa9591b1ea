//! A stage's cache of answers.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html>

use std::sync::PoisonError;
use std::time::Duration;

use http::HeaderValue;

use super::entry::StageView;
use super::exchange::Exchange;
use super::refusal::Refusal;
use super::{authorize, mapping};
use crate::sandbox::apigateway::entity::{Integration, MethodSetting};
use crate::sandbox::apigateway::state::State;
use crate::sandbox::authority::request_keys;
use crate::sandbox::{Access, Authority, Request, Response};

/// The largest answer that is kept, in bytes.
const LARGEST: usize = 1_048_576;

/// How many answers are kept at most, so that nobody fills the memory.
const MOST: usize = 10_000;

/// What a request has to do with the cache.
#[derive(Debug)]
pub(super) struct Place {
    key: String,
    ttl: Duration,
    /// Whether the caller asked for a fresh answer and may have one.
    fresh: bool,
    /// Whether the caller asked for a fresh answer, may not have one, and is told.
    warned: bool,
}

/// Finds where the answer to a request is kept; `None` where none is.
pub(super) fn place(
    authority: Option<&Authority>,
    request: &Request,
    exchange: &Exchange,
    view: &StageView,
    integration: &Integration,
) -> Result<Option<Place>, Refusal> {
    let (Some(stage), Some((name, setting))) = (&view.cache, view.setting(exchange)) else { return Ok(None) };
    // What holds for all methods caches those that only read.
    let covered = name != "*/*" || exchange.verb == "GET";
    let ttl = u64::try_from(setting.cache_ttl_in_seconds).unwrap_or_default();
    if !setting.caching_enabled || !covered || ttl == 0 {
        return Ok(None);
    }
    let mut key = format!("{stage}{}/{}", integration.cache_namespace, exchange.verb);
    for parameter in &integration.cache_key_parameters {
        let source = match &integration.request_parameters {
            Some(mapped) if parameter.starts_with("integration.request.") => mapped.get(parameter),
            _ => Some(parameter),
        };
        let values = source.map_or_else(|| Ok(vec![]), |source| mapping::request_values(exchange, source))?;
        // Values are told apart by their lengths, whatever is in them.
        for value in values {
            key.push_str(&format!("\n{parameter} {} {value}", value.len()));
        }
    }
    let asked = exchange
        .header("cache-control")
        .is_some_and(|value| value.split(',').any(|part| part.trim() == "max-age=0"));
    let may =
        !setting.require_authorization_for_cache_control || may_invalidate(authority, request, exchange);
    if asked && !may && setting.unauthorized_cache_control_header_strategy == "FAIL_WITH_403" {
        return Err(Refusal::new("ACCESS_DENIED", "Unauthorized", "the caller may not invalidate the cache"));
    }
    let warned = asked && !may && tells(setting);
    Ok(Some(Place { key, ttl: Duration::from_secs(ttl), fresh: asked && may, warned }))
}

fn tells(setting: &MethodSetting) -> bool {
    setting.unauthorized_cache_control_header_strategy == "SUCCEED_WITH_RESPONSE_HEADER"
}

/// Whether whoever signed the request is allowed `execute-api:InvalidateCache`.
fn may_invalidate(authority: Option<&Authority>, request: &Request, exchange: &Exchange) -> bool {
    let (Some(authority), Some(caller)) = (authority, &exchange.caller) else { return false };
    let mut access = Access::new("execute-api:InvalidateCache", authorize::method_arn(exchange));
    access.owner = Some(exchange.scope.account.clone());
    let keys = request_keys(request, caller, &exchange.scope);
    authority.check("execute-api", caller, &access, keys).is_ok()
}

impl Place {
    /// Returns the kept answer, unless it is too old or the caller wants a fresh one.
    pub(super) fn kept(&self, state: &State, elapsed: Duration) -> Option<Response> {
        let traffic = state.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        let (response, until) = traffic.answers.get(&self.key).filter(|_| !self.fresh)?;
        (*until > elapsed).then(|| response.clone())
    }

    /// Keeps an answer, if it is a good one.
    pub(super) fn keep(&self, state: &State, response: &Response, elapsed: Duration) {
        if !response.status.is_success() || response.body.len() > LARGEST {
            return;
        }
        let mut traffic = state.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        if traffic.answers.len() >= MOST {
            traffic.answers.retain(|_, (_, until)| *until > elapsed);
        }
        if traffic.answers.len() < MOST {
            traffic.answers.insert(self.key.clone(), (response.clone(), elapsed + self.ttl));
        }
    }

    /// Tells the caller that it may not ask for a fresh answer.
    pub(super) fn told(&self, mut response: Response) -> Response {
        if self.warned {
            let text = "199 Cache-control headers were ignored because the caller was unauthorized.";
            response.headers.insert(http::header::WARNING, HeaderValue::from_static(text));
        }
        response
    }
}
