use proofmark::sandbox::coverage::services;
use serde_json::{Value, json};

use super::mutation::Dice;
use crate::coverage::api;

/// An operation, with parameters that make sense, so that what is wrong is met deep inside and not at the door.
pub(super) fn sample(dice: &mut Dice) -> (&'static str, String, Value) {
    if dice.chance(60) {
        let known = known();
        let (service, operation, input) = known[dice.below(known.len())].clone();
        return (service, operation.to_owned(), input);
    }
    let services = services();
    let of = &services[dice.below(services.len())];
    let service = of.id;
    let operations = &api(service).operations;
    let (mut operation, mut shape) = operations.get_index(dice.below(operations.len())).unwrap();
    // Mostly one that is carried out, not one that is refused by its name.
    if dice.chance(85) {
        let covered: Vec<_> = of.operations().into_iter().filter(|known| known.tests().is_some()).collect();
        let known = covered[dice.below(covered.len())].name;
        (operation, shape) = operations.get_key_value(known).unwrap();
    }
    let mut input = serde_json::Map::new();
    for name in shape.path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
        let name = name.trim_end_matches('+');
        input.insert(name.to_owned(), dice.value(0));
    }
    for _ in 0..dice.below(5) {
        input.insert(NAMES[dice.below(NAMES.len())].to_owned(), dice.value(2));
    }
    (service, operation.clone(), Value::Object(input))
}

/// Members that many operations have.
const NAMES: &[&str] = &[
    "FunctionName",
    "Role",
    "Runtime",
    "Handler",
    "Code",
    "ZipFile",
    "Timeout",
    "MemorySize",
    "Environment",
    "Layers",
    "MaxItems",
    "Marker",
    "Qualifier",
    "TableName",
    "Item",
    "Key",
    "KeySchema",
    "AttributeDefinitions",
    "RequestItems",
    "TransactItems",
    "FilterExpression",
    "UpdateExpression",
    "ExpressionAttributeValues",
    "Limit",
    "ExclusiveStartKey",
    "logGroupName",
    "logStreamName",
    "logEvents",
    "filterPattern",
    "limit",
    "nextToken",
    "startTime",
    "retentionInDays",
    "UserName",
    "RoleName",
    "PolicyArn",
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Tags.member.1.Key",
    "Tags.member.99999999999.Key",
    "Path",
    "PathPrefix",
    "LookupAttributes",
    "MaxResults",
    "NextToken",
    "name",
    "patchOperations",
    "pathPart",
    "httpMethod",
    "type",
    "uri",
    "authorizationType",
    "stageName",
    "tags",
    "description",
    "restApiId",
    "parameters",
    "body",
    "position",
    "embed",
];

