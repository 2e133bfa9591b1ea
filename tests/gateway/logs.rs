//! Access and execution logs in CloudWatch Logs.

use serde_json::{Value, json};

use super::world::{ACCOUNT, ECHO, World};

fn messages(world: &World, group: &str) -> Vec<String> {
    let groups = world.target("Logs_20140328.DescribeLogGroups", &json!({ "logGroupNamePrefix": group }));
    if groups["logGroups"].as_array().is_none_or(Vec::is_empty) {
        return vec![];
    }
    let found = world.target("Logs_20140328.FilterLogEvents", &json!({ "logGroupName": group }));
    let events = found["events"].as_array().cloned().unwrap_or_default();
    events.iter().filter_map(|event| event["message"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_stage_writes_both_logs_with_the_account_s_role() {
    let world = World::new();
    let shop = world.shop(ECHO);
    let stage = format!("/restapis/{}/stages/prod", shop.api);
    let access = format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:access");
    world.patch(
        &stage,
        &[
            ("replace", "/accessLogSettings/destinationArn", &access),
            (
                "replace",
                "/accessLogSettings/format",
                "$context.requestId $context.httpMethod $context.resourcePath $context.status $context.error.message",
            ),
            ("replace", "/*/*/logging/loglevel", "INFO"),
            ("replace", "/*/*/logging/dataTrace", "true"),
        ],
    );
    let execution = format!("API-Gateway-Execution-Logs_{}/prod", shop.api);
    assert_eq!(world.get(&shop.api, "/orders").status, 200);
    assert_eq!(messages(&world, "access"), Vec::<String>::new(), "without a role nothing is written");
    let role = world.role("logger", "apigateway.amazonaws.com", &json!("logs:*"));
    world.patch("/account", &[("replace", "/cloudwatchRoleArn", &role)]);
    let answer = world.get(&shop.api, "/orders");
    let id = answer.header("x-amzn-requestid").unwrap().to_owned();
    assert_eq!(messages(&world, "access"), [format!("{id} GET /orders 200 -")]);
    let lines = messages(&world, &execution);
    for part in [
        format!("({id}) Starting execution for request: {id}"),
        format!("({id}) HTTP Method: GET, Resource Path: /orders"),
        format!("({id}) Method completed with status: 200"),
    ] {
        assert!(lines.contains(&part), "{part} in {lines:?}");
    }
    assert!(lines.iter().any(|line| line.contains("Endpoint response body before transformations: ")));
    world.patch(&stage, &[("replace", "/*/*/logging/loglevel", "ERROR")]);
    world.update_code("orders", "def handler(e, c): raise Exception('boom')\n");
    assert_eq!(world.get(&shop.api, "/orders").status, 502);
    let later: Vec<String> = messages(&world, &execution).split_off(lines.len());
    let expected = "Lambda execution failed with status 200 due to customer function error: boom";
    assert!(later.iter().any(|line| line.contains(expected)), "{later:?}");
    assert!(!later.iter().any(|line| line.contains("Starting execution")), "{later:?}");
    let access = messages(&world, "access");
    assert!(access.last().unwrap().ends_with("GET /orders 502 Internal server error"), "{access:?}");
    assert_eq!(world.ok("GET", &stage, &Value::Null)["methodSettings"]["*/*"]["loggingLevel"], "ERROR");
}
