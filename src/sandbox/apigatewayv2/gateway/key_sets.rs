//! The key sets of issuers: the sandbox's own pools at once, others through their discovery documents.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::Value;

use super::backend::Backends;
use crate::sandbox::jwt::Issuers;

/// How long a key set is kept, in seconds: AWS keeps it for two hours.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>
const KEPT: i64 = 2 * 60 * 60;
/// The largest document that is read, in bytes, and how long one may take.
const LARGEST: usize = 128 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);
/// How many issuers are remembered.
const REMEMBERED: usize = 100;

/// Key sets by issuer, each with the second in which it is forgotten.
#[derive(Debug, Default)]
pub(super) struct KeySets(Mutex<HashMap<String, (i64, Value)>>);

impl KeySets {
    /// Returns an issuer's key set. Fails with the words that AWS has for it.
    pub(super) async fn of(
        &self,
        issuer: &str,
        own: &dyn Issuers,
        backends: &Backends,
        now: i64,
    ) -> Result<Value, String> {
        if let Some(found) = own.key_set(issuer) {
            return Ok(found);
        }
        // A pool that is not here is nowhere: nobody outside knows the sandbox's pools.
        if issuer.starts_with("https://cognito-idp.") {
            return Err("OIDC discovery endpoint communication error".to_owned());
        }
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        if let Some((_, keys)) = kept.filter(|(end, _)| *end > now) {
            return Ok(keys);
        }
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = document(backends, &place).await;
        let document = document.ok_or_else(|| "OIDC discovery endpoint communication error".to_owned())?;
        let unreachable = || "JWKS communication error".to_owned();
        let place = document["jwks_uri"].as_str().filter(|place| place.starts_with("https://"));
        let keys = self::document(backends, place.ok_or_else(unreachable)?).await.ok_or_else(unreachable)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(issuer.to_owned(), (now + KEPT, keys.clone()));
        Ok(keys)
    }
}

async fn document(backends: &Backends, place: &str) -> Option<Value> {
    let request =
        Request::get(place).header("accept", "application/json").body(Full::new(Bytes::new())).ok()?;
    let fetched = tokio::time::timeout(PATIENCE, backends.fetch(request, LARGEST)).await.ok()?.ok()?;
    (fetched.status == 200).then(|| serde_json::from_slice(&fetched.body).ok())?
}
