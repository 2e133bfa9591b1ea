use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use super::lease::{Lease, TargetKind};
use crate::aws::{Clients, Endpoint, ErrorClass, Failure, Settling};

const OPERATION: &str = "sandbox:OpenAccount";

/// What the sandbox answers to `POST /_proofmark/accounts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    account: String,
    access_key_id: String,
    secret_access_key: String,
}

/// Leases a fresh account of a Proofmark sandbox.
pub async fn lease_embedded(url: &str, admin_token: &str, region: &str) -> Result<Lease, Failure> {
    let opened = tokio::time::timeout(Duration::from_secs(10), open(url, admin_token)).await;
    let opened = opened.map_err(|_| unreachable("no answer within 10 s"))??;
    let endpoint = Endpoint::with_keys(
        Some(url),
        region,
        opened.access_key_id,
        opened.secret_access_key,
        Settling::Immediate,
    );
    Ok(Lease { kind: TargetKind::Embedded, clients: Clients::new(&endpoint), account: opened.account })
}

/// Gives an account back: everything in it is gone.
pub async fn release_embedded(url: &str, admin_token: &str, account: &str) -> Result<(), Failure> {
    let body = format!(r#"{{"account":"{account}"}}"#);
    let answer = tokio::time::timeout(Duration::from_secs(10), call(url, admin_token, "reset", body)).await;
    answer.map_err(|_| unreachable("no answer within 10 s"))?.map(drop)
}

async fn open(url: &str, admin_token: &str) -> Result<Opened, Failure> {
    let body = call(url, admin_token, "accounts", String::new()).await?;
    serde_json::from_slice(&body)
        .map_err(|error| unreachable(&format!("the answer is not a Proofmark sandbox's: {error}")))
}

/// Makes one of the sandbox's own calls.
async fn call(url: &str, admin_token: &str, name: &str, body: String) -> Result<Bytes, Failure> {
    let url = format!("{}/_proofmark/{name}", url.trim_end_matches('/'));
    let request = Request::post(&url)
        .header(header::AUTHORIZATION, format!("Bearer {admin_token}"))
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| Failure::new(ErrorClass::Invalid, OPERATION, error.to_string()))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.map_err(|error| unreachable(&error.to_string()))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), 1 << 16).collect().await;
    let body = body.map_err(|error| unreachable(&error.to_string()))?.to_bytes();
    if !status.is_success() {
        let class = if status.as_u16() == 403 { ErrorClass::Denied } else { ErrorClass::Other };
        let message = String::from_utf8_lossy(&body).into_owned();
        return Err(Failure::new(class, OPERATION, format!("HTTP status {status}: {message}")));
    }
    Ok(body)
}

fn unreachable(message: &str) -> Failure {
    Failure::new(ErrorClass::Unreachable, OPERATION, message)
}
