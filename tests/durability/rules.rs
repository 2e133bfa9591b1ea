use std::path::Path;
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime, State};
use proofmark::aws::{Clients, Endpoint, Settling};
use serde_json::{Value, json};

use super::Housed;
use crate::functions::{Workbench, zip};

/// Needs a library that cannot be had: no invocation is taken, which is Lambda's own fault.
const BROKEN: &str = "require('@aws-sdk/client-sqs');\nexports.handler = async () => {};";
const WHOLE: &str = "exports.handler = async (event) => console.log('took ' + event.id);";

fn clients(sandbox: &Housed) -> Clients {
    let url = format!("http://{}", sandbox.address);
    let (id, secret) = (sandbox.keys.id.clone(), sandbox.keys.secret.clone());
    Clients::new(&Endpoint::with_keys(Some(&url), "eu-west-1", id, secret, Settling::Immediate))
}

/// A sandbox that can prepare no libraries, since a file lies where they would be kept.
fn start(folder: &Path) -> Housed {
    let file = folder.join("file");
    std::fs::write(&file, "").unwrap();
    let state = folder.join("state");
    Housed::within(&["--state", state.to_str().unwrap()], &[("PROOFMARK_CACHE", file.to_str().unwrap())])
}

/// The ids of the events that the function took, by its log.
async fn taken(own: &Clients) -> Vec<String> {
    let log = own.logs.filter_log_events().log_group_name("/aws/lambda/taker").send().await;
    let messages = log.ok().and_then(|log| log.events).unwrap_or_default();
    let ids = messages.iter().filter_map(|event| event.message()?.split("took ").nth(1));
    ids.map(|id| id.trim().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_no_function_took_is_tried_again_after_kill_nine_and_arrives_once() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = start(folder.path());
    let own = clients(&sandbox);
    let role = Workbench::make_role(&own, "worker").await;
    let code = FunctionCode::builder().zip_file(Blob::new(zip(&[("index.js", BROKEN)]))).build();
    let create = own.lambda.create_function().function_name("taker").role(role).code(code).timeout(10);
    create.runtime(Runtime::Nodejs20x).handler("index.handler").send().await.unwrap();
    let told = |operation: &str, body| -> Value {
        let answer = sandbox.json("events", &format!("AWSEvents.{operation}"), &body);
        serde_json::from_str(&answer.text()).unwrap_or_else(|_| panic!("{operation}: {}", answer.text()))
    };
    let rule = told("PutRule", json!({ "Name": "all", "EventPattern": r#"{"source": ["shop"]}"# }));
    let shown = own.lambda.get_function_configuration().function_name("taker").send().await.unwrap();
    assert_eq!(shown.state(), Some(&State::Failed), "it needs what cannot be had");
    let permit = own
        .lambda
        .add_permission()
        .function_name("taker")
        .statement_id("rule")
        .principal("events.amazonaws.com");
    permit
        .action("lambda:InvokeFunction")
        .source_arn(rule["RuleArn"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    let target = json!({ "Rule": "all", "Targets": [{ "Id": "taker", "Arn": shown.function_arn() }] });
    assert_eq!(told("PutTargets", target)["FailedEntryCount"], 0);
    let put =
        told("PutEvents", json!({ "Entries": [{ "Source": "shop", "DetailType": "sold", "Detail": "{}" }] }));
    let id = put["Entries"][0]["EventId"].as_str().unwrap().to_owned();
    // What became of the first try has to be written before the end.
    tokio::time::sleep(Duration::from_millis(500)).await;
    sandbox.kill();

    let sandbox = start(folder.path());
    let own = clients(&sandbox);
    assert!(taken(&own).await.is_empty());
    let update = own.lambda.update_function_code().function_name("taker");
    update.zip_file(Blob::new(zip(&[("index.js", WHOLE)]))).send().await.unwrap();
    let advance = || sandbox.admin("POST", "clock", &json!({ "advance": 61 }).to_string());
    assert_eq!(advance().status, 200);
    for _ in 0..600 {
        if !taken(&own).await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(taken(&own).await, [id]);
    tokio::time::sleep(Duration::from_millis(500)).await;
    sandbox.kill();

    // What has arrived is not kept any longer.
    let sandbox = start(folder.path());
    assert_eq!(sandbox.admin("POST", "clock", &json!({ "advance": 3600 }).to_string()).status, 200);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(taken(&clients(&sandbox)).await.len(), 1);
}
