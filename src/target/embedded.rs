use std::time::Duration;

use bytes::Bytes;
use http::request::Builder;
use http::{Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use super::lease::{Lease, TargetKind};
use super::profile::FULL;
use crate::aws::{Clients, Endpoint, ErrorClass, Failure, Settling};
use crate::evidence::AuditLog;

const OPERATION: &str = "sandbox:OpenAccount";
/// The longest answer that is read, in bytes: an audit log of 20,000 calls.
const LARGEST: usize = 64 << 20;

/// What the sandbox answers to `POST /_proofmark/accounts`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    account: String,
    access_key_id: String,
    secret_access_key: String,
}

/// Who gets into a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Everybody whom the policies let; until the machine's clock gets to that time since its start, where one is named.
    Open { until: Option<Duration> },
    /// The grader alone.
    Shut,
    /// The grader, and the functions and APIs that it calls.
    Probing,
}

/// What the sandbox answers to `POST /_proofmark/freeze`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Set {
    #[serde(default)]
    events_cut: Vec<String>,
}

/// Says who gets into a sandbox from now on. When this returns, whoever was let in before is done. Returns the functions that events were on
/// their way to, which a shut door cuts off.
pub async fn set_door(url: &str, admin_token: &str, door: Door) -> Result<Vec<String>, Failure> {
    let body = match door {
        Door::Open { until: None } => r#"{"state":"running"}"#.to_owned(),
        Door::Open { until: Some(at) } => format!(r#"{{"state":"running","at":{:.6}}}"#, at.as_secs_f64()),
        Door::Shut => r#"{"state":"frozen"}"#.to_owned(),
        Door::Probing => r#"{"state":"probing"}"#.to_owned(),
    };
    let answer = tokio::time::timeout(Duration::from_secs(20), call(url, admin_token, "freeze", body)).await;
    let body = answer.map_err(|_| unreachable("no answer within 20 s"))??;
    let set: Set = serde_json::from_slice(&body)
        .map_err(|error| unreachable(&format!("the answer is not a Proofmark sandbox's: {error}")))?;
    Ok(set.events_cut)
}

/// Reads what was called in an account, by everybody but the holder of one key.
pub async fn audit_log(url: &str, admin_token: &str, account: &str, but: &str) -> Result<AuditLog, Failure> {
    let request = Request::get(format!("{}/_proofmark/audit?account={account}", url.trim_end_matches('/')));
    let answer =
        tokio::time::timeout(Duration::from_secs(30), send(request, admin_token, String::new())).await;
    let body = answer.map_err(|_| unreachable("no answer within 30 s"))??;
    let mut log = AuditLog::parse(&String::from_utf8_lossy(&body))
        .map_err(|error| unreachable(&format!("the answer is not an audit log: {error}")))?;
    log.calls.retain(|call| call.access_key_id.as_deref() != Some(but));
    Ok(log)
}

/// Goes back to an account of a sandbox, with a key that was handed out before.
pub fn rejoin_embedded(url: &str, region: &str, account: &str, access_key_id: &str, secret: &str) -> Lease {
    let endpoint =
        Endpoint::with_keys(Some(url), region.to_owned(), access_key_id, secret, Settling::Immediate);
    Lease {
        kind: TargetKind::Embedded,
        clients: Clients::new(&endpoint),
        account: account.to_owned(),
        profile: &FULL,
    }
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
    Ok(Lease {
        kind: TargetKind::Embedded,
        clients: Clients::new(&endpoint),
        account: opened.account,
        profile: &FULL,
    })
}

/// Gives an account back: everything in it is gone.
pub async fn release_embedded(url: &str, admin_token: &str, account: &str) -> Result<(), Failure> {
    let body = format!(r#"{{"account":"{account}"}}"#);
    let answer = tokio::time::timeout(Duration::from_secs(10), call(url, admin_token, "reset", body)).await;
    answer.map_err(|_| unreachable("no answer within 10 s"))?.map(drop)
}

/// Asks a Proofmark sandbox how well it keeps handlers in; `None` of any other target, and where it does not say.
pub async fn isolation_of(lease: &Lease) -> Option<String> {
    let url = lease.clients.endpoint.url.as_ref().filter(|_| lease.kind == TargetKind::Embedded)?;
    let request = Request::get(format!("{}/_proofmark/isolation", url.trim_end_matches('/')));
    let request = request.body(Full::new(Bytes::new())).ok()?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let asked = async {
        let response = client.request(request).await.ok()?;
        let body = Limited::new(response.into_body(), 1 << 16).collect().await.ok()?.to_bytes();
        let said: serde_json::Value = serde_json::from_slice(&body).ok()?;
        said["isolation"].as_str().map(str::to_owned)
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.ok()?
}

async fn open(url: &str, admin_token: &str) -> Result<Opened, Failure> {
    let body = call(url, admin_token, "accounts", String::new()).await?;
    serde_json::from_slice(&body)
        .map_err(|error| unreachable(&format!("the answer is not a Proofmark sandbox's: {error}")))
}

/// Makes one of the sandbox's own calls.
async fn call(url: &str, admin_token: &str, name: &str, body: String) -> Result<Bytes, Failure> {
    send(Request::post(format!("{}/_proofmark/{name}", url.trim_end_matches('/'))), admin_token, body).await
}

async fn send(request: Builder, admin_token: &str, body: String) -> Result<Bytes, Failure> {
    let request = request
        .header(header::AUTHORIZATION, format!("Bearer {admin_token}"))
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| Failure::new(ErrorClass::Invalid, OPERATION, error.to_string()))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.map_err(|error| unreachable(&error.to_string()))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LARGEST).collect().await;
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
