use serde_json::{Value, json};

use super::bench::Bench;

fn definition() -> Value {
    json!({
        "TableName": "orders",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "BillingMode": "PAY_PER_REQUEST",
    })
}

fn table(b: &Bench) {
    b.also("CreateTable", definition());
}

fn item(b: &Bench) {
    table(b);
    let item = json!({ "id": { "S": "1" }, "state": { "S": "new" } });
    b.also("PutItem", json!({ "TableName": "orders", "Item": item }));
}

operations! { "dynamodb";
    create_table:
        |b: &Bench| { b.call(definition()).has("/TableDescription/TableName", "orders"); },
        |b: &Bench| { table(b); b.refused(definition(), 400, "ResourceInUseException"); };
    describe_table:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders" })).has("/Table/TableName", "orders"); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing" }), 400, "ResourceNotFoundException");
    delete_table:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders" })); b.also("ListTables", json!({})).lacks("/TableNames"); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing" }), 400, "ResourceNotFoundException");
    list_tables:
        |b: &Bench| { table(b); b.call(json!({  })).has("/TableNames/0", "orders"); },
        |b: &Bench| b.refused(json!({ "Limit": 0 }), 400, "ValidationException");
    update_table:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders", "BillingMode": "PROVISIONED", "ProvisionedThroughput": { "ReadCapacityUnits": 2, "WriteCapacityUnits": 2 } })).has("/TableDescription/ProvisionedThroughput/ReadCapacityUnits", 2); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing", "BillingMode": "PAY_PER_REQUEST" }), 400, "ResourceNotFoundException");
    put_item:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders", "Item": { "id": { "S": "1" }, "state": { "S": "new" } } })); b.also("GetItem", json!({ "TableName": "orders", "Key": { "id": { "S": "1" } } })).has("/Item/state/S", "new"); },
        |b: &Bench| { table(b); b.refused(json!({ "TableName": "orders", "Item": { "state": { "S": "new" } } }), 400, "ValidationException"); };
    get_item:
        |b: &Bench| { item(b); b.call(json!({ "TableName": "orders", "Key": { "id": { "S": "1" } } })).has("/Item/state/S", "new"); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing", "Key": { "id": { "S": "1" } } }), 400, "ResourceNotFoundException");
    update_item:
        |b: &Bench| { item(b); b.call(json!({ "TableName": "orders", "Key": { "id": { "S": "1" } }, "UpdateExpression": "SET #s = :s", "ExpressionAttributeNames": { "#s": "state" }, "ExpressionAttributeValues": { ":s": { "S": "paid" } }, "ReturnValues": "ALL_NEW" })).has("/Attributes/state/S", "paid"); },
        |b: &Bench| { item(b); b.refused(json!({ "TableName": "orders", "Key": { "id": { "S": "1" } }, "UpdateExpression": "SET state = " }), 400, "ValidationException"); };
    delete_item:
        |b: &Bench| { item(b); b.call(json!({ "TableName": "orders", "Key": { "id": { "S": "1" } }, "ReturnValues": "ALL_OLD" })).has("/Attributes/state/S", "new"); b.also("GetItem", json!({ "TableName": "orders", "Key": { "id": { "S": "1" } } })).lacks("/Item"); },
        |b: &Bench| { item(b); b.refused(json!({ "TableName": "orders", "Key": { "id": { "S": "1" } }, "ConditionExpression": "attribute_not_exists(id)" }), 400, "ConditionalCheckFailedException"); };
    query:
        |b: &Bench| { item(b); b.call(json!({ "TableName": "orders", "KeyConditionExpression": "id = :id", "ExpressionAttributeValues": { ":id": { "S": "1" } } })).has("/Items/0/state/S", "new"); },
        |b: &Bench| { item(b); b.refused(json!({ "TableName": "orders", "KeyConditionExpression": "state = :s", "ExpressionAttributeValues": { ":s": { "S": "new" } } }), 400, "ValidationException"); };
    scan:
        |b: &Bench| { item(b); b.call(json!({ "TableName": "orders" })).has("/Count", 1); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing" }), 400, "ResourceNotFoundException");
    batch_get_item:
        |b: &Bench| { item(b); b.call(json!({ "RequestItems": { "orders": { "Keys": [{ "id": { "S": "1" } }] } } })).has("/Responses/orders/0/state/S", "new"); },
        |b: &Bench| b.refused(json!({ "RequestItems": {} }), 400, "ValidationException");
    batch_write_item:
        |b: &Bench| { table(b); b.call(json!({ "RequestItems": { "orders": [{ "PutRequest": { "Item": { "id": { "S": "1" }, "state": { "S": "new" } } } }] } })); b.also("Scan", json!({ "TableName": "orders" })).has("/Count", 1); },
        |b: &Bench| b.refused(json!({ "RequestItems": { "nothing": [{ "PutRequest": { "Item": { "id": { "S": "1" }, "state": { "S": "new" } } } }] } }), 400, "ResourceNotFoundException");
    transact_get_items:
        |b: &Bench| { item(b); b.call(json!({ "TransactItems": [{ "Get": { "TableName": "orders", "Key": { "id": { "S": "1" } } } }] })).has("/Responses/0/Item/state/S", "new"); },
        |b: &Bench| b.refused(json!({ "TransactItems": [] }), 400, "ValidationException");
    transact_write_items:
        |b: &Bench| { table(b); b.call(json!({ "TransactItems": [{ "Put": { "TableName": "orders", "Item": { "id": { "S": "1" }, "state": { "S": "new" } } } }] })); b.also("Scan", json!({ "TableName": "orders" })).has("/Count", 1); },
        |b: &Bench| { item(b); b.refused(json!({ "TransactItems": [{ "Put": { "TableName": "orders", "Item": { "id": { "S": "1" }, "state": { "S": "new" } }, "ConditionExpression": "attribute_not_exists(id)" } }] }), 400, "TransactionCanceledException"); };
    describe_time_to_live:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders" })).has("/TimeToLiveDescription/TimeToLiveStatus", "DISABLED"); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing" }), 400, "ResourceNotFoundException");
    update_time_to_live:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders", "TimeToLiveSpecification": { "AttributeName": "until", "Enabled": true } })).has("/TimeToLiveSpecification/AttributeName", "until"); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing", "TimeToLiveSpecification": { "AttributeName": "until", "Enabled": true } }), 400, "ResourceNotFoundException");
    describe_continuous_backups:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders" })).has("/ContinuousBackupsDescription/ContinuousBackupsStatus", "ENABLED"); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing" }), 400, "TableNotFoundException");
    update_continuous_backups:
        |b: &Bench| { table(b); b.call(json!({ "TableName": "orders", "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true } })).has("/ContinuousBackupsDescription/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus", "ENABLED"); },
        |b: &Bench| b.refused(json!({ "TableName": "nothing", "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true } }), 400, "TableNotFoundException");
    tag_resource:
        |b: &Bench| { table(b); b.call(json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account), "Tags": [{ "Key": "team", "Value": "blue" }] })); b.also("ListTagsOfResource", json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account) })).has("/Tags/0/Value", "blue"); },
        |b: &Bench| b.refused(json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account), "Tags": [{ "Key": "team", "Value": "blue" }] }), 400, "ResourceNotFoundException");
    untag_resource:
        |b: &Bench| { table(b); b.also("TagResource", json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account), "Tags": [{ "Key": "team", "Value": "blue" }] })); b.call(json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account), "TagKeys": ["team"] })); b.also("ListTagsOfResource", json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account) })).lacks("/Tags"); },
        |b: &Bench| b.refused(json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account), "TagKeys": ["team"] }), 400, "ResourceNotFoundException");
    list_tags_of_resource:
        |b: &Bench| { table(b); b.also("TagResource", json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account), "Tags": [{ "Key": "team", "Value": "blue" }] })); b.call(json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account) })).has("/Tags/0/Key", "team"); },
        |b: &Bench| b.refused(json!({ "ResourceArn": format!("arn:aws:dynamodb:eu-west-1:{}:table/orders", b.account) }), 400, "ResourceNotFoundException");
    describe_endpoints:
        |b: &Bench| { let endpoints = b.call(json!({})); assert!(endpoints.at("/Endpoints/0/Address").is_string(), "{endpoints:?}"); },
        |b: &Bench| b.refused_to_others(json!({}), 400, "AccessDeniedException");
    describe_limits:
        |b: &Bench| { b.call(json!({  })).has("/TableMaxReadCapacityUnits", 40000); },
        |b: &Bench| b.refused_to_others(json!({}), 400, "AccessDeniedException");
}