fn known() -> Vec<(&'static str, &'static str, Value)> {
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let item = json!({ "id": { "S": "1" }, "n": { "N": "1.5" }, "m": { "M": { "l": { "L": [{ "BOOL": true }] } } } });
    let values = json!({ ":a": { "N": "1" }, ":b": { "S": "x" } });
    let openapi = json!({ "openapi": "3.0.1", "info": { "title": "a", "version": "1" }, "paths": { "/a/{b}": { "get": {
        "x-amazon-apigateway-integration": { "type": "mock", "requestTemplates": { "application/json": "{}" } }
    } } } });
    vec![
        (
            "dynamodb",
            "CreateTable",
            json!({
                "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
                "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
                "GlobalSecondaryIndexes": [{ "IndexName": "i", "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
                    "Projection": { "ProjectionType": "ALL" } }],
            }),
        ),
        (
            "dynamodb",
            "PutItem",
            json!({ "TableName": "orders", "Item": item, "ConditionExpression": "attribute_not_exists(id)" }),
        ),
        (
            "dynamodb",
            "GetItem",
            json!({ "TableName": "orders", "Key": { "id": { "S": "1" } }, "ProjectionExpression": "m.l[0], n" }),
        ),
        (
            "dynamodb",
            "UpdateItem",
            json!({
                "TableName": "orders", "Key": { "id": { "S": "1" } }, "UpdateExpression": "SET n = n + :a, m.l[0] = :b REMOVE x ADD c :a",
                "ConditionExpression": "(n BETWEEN :a AND :a) OR contains(id, :b) AND NOT size(id) > :a",
                "ExpressionAttributeValues": values, "ReturnValues": "ALL_NEW",
            }),
        ),
        (
            "dynamodb",
            "Query",
            json!({
                "TableName": "orders", "KeyConditionExpression": "id = :b", "FilterExpression": "n IN (:a, :a)",
                "ExpressionAttributeValues": values, "Limit": 3, "ScanIndexForward": false,
            }),
        ),
        ("dynamodb", "Scan", json!({ "TableName": "orders", "Segment": 0, "TotalSegments": 2 })),
        (
            "dynamodb",
            "BatchWriteItem",
            json!({ "RequestItems": { "orders": [{ "PutRequest": { "Item": item } }] } }),
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            json!({ "TransactItems": [{ "Put": { "TableName": "orders", "Item": item } }] }),
        ),
        ("logs", "CreateLogGroup", json!({ "logGroupName": "crew", "tags": { "a": "b" } })),
        (
            "logs",
            "PutLogEvents",
            json!({
                "logGroupName": "crew", "logStreamName": "s", "logEvents": [{ "timestamp": 1, "message": "x" }]
            }),
        ),
        (
            "logs",
            "FilterLogEvents",
            json!({
                "logGroupName": "crew", "filterPattern": "{ ($.a = 1) && ($.b.c[0] != \"x*\") }", "startTime": 0
            }),
        ),
        (
            "logs",
            "FilterLogEvents",
            json!({ "logGroupName": "crew", "filterPattern": "[a, b=1*, ...] ?x -y \"z z\"" }),
        ),
        (
            "cloudtrail",
            "LookupEvents",
            json!({
                "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": "x" }], "StartTime": 1.5, "NextToken": "3.a"
            }),
        ),
        (
            "lambda",
            "CreateFunction",
            json!({
                "FunctionName": "work", "Runtime": "python3.12", "Handler": "app.handler", "Role": "arn:aws:iam::111122223333:role/app",
                "Code": { "ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" }, "Environment": { "Variables": { "A": "b" } }, "Timeout": 3,
            }),
        ),
        (
            "lambda",
            "Invoke",
            json!({ "FunctionName": "work:live", "$": "{\"a\":1}", "@x-amz-invocation-type": "Event" }),
        ),
        (
            "lambda",
            "AddPermission",
            json!({
                "FunctionName": "work", "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*", "SourceArn": "arn:aws:s3:::b"
            }),
        ),
        ("lambda", "PublishLayerVersion", json!({ "LayerName": "l", "Content": { "ZipFile": "AAAA" } })),
        (
            "lambda",
            "TagResource",
            json!({ "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:work", "Tags": { "a": "b" } }),
        ),
        (
            "apigateway",
            "CreateRestApi",
            json!({ "name": "a", "binaryMediaTypes": ["*/*"], "policy": policy }),
        ),
        ("apigateway", "ImportRestApi", json!({ "?failonwarnings": "true", "$": openapi.to_string() })),
        (
            "apigateway",
            "UpdateRestApi",
            json!({
                "restapi_id": "abc", "patchOperations": [{ "op": "replace", "path": "/name", "value": "b" }]
            }),
        ),
        (
            "apigateway",
            "UpdateStage",
            json!({
                "restapi_id": "abc", "stage_name": "s", "patchOperations": [{ "op": "add", "path": "/variables/a~1b", "value": "1" }]
            }),
        ),
        (
            "apigateway",
            "CreateUsagePlan",
            json!({ "name": "p", "throttle": { "rateLimit": 1.5, "burstLimit": 2 } }),
        ),
        (
            "apigateway",
            "GetExport",
            json!({
                "restapi_id": "abc", "stage_name": "s", "export_type": "oas30", "?extensions": "integrations"
            }),
        ),
        (
            "iam",
            "CreateUser",
            json!({ "UserName": "ada", "Path": "/a/", "Tags.member.1.Key": "k", "Tags.member.1.Value": "v" }),
        ),
        ("iam", "CreateRole", json!({ "RoleName": "app", "AssumeRolePolicyDocument": policy })),
        ("iam", "PutUserPolicy", json!({ "UserName": "ada", "PolicyName": "p", "PolicyDocument": policy })),
        ("iam", "CreatePolicy", json!({ "PolicyName": "p", "PolicyDocument": policy })),
        (
            "iam",
            "SimulateCustomPolicy",
            json!({
                "PolicyInputList.member.1": policy, "ActionNames.member.1": "s3:GetObject", "ResourceArns.member.1": "*",
                "ContextEntries.member.1.ContextKeyName": "aws:username", "ContextEntries.member.1.ContextKeyType": "string",
                "ContextEntries.member.1.ContextKeyValues.member.1": "ada",
            }),
        ),
        ("iam", "ListUsers", json!({ "Marker": "x", "MaxItems": "5" })),
        (
            "sts",
            "AssumeRole",
            json!({
                "RoleArn": "arn:aws:iam::111122223333:role/app", "RoleSessionName": "s", "Policy": policy, "DurationSeconds": "900"
            }),
        ),
        ("sts", "GetAccessKeyInfo", json!({ "AccessKeyId": "AKIAIOSFODNN7EXAMPLE" })),
    ]
}
