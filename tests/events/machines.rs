use serde_json::{Value, json};

use super::stage::Stage;
use crate::coverage::Answer;

/// A function that fails for the orders that say so, and tells which order it got.
const PAY: &str = "class Declined(Exception):\n    pass\ndef handler(event, context):\n    print('PAID', event['id'])\n    if \
                   event.get('bad'):\n        raise Declined('no money')\n    return {'receipt': event['id']}\n";

impl Stage {
    /// Makes a state machine, and returns its ARN.
    fn machine(&self, name: &str, kind: &str, role: &str, definition: &Value) -> String {
        let input =
            json!({ "name": name, "definition": definition.to_string(), "roleArn": role, "type": kind });
        self.call("stepfunctions", "CreateStateMachine", input).text("/stateMachineArn")
    }

    /// Runs a machine until it is over.
    fn run(&self, machine: &str, input: &Value) -> Answer {
        let input = json!({ "stateMachineArn": machine, "input": input.to_string() });
        let arn = self.call("stepfunctions", "StartExecution", input).text("/executionArn");
        self.ended(&arn)
    }

    fn ended(&self, execution: &str) -> Answer {
        self.wait("the end of an execution", || {
            let shown = self.call("stepfunctions", "DescribeExecution", json!({ "executionArn": execution }));
            (shown.at("/status") != "RUNNING").then_some(shown)
        })
    }

