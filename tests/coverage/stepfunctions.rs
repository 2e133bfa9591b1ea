use serde_json::{Value, json};

use super::bench::Bench;

const DEFINITION: &str = r#"{"StartAt":"Hand","States":{"Hand":{"Type":"Pass","End":true}}}"#;
const WAITING: &str = r#"{"StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":86400,"End":true}}}"#;

fn make(b: &Bench, name: &str, kind: &str, definition: &str) -> String {
    let role = format!("arn:aws:iam::{}:role/role", b.account);
    if b.ask("iam", "GetRole", json!({ "RoleName": "role" })).status != 200 {
        b.role("states.amazonaws.com");
    }
    let input = json!({ "name": name, "definition": definition, "roleArn": role, "type": kind });
    b.also("CreateStateMachine", input).text("/stateMachineArn")
}

fn machine(b: &Bench) -> String {
    make(b, "orders", "STANDARD", DEFINITION)
}

fn arn(b: &Bench, rest: &str) -> String {
    format!("arn:aws:states:eu-west-1:{}:{rest}", b.account)
}

/// An execution that does not end by itself.
fn execution(b: &Bench) -> String {
    let machine = make(b, "resting", "STANDARD", WAITING);
    b.also("StartExecution", json!({ "stateMachineArn": machine, "name": "first", "input": "{\"a\": 1}" }))
        .text("/executionArn")
}

fn no_machine(b: &Bench) {
    b.refused(json!({ "stateMachineArn": arn(b, "stateMachine:nothing") }), 400, "StateMachineDoesNotExist");
    b.refused(json!({ "stateMachineArn": "nothing" }), 400, "InvalidArn");
}

fn no_execution(b: &Bench) {
    b.refused(json!({ "executionArn": arn(b, "execution:orders:nothing") }), 400, "ExecutionDoesNotExist");
    b.refused(json!({ "executionArn": arn(b, "express:orders:a:b") }), 400, "InvalidArn");
}

