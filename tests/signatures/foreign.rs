use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use proofmark::context::Context;
use proofmark::sandbox::{Options, Sandbox};

use super::expected;
use crate::support::{aws_tools, javascript_tools};

/// Runs a script with the environment that a candidate has; it prints a JSON object: what became of each call.
fn outcomes(mut script: Command) -> BTreeMap<String, String> {
    let sandbox = Sandbox::start(&Options::default(), &Context::system()).unwrap();
    let output = script
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("AWS_ENDPOINT_URL", sandbox.endpoint_url())
        .env("AWS_ACCESS_KEY_ID", &sandbox.first_key.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", &sandbox.first_key.record.secret)
        .env("AWS_DEFAULT_REGION", "eu-west-1")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("OBJECTS", if expected().keys().any(|name| name.starts_with("object ")) { "1" } else { "" })
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{err}", String::from_utf8_lossy(&output.stdout)))
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/signatures").join(name)
}

#[test]
fn boto3_is_understood_and_whoever_tampers_with_it_is_not() {
    let mut python = Command::new(aws_tools().join("python3"));
    python.arg(script("calls.py"));
    assert_eq!(outcomes(python), expected());
}

#[test]
fn the_sdk_for_javascript_is_understood_and_whoever_tampers_with_it_is_not() {
    let mut node = Command::new(javascript_tools().join("node"));
    node.arg(script("calls.mjs")).arg(javascript_tools());
    assert_eq!(outcomes(node), expected());
}
