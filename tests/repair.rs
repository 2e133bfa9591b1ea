//! The broken start is repaired as a candidate would: with the environment that `provision` prints, by the AWS CLI and by
//! boto3, and nothing else.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{Ended, Program, Started, aws_tools};

/// Runs a tool as the candidate: the printed environment, and not a variable more than a tool needs to start.
fn as_candidate(stack: &Started, program: &Program, tool: &str, arguments: &[&str]) -> Ended {
    let bin = aws_tools();
    let output = Command::new(tool)
        .args(arguments)
        .env_clear()
        .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
        .env("HOME", program.home())
        .envs(stack.exports())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    Ended::of(&output)
}

fn broken_start(program: &Program) -> Started {
    program.start(&["provision", "orders-api"], "export AWS_SECRET_ACCESS_KEY")
}

/// Grades the stack and returns the exit code and the report.
fn graded(program: &Program) -> (Option<i32>, Value) {
    let ended = program.run(&["grade", "orders-api", "--format", "json", "--seed", "11"]);
    let report = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}{}", ended.out, ended.err));
    (ended.code, report)
}

/// Points in hundredths.
fn points(report: &Value) -> u64 {
    report["score"]["low"].as_u64().unwrap_or_else(|| panic!("{report:#}"))
}

#[test]
fn the_aws_cli_repairs_the_broken_start_with_the_candidates_keys() {
    let program = Program::new();
    let stack = broken_start(&program);
    let (code, report) = graded(&program);
    assert_eq!(code, Some(1), "{report:#}");
    assert!(points(&report) < 4000, "{report:#}");

    let script = Path::new("challenges/orders-api/solutions/by-hand/repair.sh");
    let repaired = as_candidate(&stack, &program, "bash", &[script.to_str().unwrap()]);
    repaired.ends_with(0, &[]);
    let (code, report) = graded(&program);
    assert_eq!((code, points(&report)), (Some(0), 10_000), "{report:#}");
}

#[test]
fn half_a_repair_with_boto3_scores_in_between() {
    let program = Program::new();
    let stack = broken_start(&program);
    let (_, before) = graded(&program);

    let script = Path::new("tests/repair/half.py");
    as_candidate(&stack, &program, "python3", &[script.to_str().unwrap()]).ends_with(0, &[]);
    let (code, after) = graded(&program);
    assert_eq!(code, Some(1), "{after:#}");
    let (before, after) = (points(&before), points(&after));
    assert!(before < after && after < 10_000, "{before} {after}");
}

#[test]
fn what_provision_prints_holds_no_key_but_the_candidates() {
    let program = Program::new();
    let stack = broken_start(&program);
    let record = program.home().join(".local/state/proofmark/stacks/orders-api.json");
    let text = std::fs::read_to_string(&record).unwrap();
    let record_of: Value = serde_json::from_str(&text).unwrap();
    let grader = &record_of["target"]["grader"];
    for secret in ["access_key_id", "secret_access_key"] {
        let secret = grader[secret].as_str().unwrap();
        assert!(!secret.is_empty() && !stack.printed.contains(secret));
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&record).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "others can read the grader's key");

    let who = as_candidate(&stack, &program, "aws", &["sts", "get-caller-identity", "--output", "json"]);
    who.ends_with(0, &[":user/orders-api-candidate"]);
    let grasp = as_candidate(
        &stack,
        &program,
        "aws",
        &["iam", "create-access-key", "--user-name", "orders-api-candidate"],
    );
    // Version 2 of the CLI ends with 254 when a service refuses, version 1 with 255.
    let code = grasp.code.filter(|code| [254, 255].contains(code)).unwrap_or(254);
    grasp.ends_with(code, &["AccessDenied", "is not authorized to perform: iam:CreateAccessKey"]);
}

#[test]
fn an_interrupted_provision_leaves_no_record() {
    let program = Program::new();
    let stack = broken_start(&program);
    let (code, _) = stack.interrupt();
    assert_eq!(code, Some(0));
    program.run(&["grade", "orders-api"]).ends_with(2, &["no stack `orders-api` stands"]);
}