operations! { "stepfunctions";
    create_state_machine:
        |b: &Bench| {
            let role = b.role("states.amazonaws.com");
            let input = json!({ "name": "orders", "definition": DEFINITION, "roleArn": role, "tags": [{ "key": "team", "value": "blue" }] });
            let made = b.call(input.clone());
            made.has("/stateMachineArn", arn(b, "stateMachine:orders"));
            assert!(made.at("/creationDate").is_number());
            // Asked again for the same, it is the same.
            b.call(input).has("/creationDate", made.at("/creationDate").clone());
            b.call(json!({ "name": "fast", "definition": DEFINITION, "roleArn": role, "type": "EXPRESS" }));
        },
        |b: &Bench| {
            let role = b.role("states.amazonaws.com");
            let with = |name: &str, definition: &str, role: &str| json!({ "name": name, "definition": definition, "roleArn": role });
            b.refused(json!({ "name": "orders" }), 400, "ValidationException");
            b.refused(with("a b", DEFINITION, &role), 400, "InvalidName");
            b.refused(with("orders", DEFINITION, "role"), 400, "InvalidArn");
            let wrong = b.refused(with("orders", r#"{"StartAt":"X","States":{"X":{"Type":"Pass"}}}"#, &role), 400, "InvalidDefinition");
            assert!(wrong.message().contains("SCHEMA_VALIDATION_FAILED: ") && wrong.message().contains(" at /States/X"), "{wrong:?}");
            b.refused(with("orders", r#"{"QueryLanguage":"JSONata","StartAt":"X","States":{"X":{"Type":"Succeed"}}}"#, &role), 501, "NotImplemented");
            b.call(with("orders", DEFINITION, &role));
            b.refused(with("orders", WAITING, &role), 400, "StateMachineAlreadyExists");
            let other = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }] });
            b.of("iam", "UpdateAssumeRolePolicy", json!({ "RoleName": "role", "PolicyDocument": other.to_string() }));
            b.refused(with("more", DEFINITION, &role), 400, "AccessDeniedException");
        };
    describe_state_machine:
        |b: &Bench| { let arn = machine(b); b.call(json!({ "stateMachineArn": arn })).has("/name", "orders").has("/type", "STANDARD").has("/status", "ACTIVE").has("/definition", DEFINITION).has("/loggingConfiguration/level", "OFF"); },
        no_machine;
    update_state_machine:
        |b: &Bench| {
            let arn = machine(b);
            let revision = b.call(json!({ "stateMachineArn": arn, "definition": WAITING })).text("/revisionId");
            b.also("DescribeStateMachine", json!({ "stateMachineArn": arn })).has("/definition", WAITING).has("/revisionId", revision);
        },
        |b: &Bench| {
            no_machine(b);
            let arn = machine(b);
            b.refused(json!({ "stateMachineArn": arn }), 400, "MissingRequiredParameter");
            b.refused(json!({ "stateMachineArn": arn, "definition": "{}" }), 400, "InvalidDefinition");
        };
    delete_state_machine:
        |b: &Bench| {
            let execution = execution(b);
            b.call(json!({ "stateMachineArn": arn(b, "stateMachine:resting") }));
            b.also("ListStateMachines", json!({})).lacks("/stateMachines");
            assert_eq!(b.ask("stepfunctions", "DescribeExecution", json!({ "executionArn": execution })).code(), "ExecutionDoesNotExist");
            b.call(json!({ "stateMachineArn": arn(b, "stateMachine:resting") }));
        },
        |b: &Bench| { b.refused(json!({ "stateMachineArn": "nothing" }), 400, "InvalidArn"); b.refused(json!({}), 400, "ValidationException"); };
    list_state_machines:
        |b: &Bench| {
            machine(b);
            make(b, "zoo", "EXPRESS", DEFINITION);
            let page = b.call(json!({ "maxResults": 1 }));
            page.has("/stateMachines/0/name", "orders");
            b.call(json!({ "nextToken": page.text("/nextToken") })).has("/stateMachines/0/type", "EXPRESS").lacks("/nextToken");
        },
        |b: &Bench| { b.refused(json!({ "nextToken": "x" }), 400, "InvalidToken"); b.refused(json!({ "maxResults": 1001 }), 400, "ValidationException"); };
    validate_state_machine_definition:
        |b: &Bench| {
            b.call(json!({ "definition": DEFINITION })).has("/result", "OK").lacks("/diagnostics");
            b.call(json!({ "definition": "{\"StartAt\":\"X\",\"States\":{\"X\":{\"Type\":\"Pass\"}}}" })).has("/result", "FAIL").has("/diagnostics/0/code", "SCHEMA_VALIDATION_FAILED").has("/diagnostics/0/location", "/States/X");
        },
        |b: &Bench| b.refused(json!({ "type": "STANDARD" }), 400, "ValidationException");
    start_execution:
        |b: &Bench| {
            let machine = make(b, "resting", "STANDARD", WAITING);
            let input = json!({ "stateMachineArn": machine, "name": "first", "input": "{}" });
            let begun = b.call(input.clone());
            begun.has("/executionArn", arn(b, "execution:resting:first"));
            // Asked again for the same while it runs, it is the same.
            b.call(input).has("/startDate", begun.at("/startDate").clone());
            let other = b.call(json!({ "stateMachineArn": machine })).text("/executionArn");
            assert_eq!(other.rsplit(':').next().map(str::len), Some(36));
        },
        |b: &Bench| {
            no_machine(b);
            execution(b);
            let machine = arn(b, "stateMachine:resting");
            b.refused(json!({ "stateMachineArn": machine, "name": "first", "input": "{}" }), 400, "ExecutionAlreadyExists");
            b.refused(json!({ "stateMachineArn": machine, "input": "{" }), 400, "InvalidExecutionInput");
            b.refused(json!({ "stateMachineArn": machine, "name": "a b" }), 400, "InvalidName");
        };
    start_sync_execution:
        |b: &Bench| {
            let machine = make(b, "fast", "EXPRESS", DEFINITION);
            let answer = b.call(json!({ "stateMachineArn": machine, "input": "{\"a\":1}" }));
            answer.has("/status", "SUCCEEDED").has("/output", "{\"a\":1}");
            assert!(answer.text("/executionArn").contains(":express:fast:"));
            let failing = make(b, "failing", "EXPRESS", r#"{"StartAt":"No","States":{"No":{"Type":"Fail","Error":"Sold.Out","Cause":"none"}}}"#);
            b.call(json!({ "stateMachineArn": failing })).has("/status", "FAILED").has("/error", "Sold.Out").has("/cause", "none");
        },
        |b: &Bench| { no_machine(b); let arn = machine(b); b.refused(json!({ "stateMachineArn": arn }), 400, "StateMachineTypeNotSupported"); };
    stop_execution:
        |b: &Bench| {
            let execution = execution(b);
            assert!(b.call(json!({ "executionArn": execution, "error": "Enough", "cause": "late" })).at("/stopDate").is_number());
            b.also("DescribeExecution", json!({ "executionArn": execution })).has("/status", "ABORTED").has("/error", "Enough");
        },
        no_execution;
    describe_execution:
        |b: &Bench| { let execution = execution(b); b.call(json!({ "executionArn": execution })).has("/status", "RUNNING").has("/input", "{\"a\": 1}").has("/name", "first"); },
        no_execution;
    describe_state_machine_for_execution:
        |b: &Bench| {
            let execution = execution(b);
            b.also("UpdateStateMachine", json!({ "stateMachineArn": arn(b, "stateMachine:resting"), "definition": DEFINITION }));
            b.call(json!({ "executionArn": execution })).has("/definition", WAITING).has("/name", "resting");
        },
        no_execution;
    list_executions:
        |b: &Bench| {
            let execution = execution(b);
            let machine = arn(b, "stateMachine:resting");
            b.call(json!({ "stateMachineArn": machine })).has("/executions/0/executionArn", execution);
            b.call(json!({ "stateMachineArn": machine, "statusFilter": "SUCCEEDED" })).lacks("/executions");
        },
        |b: &Bench| {
            no_machine(b);
            let fast = make(b, "fast", "EXPRESS", DEFINITION);
            b.refused(json!({ "stateMachineArn": fast }), 400, "StateMachineTypeNotSupported");
            b.refused(json!({ "stateMachineArn": fast, "statusFilter": "DONE" }), 400, "ValidationException");
        };
    get_execution_history:
        |b: &Bench| {
            let execution = execution(b);
            let shown = |b: &Bench| b.call(json!({ "executionArn": execution }));
            while shown(b).at("/events/1").is_null() {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            let history = shown(b);
            history.has("/events/0/type", "ExecutionStarted").has("/events/0/executionStartedEventDetails/input", "{\"a\": 1}");
            history.has("/events/1/type", "WaitStateEntered").has("/events/1/stateEnteredEventDetails/name", "Rest").has("/events/1/previousEventId", 1);
            b.call(json!({ "executionArn": execution, "reverseOrder": true, "maxResults": 1, "includeExecutionData": false })).has("/events/0/id", 2).lacks("/events/0/stateEnteredEventDetails/input").has("/nextToken", "1");
        },
        no_execution;
    tag_resource:
        |b: &Bench| { let arn = machine(b); b.call(json!({ "resourceArn": arn, "tags": [{ "key": "team", "value": "red" }] })); b.also("ListTagsForResource", json!({ "resourceArn": arn })).has("/tags/0/value", "red"); },
        |b: &Bench| {
            b.refused(json!({ "resourceArn": arn(b, "stateMachine:nothing"), "tags": [] }), 400, "ResourceNotFound");
            let arn = machine(b);
            let many: Vec<Value> = (0..51).map(|number| json!({ "key": format!("k{number}"), "value": "" })).collect();
            b.refused(json!({ "resourceArn": arn, "tags": many }), 400, "TooManyTags");
        };
    untag_resource:
        |b: &Bench| {
            let arn = machine(b);
            b.also("TagResource", json!({ "resourceArn": arn, "tags": [{ "key": "team", "value": "red" }] }));
            b.call(json!({ "resourceArn": arn, "tagKeys": ["team"] }));
            b.also("ListTagsForResource", json!({ "resourceArn": arn })).lacks("/tags");
        },
        |b: &Bench| b.refused(json!({ "resourceArn": arn(b, "stateMachine:nothing"), "tagKeys": [] }), 400, "ResourceNotFound");
    list_tags_for_resource:
        |b: &Bench| { let arn = machine(b); b.call(json!({ "resourceArn": arn })).lacks("/tags"); },
        |b: &Bench| b.refused(json!({ "resourceArn": arn(b, "stateMachine:nothing") }), 400, "ResourceNotFound");
}
