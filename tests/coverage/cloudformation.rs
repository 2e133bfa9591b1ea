use serde_json::{Value, json};

use super::bench::Bench;

fn template() -> String {
    json!({
        "Description": "a group of logs",
        "Parameters": { "Days": { "Type": "Number", "Default": 7 } },
        "Resources": { "Logs": { "Type": "AWS::Logs::LogGroup", "Properties": { "RetentionInDays": { "Ref": "Days" } } } },
        "Outputs": { "Name": { "Value": { "Ref": "Logs" } } },
    })
    .to_string()
}

/// A stack that stands.
fn stack(b: &Bench) {
    b.of("cloudformation", "CreateStack", json!({ "StackName": "logs", "TemplateBody": template() }));
}

fn changed() -> Value {
    json!([{ "ParameterKey": "Days", "ParameterValue": "14" }])
}

/// A change set of a stack that stands.
fn change_set(b: &Bench) {
    stack(b);
    let change = json!({
        "StackName": "logs", "ChangeSetName": "longer", "UsePreviousTemplate": "true", "Parameters": changed(),
    });
    b.of("cloudformation", "CreateChangeSet", change);
}

fn named() -> Value {
    json!({ "StackName": "logs" })
}

fn set() -> Value {
    json!({ "StackName": "logs", "ChangeSetName": "longer" })
}

fn nothing() -> Value {
    json!({ "StackName": "nothing" })
}

operations! { "cloudformation";
    create_stack:
        |b: &Bench| {
            let made = b.call(json!({ "StackName": "logs", "TemplateBody": template() }));
            assert!(made.text("/StackId").contains(":stack/logs/"), "{made:?}");
        },
        |b: &Bench| {
            let unknown = json!({ "Resources": { "X": { "Type": "AWS::Nothing::AtAll" } } }).to_string();
            b.refused(json!({ "StackName": "logs", "TemplateBody": unknown }), 400, "ValidationError")
        };
    update_stack:
        |b: &Bench| {
            stack(b);
            b.call(json!({ "StackName": "logs", "UsePreviousTemplate": "true", "Parameters": changed() }));
            let stands = b.of("cloudformation", "DescribeStacks", named());
            stands.has("/Stacks/0/StackStatus", "UPDATE_COMPLETE");
        },
        |b: &Bench| {
            stack(b);
            b.refused(json!({ "StackName": "logs", "TemplateBody": template() }), 400, "ValidationError")
        };
    delete_stack:
        |b: &Bench| {
            stack(b);
            b.call(named());
            let gone = json!({ "StackStatusFilter": ["DELETE_COMPLETE"] });
            b.of("cloudformation", "ListStacks", gone).has("/StackSummaries/0/StackName", "logs");
        },
        |b: &Bench| b.refused(json!({}), 400, "ValidationError");
    create_change_set:
        |b: &Bench| {
            let made = b.call(json!({
                "StackName": "logs", "ChangeSetName": "first", "ChangeSetType": "CREATE", "TemplateBody": template(),
            }));
            assert!(made.text("/Id").contains(":changeSet/first/"), "{made:?}");
        },
        |b: &Bench| b.refused(
            json!({ "StackName": "logs", "ChangeSetName": "first", "TemplateBody": template() }), 400, "ValidationError"
        );
    execute_change_set:
        |b: &Bench| {
            change_set(b);
            b.call(set());
            b.of("cloudformation", "DescribeStacks", named()).has("/Stacks/0/StackStatus", "UPDATE_COMPLETE");
        },
        |b: &Bench| {
            stack(b);
            b.refused(set(), 404, "ChangeSetNotFound")
        };
    delete_change_set:
        |b: &Bench| {
            change_set(b);
            b.call(set());
        },
        |b: &Bench| b.refused(named(), 400, "ValidationError");
    describe_change_set:
        |b: &Bench| {
            change_set(b);
            let shown = b.call(set());
            shown.has("/Changes/0/ResourceChange/Action", "Modify");
            shown.has("/ExecutionStatus", "AVAILABLE");
        },
        |b: &Bench| {
            stack(b);
            b.refused(set(), 404, "ChangeSetNotFound")
        };
    list_change_sets:
        |b: &Bench| {
            change_set(b);
            b.call(named()).has("/Summaries/0/ChangeSetName", "longer");
        },
        |b: &Bench| b.refused(nothing(), 400, "ValidationError");
    describe_stacks:
        |b: &Bench| {
            stack(b);
            let shown = b.call(named());
            shown.has("/Stacks/0/StackStatus", "CREATE_COMPLETE");
            shown.has("/Stacks/0/Parameters/0/ParameterValue", "7");
            assert!(shown.text("/Stacks/0/Outputs/0/OutputValue").starts_with("logs-Logs-"), "{shown:?}");
        },
        |b: &Bench| b.refused(nothing(), 400, "ValidationError");
    describe_stack_events:
        |b: &Bench| {
            stack(b);
            b.call(named()).has("/StackEvents/0/ResourceStatus", "CREATE_COMPLETE");
        },
        |b: &Bench| b.refused(nothing(), 400, "ValidationError");
    describe_stack_resource:
        |b: &Bench| {
            stack(b);
            let one = json!({ "StackName": "logs", "LogicalResourceId": "Logs" });
            b.call(one).has("/StackResourceDetail/ResourceStatus", "CREATE_COMPLETE");
        },
        |b: &Bench| {
            stack(b);
            b.refused(json!({ "StackName": "logs", "LogicalResourceId": "Nothing" }), 400, "ValidationError")
        };
    describe_stack_resources:
        |b: &Bench| {
            stack(b);
            b.call(named()).has("/StackResources/0/ResourceType", "AWS::Logs::LogGroup");
        },
        |b: &Bench| b.refused(json!({}), 400, "ValidationError");
    list_stack_resources:
        |b: &Bench| {
            stack(b);
            b.call(named()).has("/StackResourceSummaries/0/LogicalResourceId", "Logs");
        },
        |b: &Bench| b.refused(nothing(), 400, "ValidationError");
    list_stacks:
        |b: &Bench| {
            stack(b);
            b.call(json!({})).has("/StackSummaries/0/TemplateDescription", "a group of logs");
        },
        |b: &Bench| b.refused(json!({ "NextToken": "far" }), 400, "ValidationError");
    get_template:
        |b: &Bench| {
            stack(b);
            b.call(named()).has("/TemplateBody", template());
        },
        |b: &Bench| b.refused(nothing(), 400, "ValidationError");
    get_template_summary:
        |b: &Bench| {
            b.call(json!({ "TemplateBody": template() })).has("/ResourceTypes/0", "AWS::Logs::LogGroup");
        },
        |b: &Bench| b.refused(json!({}), 400, "ValidationError");
    validate_template:
        |b: &Bench| {
            b.call(json!({ "TemplateBody": template() })).has("/Parameters/0/ParameterKey", "Days");
        },
        |b: &Bench| b.refused(json!({ "TemplateBody": "{" }), 400, "ValidationError");
}
