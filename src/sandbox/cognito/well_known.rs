use std::sync::Arc;

use serde_json::{Value, json};

use super::state::State;
use super::tokens::issuer;
use crate::context::Random;
use crate::sandbox::jwt::Issuers;
use crate::sandbox::{Entrance, Future, Request, Response};

/// What anybody may fetch of a pool: its key set, and where to find what.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html>
pub(super) struct WellKnown {
    pub state: Arc<State>,
    pub random: Random,
}

impl std::fmt::Debug for WellKnown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WellKnown").finish_non_exhaustive()
    }
}

/// Reads `/{pool}/.well-known/{document}`.
fn named(request: &Request) -> Option<(&str, &str)> {
    if request.method != http::Method::GET {
        return None;
    }
    let (pool, rest) = request.raw_path.strip_prefix('/')?.split_once('/')?;
    Some((pool, rest.strip_prefix(".well-known/")?))
}

impl Entrance for WellKnown {
    fn claims(&self, request: &Request) -> bool {
        named(request).is_some_and(|(pool, _)| pool.contains('_') && self.state.has_pool(pool))
    }

    fn serve(&self, request: Request) -> Future<'_, Response> {
        Box::pin(async move {
            let Some((pool, document)) = named(&request) else { return Response::empty(404) };
            let body = match document {
                "jwks.json" => self.state.key(pool, &self.random).map(|key| key.key_set()),
                "openid-configuration" => Some(configuration(pool)),
                _ => None,
            };
            match body {
                Some(body) => {
                    Response::json(200, &body).with_header("cache-control", "public, max-age=86400")
                }
                None => Response::json(404, &json!({ "message": "Not Found" })),
            }
        })
    }
}

fn configuration(pool: &str) -> Value {
    let region = pool.split_once('_').map_or("", |(region, _)| region);
    let issuer = issuer(region, pool);
    json!({
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
    })
}

impl Issuers for WellKnown {
    fn key_set(&self, url: &str) -> Option<Value> {
        let pool = url.trim_end_matches('/').rsplit('/').next()?;
        let region = pool.split_once('_').map(|(region, _)| region)?;
        if url.trim_end_matches('/') != issuer(region, pool) {
            return None;
        }
        self.state.key(pool, &self.random).map(|key| key.key_set())
    }
}
