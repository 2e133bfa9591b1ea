//! CloudFormation in the sandbox: a stack stands whole or not at all, and makes nothing that its caller may not.

use serde_json::{Value, json};

use crate::coverage::Bench;
use crate::support::Keys;

fn bench() -> Bench {
    Bench::new("cloudformation", "CreateStack")
}

fn roles(bench: &Bench, name: &str) -> Vec<String> {
    let listed = bench.ask("iam", "ListRoles", json!({}));
    let all = listed.at("/Roles").as_array().cloned().unwrap_or_default();
    let names = all.iter().filter_map(|role| role["RoleName"].as_str());
    names.filter(|role| role.starts_with(name)).map(str::to_owned).collect()
}

fn trust() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole"
    }] })
}

fn role() -> Value {
    json!({ "Type": "AWS::IAM::Role", "Properties": { "AssumeRolePolicyDocument": trust() } })
}

/// A group of logs whose retention no group may have.
fn impossible(needs: &str) -> Value {
    json!({ "Type": "AWS::Logs::LogGroup", "DependsOn": needs, "Properties": { "RetentionInDays": 2 } })
}

fn create(bench: &Bench, keys: &Keys, resources: &Value) {
    let template = json!({ "Resources": resources }).to_string();
    let asked = json!({ "StackName": "app", "TemplateBody": template, "Capabilities": ["CAPABILITY_IAM"] });
    let answer = bench.ask_as(keys, "cloudformation", "CreateStack", asked);
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn described(bench: &Bench) -> Value {
    bench.ask("cloudformation", "DescribeStacks", json!({ "StackName": "app" })).at("/Stacks/0").clone()
}

fn user(bench: &Bench, actions: &[&str]) -> Keys {
    bench.of("iam", "CreateUser", json!({ "UserName": "ada" }));
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": actions, "Resource": "*" }
    ] });
    let put = json!({ "UserName": "ada", "PolicyName": "own", "PolicyDocument": policy.to_string() });
    bench.of("iam", "PutUserPolicy", put);
    let key = bench.of("iam", "CreateAccessKey", json!({ "UserName": "ada" }));
    Keys {
        id: key.text("/AccessKey/AccessKeyId"),
        secret: key.text("/AccessKey/SecretAccessKey"),
        token: None,
    }
}

#[test]
fn a_stack_that_cannot_be_made_leaves_nothing_behind() {
    let bench = bench();
    create(&bench, &bench.keys, &json!({ "Worker": role(), "Logs": impossible("Worker") }));
    let stack = described(&bench);
    assert_eq!(stack["StackStatus"], "ROLLBACK_COMPLETE", "{stack}");
    assert_eq!(roles(&bench, "app-"), Vec::<String>::new());
    let events = bench.ask("cloudformation", "DescribeStackEvents", json!({ "StackName": "app" }));
    let text = events.at("/StackEvents").to_string();
    for status in ["CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "DELETE_COMPLETE"] {
        assert!(text.contains(status), "{status}: {text}");
    }
    let again = json!({ "StackName": "app", "TemplateBody": "{\"Resources\": {}}" });
    let refused = bench.ask("cloudformation", "UpdateStack", again);
    assert!(refused.message().contains("ROLLBACK_COMPLETE state and can not be updated"), "{refused:?}");
}

