use std::path::Path;
use std::process::Command;

use aws_sdk_lambda::client::Waiters as _;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::workbench::{Workbench, zip};
use crate::support::{aws_tools, javascript_tools};

fn code(answer: u32) -> String {
    format!("def handler(event, context):\n    return {answer}\n")
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions").join(name)
}

/// Runs a script with the environment that a candidate has; it prints what the alias gave each time.
async fn prints(mut script: Command) -> Value {
    let bench = Workbench::new().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, answer) in [("one.zip", 1), ("two.zip", 2)] {
        std::fs::write(folder.path().join(name), zip(&[("app.py", &code(answer))])).unwrap();
    }
    let key = &bench.sandbox.first_key;
    let bin = aws_tools();
    let output = block_in_place(|| {
        script
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
            .env("AWS_ENDPOINT_URL", bench.sandbox.endpoint_url())
            .env("AWS_ACCESS_KEY_ID", &key.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &key.record.secret)
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .env("FOLDER", folder.path())
            .env("ONE", folder.path().join("one.zip"))
            .env("TWO", folder.path().join("two.zip"))
            .env("ROLE", &bench.role)
            .output()
            .unwrap()
    });
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{err}", String::from_utf8_lossy(&output.stdout)))
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_brings_a_function_out_and_takes_it_back() {
    let mut python = Command::new(aws_tools().join("python3"));
    python.arg(script("rollback.py"));
    assert_eq!(prints(python).await, json!([1, 2, 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_brings_a_function_out_and_takes_it_back() {
    let mut shell = Command::new("bash");
    shell.arg(script("rollback.sh"));
    assert_eq!(prints(shell).await, json!([1, 2, 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_for_javascript_brings_a_function_out_and_takes_it_back() {
    let mut node = Command::new(javascript_tools().join("node"));
    node.arg(script("rollback.mjs")).arg(javascript_tools());
    assert_eq!(prints(node).await, json!([1, 2, 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_for_rust_brings_a_function_out_and_takes_it_back() {
    let bench = Workbench::new().await;
    let lambda = &bench.clients.lambda;
    let patience = std::time::Duration::from_mins(1);
    let live = async || bench.invoke("shop:live", &json!({})).await.payload;
    bench.create("shop", &code(1)).await;
    lambda.wait_until_function_active_v2().function_name("shop").wait(patience).await.unwrap();
    let first = lambda.publish_version().function_name("shop").send().await.unwrap().version.unwrap();
    lambda.create_alias().function_name("shop").name("live").function_version(&first).send().await.unwrap();
    assert_eq!(live().await, 1);
    bench.update("shop", &code(2)).await;
    lambda.wait_until_function_updated_v2().function_name("shop").wait(patience).await.unwrap();
    let second = lambda.publish_version().function_name("shop").send().await.unwrap().version.unwrap();
    lambda.update_alias().function_name("shop").name("live").function_version(second).send().await.unwrap();
    assert_eq!(live().await, 2);
    lambda.update_alias().function_name("shop").name("live").function_version(first).send().await.unwrap();
    assert_eq!(live().await, 1);
}