    fn history(&self, execution: &str) -> Vec<String> {
        let shown = self.call("stepfunctions", "GetExecutionHistory", json!({ "executionArn": execution }));
        let events = shown.at("/events").as_array().unwrap().clone();
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn an_order_goes_through_a_function_a_table_a_queue_a_topic_and_a_bus_as_the_machines_role() {
    let stage = Stage::new();
    let actions =
        ["lambda:InvokeFunction", "dynamodb:*", "sqs:SendMessage", "sns:Publish", "events:PutEvents"];
    let role = stage.role(&actions);
    let pay = stage.function("pay", &role, PAY);
    stage.call(
        "dynamodb",
        "CreateTable",
        json!({
            "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        }),
    );
    let queue = stage.queue("inbox", &json!({}));
    let topic = stage.call("sns", "CreateTopic", json!({ "Name": "news" })).text("/TopicArn");
    let task = |what: &str, parameters: Value, next: &str| json!({ "Type": "Task", "Resource": format!("arn:aws:states:::{what}"), "Parameters": parameters, "ResultPath": null, "Next": next });
    let key = json!({ "id": { "S.$": "$.id" } });
    let definition = json!({ "StartAt": "Pay", "States": {
        "Pay": { "Type": "Task", "Resource": pay, "ResultPath": "$.paid", "Next": "Again" },
        "Again": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": "$.again",
            "Parameters": { "FunctionName": "pay", "Payload.$": "$" }, "ResultSelector": { "receipt.$": "$.Payload.receipt" }, "Next": "Put" },
        "Put": task("dynamodb:putItem", json!({ "TableName": "orders", "Item": key }), "Update"),
        "Update": task("dynamodb:updateItem", json!({ "TableName": "orders", "Key": key, "UpdateExpression": "SET paid = :p",
            "ExpressionAttributeValues": { ":p": { "BOOL": true } } }), "Send"),
        "Send": task("sqs:sendMessage", json!({ "QueueUrl": queue, "MessageBody.$": "$" }), "Tell"),
        "Tell": task("sns:publish", json!({ "TopicArn": topic, "Message.$": "$.id" }), "Event"),
        "Event": task("events:putEvents", json!({ "Entries": [{ "Source": "shop", "DetailType": "Order", "Detail.$": "$" }] }), "Get"),
        "Get": { "Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Parameters": { "TableName": "orders", "Key": key },
            "ResultSelector": { "paid.$": "$.Item.paid.BOOL" }, "ResultPath": "$.stored", "End": true },
    } });
    let machine = stage.machine("orders", "STANDARD", &role, &definition);
    let ended = stage.run(&machine, &json!({ "id": "o-1" }));
    ended.has("/status", "SUCCEEDED");
    let output: Value = serde_json::from_str(&ended.text("/output")).unwrap();
    let wanted = json!({ "id": "o-1", "paid": { "receipt": "o-1" }, "again": { "receipt": "o-1" }, "stored": { "paid": true } });
    assert_eq!(output, wanted);
    let sent: Value =
        serde_json::from_str(stage.await_messages(&queue, 1)[0]["Body"].as_str().unwrap()).unwrap();
    assert_eq!(sent["again"]["receipt"], "o-1");
    let published = stage.audit("Publish");
    assert!(published[0]["caller"].as_str().unwrap().contains(":assumed-role/worker/"), "{published:?}");
    let history = stage.history(&ended.text("/executionArn"));
    assert_eq!(
        history[..5],
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "LambdaFunctionScheduled",
            "LambdaFunctionStarted",
            "LambdaFunctionSucceeded"
        ]
    );
    assert_eq!(history.last().unwrap(), "ExecutionSucceeded");
}

#[test]
fn a_role_that_may_not_invoke_fails_the_execution_in_the_words_of_aws() {
    let stage = Stage::new();
    let role = stage.role(&[]);
    let pay = stage.function("pay", &role, PAY);
    let definition =
        json!({ "StartAt": "Pay", "States": { "Pay": { "Type": "Task", "Resource": pay, "End": true } } });
    let machine = stage.machine("orders", "STANDARD", &role, &definition);
    let ended = stage.run(&machine, &json!({ "id": "o-1" }));
    ended.has("/status", "FAILED").has("/error", "Lambda.AWSLambdaException");
    let cause = ended.text("/cause");
    assert!(
        cause.starts_with(&format!("User: arn:aws:sts::{}:assumed-role/worker/", stage.account)),
        "{cause}"
    );
    let denied = format!(
        " is not authorized to perform: lambda:InvokeFunction on resource: {pay} because no identity-based policy allows the \
         lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: "
    );
    assert!(cause.contains(&denied), "{cause}");
    assert!(stage.said("pay", "PAID").is_empty());
    assert_eq!(stage.audit("Invoke").len(), 1);
}

#[test]
fn what_fails_is_tried_again_by_the_clock_and_then_caught() {
    let stage = Stage::new();
    let role = stage.role(&["lambda:InvokeFunction"]);
    let pay = stage.function("pay", &role, PAY);
    let definition = json!({ "StartAt": "Pay", "States": {
        "Pay": { "Type": "Task", "Resource": pay, "End": true,
            "Retry": [{ "ErrorEquals": ["Declined"], "IntervalSeconds": 3600, "MaxAttempts": 1 }],
            "Catch": [{ "ErrorEquals": ["Declined"], "ResultPath": "$.failed", "Next": "Sorry" }] },
        "Sorry": { "Type": "Pass", "Parameters": { "error.$": "$.failed.Error", "why.$": "States.StringToJson($.failed.Cause)" }, "End": true },
    } });
    let machine = stage.machine("orders", "STANDARD", &role, &definition);
    let input = json!({ "stateMachineArn": machine, "input": "{\"id\": \"o-1\", \"bad\": true}" });
    let execution = stage.call("stepfunctions", "StartExecution", input).text("/executionArn");
    stage.wait("the first try", || {
        stage.history(&execution).contains(&"LambdaFunctionFailed".to_owned()).then_some(())
    });
    stage
        .call("stepfunctions", "DescribeExecution", json!({ "executionArn": execution }))
        .has("/status", "RUNNING");
    stage.advance(3601);
    let ended = stage.ended(&execution);
    ended.has("/status", "SUCCEEDED");
    let output: Value = serde_json::from_str(&ended.text("/output")).unwrap();
    assert_eq!((&output["error"], &output["why"]["errorMessage"]), (&json!("Declined"), &json!("no money")));
}

#[test]
fn a_rule_starts_a_machine_with_the_event_where_the_targets_role_lets_it() {
    let stage = Stage::new();
    let role = stage.role(&["states:StartExecution"]);
    let definition = json!({ "StartAt": "Take", "States": { "Take": { "Type": "Pass", "OutputPath": "$.detail", "End": true } } });
    let machine = stage.machine("orders", "STANDARD", &role, &definition);
    stage.call("events", "PutRule", json!({ "Name": "sold", "EventPattern": "{\"source\": [\"shop\"]}" }));
    let bare = json!({ "Rule": "sold", "Targets": [{ "Id": "one", "Arn": machine }] });
    assert_eq!(stage.ask("events", "PutTargets", bare).code(), "ValidationException");
    stage.call(
        "events",
        "PutTargets",
        json!({ "Rule": "sold", "Targets": [{ "Id": "one", "Arn": machine, "RoleArn": role }] }),
    );
    stage.call(
        "events",
        "PutEvents",
        json!({ "Entries": [{ "Source": "shop", "DetailType": "Order", "Detail": "{\"total\": 3}" }] }),
    );
    let execution = stage.wait("an execution", || {
        let listed = stage.call("stepfunctions", "ListExecutions", json!({ "stateMachineArn": machine }));
        listed.at("/executions/0/executionArn").as_str().map(str::to_owned)
    });
    stage.ended(&execution).has("/status", "SUCCEEDED").has("/output", "{\"total\":3}");
}

#[test]
fn a_machine_starts_another_and_a_frozen_sandbox_lets_none_go_on() {
    let stage = Stage::new();
    let role = stage.role(&["states:StartExecution"]);
    let waits = json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 60, "End": true } } });
    let inner = stage.machine("inner", "STANDARD", &role, &waits);
    let starts = json!({ "StartAt": "S", "States": { "S": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": { "StateMachineArn": inner, "Name": "within", "Input.$": "$" }, "End": true } } });
    let outer = stage.machine("outer", "STANDARD", &role, &starts);
    stage.run(&outer, &json!({ "a": 1 })).has("/status", "SUCCEEDED");
    let within = stage.arn("states", "execution:inner:within");
    stage
        .call("stepfunctions", "DescribeExecution", json!({ "executionArn": within }))
        .has("/status", "RUNNING")
        .has("/input", "{\"a\":1}");
    let freeze = |state: &str| stage.admin("freeze", &json!({ "state": state }));
    freeze("frozen");
    stage.advance(3600);
    freeze("probing");
    std::thread::sleep(std::time::Duration::from_millis(400));
    stage
        .call("stepfunctions", "DescribeExecution", json!({ "executionArn": within }))
        .has("/status", "RUNNING");
    freeze("running");
    stage.ended(&within).has("/status", "SUCCEEDED");
}
