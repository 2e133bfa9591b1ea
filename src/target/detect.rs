use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::Profile;
use super::profile::FULL;

/// For one page.
const TIMEOUT: Duration = Duration::from_secs(5);
/// In bytes: a health page lists services, no more.
const LARGEST: usize = 1 << 18;
/// How often a page is asked for that is throttled or does not come.
const TRIES: u32 = 4;

/// Finds out by its health page what kind of target answers at an address. One that has none of the pages that are known is of the
/// kind `unknown`.
pub async fn detect(url: &str) -> &'static Profile {
    let named = |name| Profile::named(name).unwrap_or_else(Profile::unknown);
    if page(url, "/_proofmark/health").await.is_some() {
        return &FULL;
    }
    if let Some(health) = page(url, "/_ministack/health").await {
        return named(if health["auth"] == "enabled" { "ministack" } else { "ministack-open" });
    }
    // MiniStack answers there too, and was asked before.
    if page(url, "/_localstack/health").await.is_some_and(|health| health["services"].is_object()) {
        return named("localstack");
    }
    if page(url, "/moto-api/config").await.is_some() {
        return named("moto");
    }
    Profile::unknown()
}

/// Whether a sandbox of ours answers there that lets everybody be anybody (`proofmark sandbox --open`).
pub async fn is_open_sandbox(url: &str) -> bool {
    page(url, "/_proofmark/health").await.is_some_and(|health| health["open"] == true)
}

/// Returns a page that is JSON; `None` where there is none.
async fn page(url: &str, path: &str) -> Option<Value> {
    let mut pause = Duration::from_millis(50);
    for _ in 1..TRIES {
        match tokio::time::timeout(TIMEOUT, get(&format!("{url}{path}"))).await {
            Ok(Some((status, body))) if !passing(status) => return answer(status, &body),
            Ok(_) => tokio::time::sleep(pause).await,
            // Whoever does not answer in seconds will not answer the next page either.
            Err(_) => return None,
        }
        pause *= 2;
    }
    let (status, body) = tokio::time::timeout(TIMEOUT, get(&format!("{url}{path}"))).await.ok()??;
    answer(status, &body)
}

fn passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn answer(status: StatusCode, body: &[u8]) -> Option<Value> {
    status.is_success().then(|| serde_json::from_slice(body).ok())?
}

async fn get(url: &str) -> Option<(StatusCode, Bytes)> {
    let request = Request::get(url).body(Full::new(Bytes::new())).ok()?;
    let response = if url.starts_with("https://") {
        let connector =
            HttpsConnectorBuilder::new().with_native_roots().ok()?.https_only().enable_http1().build();
        Client::builder(TokioExecutor::new()).build(connector).request(request).await
    } else {
        Client::builder(TokioExecutor::new()).build_http().request(request).await
    };
    let response = response.ok()?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LARGEST).collect().await.ok()?.to_bytes();
    Some((status, body))
}
