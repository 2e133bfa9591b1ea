use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Housed;
use crate::support::aws_tools;

/// Every way that anybody has found to write after the end, each tried once before it, where it works, and once after it.
#[test]
fn of_all_ways_to_write_none_is_open_after_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    let output = Command::new(aws_tools().join("python3"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/durability/late.py"))
        .arg(format!("http://{}", sandbox.address))
        .args([&sandbox.keys.id, &sandbox.keys.secret, &sandbox.token])
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{err}"));
    let before = told["before"].as_object().unwrap();
    assert_eq!(before.len(), 11);
    for (way, said) in before {
        assert_eq!(said, "taken", "{way} does not work while it may");
    }
    for (way, said) in told["after"].as_object().unwrap() {
        assert_ne!(said, "taken", "{way} is open after the end");
    }
    assert_eq!(told["object"], "before", "the object is the one from before");
    // Nothing that was under way, or waited, goes on: neither loops, nor queues, nor a function that makes itself anew.
    assert_eq!(told["frozen"], told["later"]);
    assert_eq!(told["code"], told["code_later"]);
    let frozen = told["frozen"].as_array().unwrap();
    let begun = |prefix: &str| frozen.iter().any(|id| id.as_str().unwrap().starts_with(prefix));
    for prefix in ["loop-", "self-", "queued-before", "async-before", "user-before"] {
        assert!(begun(prefix), "{prefix} was under way: {frozen:?}");
    }
}
