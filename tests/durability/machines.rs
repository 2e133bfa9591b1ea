use std::time::Duration;

use serde_json::{Value, json};

use super::Housed;

fn call(sandbox: &Housed, operation: &str, body: &Value) -> Value {
    let answer = sandbox.json("states", &format!("AWSStepFunctions.{operation}"), body);
    assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
    serde_json::from_str(&answer.text()).unwrap()
}

fn types(sandbox: &Housed, execution: &Value) -> Vec<String> {
    let shown = call(sandbox, "GetExecutionHistory", &json!({ "executionArn": execution }));
    shown["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_machine_and_what_runs_of_it_go_on_after_kill_nine() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "states.amazonaws.com" }, "Action": "sts:AssumeRole",
    }] });
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("Action", "CreateRole"), ("Version", "2010-05-08"), ("RoleName", "flow")])
        .append_pair("AssumeRolePolicyDocument", &trust.to_string())
        .finish();
    let made = crate::support::Sent::new("POST", "/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .signed(sandbox.address, &sandbox.keys, "iam")
        .send(sandbox.address);
    assert_eq!(made.status, 200, "{}", made.text());
    let role = made.text().split("<Arn>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let definition = json!({ "StartAt": "First", "States": {
        "First": { "Type": "Pass", "Result": 1, "ResultPath": "$.first", "Next": "Rest" },
        "Rest": { "Type": "Wait", "Seconds": 3600, "Next": "Last" },
        "Last": { "Type": "Pass", "End": true },
    } });
    let input = json!({ "name": "orders", "definition": definition.to_string(), "roleArn": role });
    let machine = call(&sandbox, "CreateStateMachine", &input)["stateMachineArn"].clone();
    let started =
        call(&sandbox, "StartExecution", &json!({ "stateMachineArn": machine, "input": "{\"a\":1}" }));
    let execution = started["executionArn"].clone();
    while types(&sandbox, &execution).last().map(String::as_str) != Some("WaitStateEntered") {
        std::thread::sleep(Duration::from_millis(20));
    }
    // What became of it has to be written before the end.
    std::thread::sleep(Duration::from_millis(300));
    sandbox.kill();

    let sandbox = Housed::kept_in(folder.path());
    let shown = call(&sandbox, "DescribeStateMachine", &json!({ "stateMachineArn": machine }));
    assert_eq!(shown["definition"], definition.to_string());
    assert_eq!(types(&sandbox, &execution).len(), 4);
    assert_eq!(sandbox.admin("POST", "clock", &json!({ "advance": 3601 }).to_string()).status, 200);
    let ended = (0..600).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        let shown = call(&sandbox, "DescribeExecution", &json!({ "executionArn": execution }));
        (shown["status"] != "RUNNING").then_some(shown)
    });
    let ended = ended.unwrap();
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("{\"a\":1,\"first\":1}")));
    std::thread::sleep(Duration::from_millis(300));
    sandbox.kill();

    let sandbox = Housed::kept_in(folder.path());
    let all = types(&sandbox, &execution);
    assert_eq!(all.len(), 8, "{all:?}");
    assert_eq!(all.last().unwrap(), "ExecutionSucceeded");
}
