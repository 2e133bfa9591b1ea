use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, InvocationType, Runtime};
use proofmark::aws::{Clients, Endpoint, Settling};
use serde_json::json;

use super::Housed;
use crate::functions::{Workbench, zip};

const SOURCE: &str = "def handler(event, context):\n    print('ran', context.aws_request_id)\n    raise ValueError('always')\n";

fn clients(sandbox: &Housed) -> Clients {
    let url = format!("http://{}", sandbox.address);
    let (id, secret) = (sandbox.keys.id.clone(), sandbox.keys.secret.clone());
    Clients::new(&Endpoint::with_keys(Some(&url), "us-east-1", id, secret, Settling::Immediate))
}

/// Returns how often each event was run, by its request id.
async fn runs(clients: &Clients) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    let events = clients.logs.filter_log_events().log_group_name("/aws/lambda/fails").send().await;
    for event in events.ok().and_then(|events| events.events).unwrap_or_default() {
        if let Some(id) = event.message.as_deref().and_then(|message| message.strip_prefix("ran ")) {
            *out.entry(id.trim().to_owned()).or_default() += 1;
        }
    }
    out
}

async fn wait_for(clients: &Clients, times: usize) -> BTreeMap<String, usize> {
    for _ in 0..600 {
        let seen = runs(clients).await;
        if seen.len() == 2 && seen.values().all(|runs| *runs >= times) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not run {times} times: {:?}", runs(clients).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_tried_again_after_kill_nine_as_often_as_lambda_tries_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    let own = clients(&sandbox);
    let role = Workbench::make_role(&own, "worker").await;
    let code = FunctionCode::builder().zip_file(Blob::new(zip(&[("app.py", SOURCE)]))).build();
    let create = own.lambda.create_function().function_name("fails").role(role).code(code);
    create.runtime(Runtime::Python312).handler("app.handler").timeout(10).send().await.unwrap();
    for _ in 0..2 {
        let invoke = own.lambda.invoke().function_name("fails").payload(Blob::new("{\"n\": 1}"));
        invoke.invocation_type(InvocationType::Event).send().await.unwrap();
    }
    let first = wait_for(&own, 1).await;
    sandbox.kill();
    for (times, seconds) in [(2, 61), (3, 121)] {
        let sandbox = Housed::kept_in(folder.path());
        let answer = sandbox.admin("POST", "clock", &json!({ "advance": seconds }).to_string());
        assert_eq!(answer.status, 200, "{}", answer.text());
        let seen = wait_for(&clients(&sandbox), times).await;
        assert!(seen.keys().eq(first.keys()), "{seen:?} are not {first:?}");
        // What became of the last run has to be written before the end.
        tokio::time::sleep(Duration::from_millis(500)).await;
        sandbox.kill();
    }
    let sandbox = Housed::kept_in(folder.path());
    sandbox.admin("POST", "clock", &json!({ "advance": 3600 }).to_string());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(runs(&clients(&sandbox)).await.values().all(|runs| *runs == 3), "it was given up");
}
