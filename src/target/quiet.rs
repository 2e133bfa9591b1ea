use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use crate::aws::{Endpoint, Settling};

/// How often is asked.
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Deserialize)]
struct Answer {
    moment: u64,
    quiet: bool,
}

/// Waits until a sandbox where changes are seen at once works on nothing by itself any more: no queue, stream or event that a function
/// would still be invoked for. Returns whether it came to that; at once, and `false`, where the target is another one.
pub async fn quiet(endpoint: &Endpoint, account: &str, limit: Duration) -> bool {
    let (Some(url), Settling::Immediate) = (&endpoint.url, endpoint.settling) else { return false };
    tokio::time::timeout(limit, wait(url, account)).await.unwrap_or_default()
}

async fn wait(url: &str, account: &str) -> bool {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut address = format!("{url}/_proofmark/quiet?account={account}");
    let mut asked = false;
    loop {
        let Some(Answer { moment, quiet }) = ask(&client, &address).await else { return false };
        if quiet {
            return true;
        }
        if !asked {
            address = format!("{address}&since={moment}");
            asked = true;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// `None`: this is no sandbox of ours.
async fn ask(client: &Client<HttpConnector, Full<Bytes>>, address: &str) -> Option<Answer> {
    let request = Request::get(address).body(Full::default()).ok()?;
    let response = client.request(request).await.ok()?;
    if !response.status().is_success() {
        return None;
    }
    let body = Limited::new(response.into_body(), 1 << 12).collect().await.ok()?.to_bytes();
    serde_json::from_slice(&body).ok()
}
