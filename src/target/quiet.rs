use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use crate::aws::{Endpoint, Settling};

/// How soon is asked again at first, and how often at most.
const SOON: Duration = Duration::from_millis(1);
const PAUSE: Duration = Duration::from_millis(10);
/// How long is waited for what one world set off.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Answer {
    moment: u64,
    quiet: bool,
    /// Something failed and will be tried again, which is not waited for.
    #[serde(default)]
    retrying: bool,
}

/// Waits until a sandbox where changes are seen at once works on nothing by itself any more: no queue, stream or event that a function
/// would still be invoked for. Returns whether it came to that; at once, and `false`, where the target is another one.
pub async fn quiet(endpoint: &Endpoint, account: &str, limit: Duration) -> bool {
    let (Some(url), Settling::Immediate) = (&endpoint.url, endpoint.settling) else { return false };
    matches!(tokio::time::timeout(limit, wait(url, account)).await, Ok(Some(_)))
}

/// Whether a sandbox goes on with something that was set off before, though it was waited for: what comes next in the account might
/// meet it. `false` where the target is another one, of which nobody can tell.
pub async fn left_over(endpoint: &Endpoint, account: &str) -> bool {
    let (Some(url), Settling::Immediate) = (&endpoint.url, endpoint.settling) else { return false };
    match tokio::time::timeout(LONGEST, wait(url, account)).await {
        Ok(Some(answer)) => answer.retrying,
        Ok(None) => false,
        Err(_) => true,
    }
}

/// `None`: this is no sandbox of ours.
async fn wait(url: &str, account: &str) -> Option<Answer> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut address = format!("{url}/_proofmark/quiet?account={account}");
    let mut asked = false;
    let mut pause = SOON;
    loop {
        let answer = ask(&client, &address).await?;
        if answer.quiet {
            return Some(answer);
        }
        if !asked {
            address = format!("{address}&since={}", answer.moment);
            asked = true;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE);
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