#[test]
fn an_update_that_cannot_be_made_goes_back_to_what_was() {
    let bench = bench();
    create(&bench, &bench.keys, &json!({ "Worker": role() }));
    let before = roles(&bench, "app-Worker-");
    assert_eq!(before.len(), 1);
    let worse = json!({ "Worker": role(), "Second": role(), "Logs": impossible("Second") });
    let template = json!({ "Resources": worse }).to_string();
    let asked = json!({ "StackName": "app", "TemplateBody": template, "Capabilities": ["CAPABILITY_IAM"] });
    bench.of("cloudformation", "UpdateStack", asked);
    assert_eq!(described(&bench)["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(roles(&bench, "app-"), before);
    let original = bench.ask("cloudformation", "GetTemplate", json!({ "StackName": "app" }));
    assert!(!original.text("/TemplateBody").contains("Second"));
}

#[test]
fn a_stack_makes_only_what_its_caller_may() {
    let bench = bench();
    let ada = user(&bench, &["cloudformation:*", "logs:*"]);
    create(&bench, &ada, &json!({ "Worker": role() }));
    let stack = described(&bench);
    assert_eq!(stack["StackStatus"], "ROLLBACK_COMPLETE");
    let reason = stack["StackStatusReason"].as_str().unwrap();
    assert!(reason.contains("user/ada is not authorized to perform: iam:CreateRole"), "{reason}");
    assert!(roles(&bench, "app-").is_empty());
}

#[test]
fn a_stack_with_a_role_makes_what_the_role_may() {
    let bench = bench();
    let mut trust = trust();
    trust["Statement"][0]["Principal"]["Service"] = "cloudformation.amazonaws.com".into();
    let made = json!({ "RoleName": "maker", "AssumeRolePolicyDocument": trust.to_string() });
    let maker = bench.of("iam", "CreateRole", made).text("/Role/Arn");
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "logs:*", "Resource": "*" }
    ] });
    let put = json!({ "RoleName": "maker", "PolicyName": "own", "PolicyDocument": policy.to_string() });
    bench.of("iam", "PutRolePolicy", put);
    let ada = user(&bench, &["cloudformation:*"]);
    let template = json!({ "Resources": { "Logs": { "Type": "AWS::Logs::LogGroup" } } }).to_string();
    let asked = json!({ "StackName": "app", "TemplateBody": template, "RoleARN": maker });
    let refused = bench.ask_as(&ada, "cloudformation", "CreateStack", asked.clone());
    assert!(refused.message().contains("iam:PassRole"), "{refused:?}");
    let pass = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["cloudformation:*", "iam:PassRole"], "Resource": "*" }
    ] });
    let put = json!({ "UserName": "ada", "PolicyName": "own", "PolicyDocument": pass.to_string() });
    bench.of("iam", "PutUserPolicy", put);
    assert_eq!(bench.ask_as(&ada, "cloudformation", "CreateStack", asked).status, 200);
    assert_eq!(described(&bench)["StackStatus"], "CREATE_COMPLETE");
}

#[test]
fn identities_are_made_only_when_that_was_acknowledged() {
    let bench = bench();
    let template = json!({ "Resources": { "Worker": role() } }).to_string();
    let asked = json!({ "StackName": "app", "TemplateBody": template });
    let refused = bench.ask("cloudformation", "CreateStack", asked);
    assert_eq!(refused.code(), "InsufficientCapabilitiesException");
    assert_eq!(refused.message(), "Requires capabilities : [CAPABILITY_IAM]");
}

#[test]
fn a_retained_resource_outlives_its_stack() {
    let bench = bench();
    let mut kept = role();
    kept["DeletionPolicy"] = "Retain".into();
    create(&bench, &bench.keys, &json!({ "Kept": kept, "Worker": role() }));
    bench.of("cloudformation", "DeleteStack", json!({ "StackName": "app" }));
    let left = roles(&bench, "app-");
    assert!(matches!(&left[..], [only] if only.starts_with("app-Kept-")), "{left:?}");
}

#[test]
fn what_an_update_lets_go_comes_back_when_it_fails() {
    let bench = bench();
    let mut kept = role();
    kept["DeletionPolicy"] = "Retain".into();
    create(&bench, &bench.keys, &json!({ "Kept": kept, "Worker": role() }));
    let before = roles(&bench, "app-Kept-");
    let without = json!({ "Worker": role(), "Logs": impossible("Worker") });
    let template = json!({ "Resources": without }).to_string();
    let asked = json!({ "StackName": "app", "TemplateBody": template, "Capabilities": ["CAPABILITY_IAM"] });
    bench.of("cloudformation", "UpdateStack", asked);
    assert_eq!(described(&bench)["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(roles(&bench, "app-Kept-"), before);
}
