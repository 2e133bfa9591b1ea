mod indexes;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::DynamoDb;
use crate::policy::Principal;
use crate::sandbox::{AccountId, Call, Caller, Operation, Request, Scope, Service, ServiceError};

fn scope(account: &str) -> Scope {
    Scope { account: AccountId::parse(account).unwrap(), region: "eu-west-1".to_owned() }
}

fn request(operation: &str, body: &Value) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-target", format!("DynamoDB_20120810.{operation}").parse().unwrap());
    Request {
        method: Method::POST,
        raw_path: "/".to_owned(),
        raw_query: String::new(),
        headers,
        header_names: crate::sandbox::HeaderNames::default(),
        body: Bytes::from(body.to_string()),
        peer: [127, 0, 0, 1].into(),
        received: jiff::Timestamp::UNIX_EPOCH,
        id: String::new(),
    }
}

/// A DynamoDB with a table `orders` of `id` and `line`, and an index `by-state` that holds the keys only.
struct Bench {
    service: DynamoDb,
    scope: Scope,
}

impl Bench {
    async fn new() -> Self {
        let bench = Self {
            service: {
                let context = crate::context::Context::system();
                let iam = std::sync::Arc::new(crate::sandbox::iam::Iam::new(
                    context.clock.clone(),
                    context.random.clone(),
                ));
                let authority = crate::sandbox::Authority::new(iam, context.clock.clone(), false);
                DynamoDb::new(std::sync::Arc::new(authority), context.clock)
            },
            scope: scope("111122223333"),
        };
        let made = bench.call("CreateTable", orders()).await.unwrap();
        assert_eq!(made["TableDescription"]["TableStatus"], "CREATING");
        bench
    }

    fn resolve(&self, operation: &str, body: &Value) -> Result<Operation, ServiceError> {
        self.service.resolve(&request(operation, body), &self.scope)
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, ServiceError> {
        let request = request(operation, &body);
        let operation = self.service.resolve(&request, &self.scope)?;
        let principal = Principal::Root { account: self.scope.account.to_string() };
        let caller = Caller { principal, access_key_id: None };
        let call = Call { request, scope: self.scope.clone(), caller, operation };
        let response = self.service.handle(call).await?;
        Ok(serde_json::from_slice(&response.body).unwrap())
    }

    async fn put(&self, item: Value) -> Result<Value, ServiceError> {
        self.call("PutItem", json!({ "TableName": "orders", "Item": item })).await
    }

    /// Returns `code: message` of a refused call.
    async fn refusal(&self, operation: &str, body: Value) -> String {
        let error = self.call(operation, body).await.expect_err("must be refused");
        format!("{} {}: {}", error.status, error.code, error.message)
    }

    /// Returns each access as `action resource`.
    fn needs(&self, operation: &str, body: &Value) -> Vec<String> {
        let resolved = self.resolve(operation, body).unwrap();
        resolved.accesses.iter().map(|access| format!("{} {}", access.action, access.resource)).collect()
    }
}

fn orders() -> Value {
    json!({
        "TableName": "orders",
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }, { "AttributeName": "line", "KeyType": "RANGE" }],
        "AttributeDefinitions": [
            { "AttributeName": "id", "AttributeType": "S" },
            { "AttributeName": "line", "AttributeType": "N" },
            { "AttributeName": "state", "AttributeType": "S" },
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-state",
            "KeySchema": [{ "AttributeName": "state", "KeyType": "HASH" }],
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        }],
        "BillingMode": "PAY_PER_REQUEST",
        "Tags": [{ "Key": "stack", "Value": "one" }],
    })
}

fn order(id: &str, line: &str) -> Value {
    json!({ "id": { "S": id }, "line": { "N": line }, "state": { "S": "open" }, "note": { "S": "x" } })
}

const TABLE: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

#[tokio::test]
async fn each_operation_needs_what_aws_asks() {
    let bench = Bench::new().await;
    let one = |action: &str, resource: &str| vec![format!("dynamodb:{action} {resource}")];
    let table = json!({ "TableName": "orders" });
    assert_eq!(bench.needs("Scan", &table), one("Scan", TABLE));
    let index = json!({ "TableName": "orders", "IndexName": "by-state" });
    assert_eq!(bench.needs("Query", &index), one("Query", &format!("{TABLE}/index/by-state")));
    assert_eq!(bench.needs("ListTables", &json!({})), one("ListTables", &TABLE.replace("orders", "*")));
    assert_eq!(bench.needs("TagResource", &json!({ "ResourceArn": TABLE })), one("TagResource", TABLE));
    assert_eq!(bench.needs("CreateTable", &orders())[1..], one("TagResource", TABLE));
    let batch = json!({ "RequestItems": { "orders": { "Keys": [] }, "other": { "Keys": [] } } });
    let both = [TABLE.to_owned(), TABLE.replace("orders", "other")]
        .map(|arn| format!("dynamodb:BatchGetItem {arn}"));
    assert_eq!(bench.needs("BatchGetItem", &batch), both);
    let transaction = json!({ "TransactItems": [
        { "Put": { "TableName": "orders", "Item": {} } },
        { "ConditionCheck": { "TableName": "orders", "Key": {} } },
    ] });
    assert_eq!(
        bench.needs("TransactWriteItems", &transaction),
        [one("PutItem", TABLE), one("ConditionCheckItem", TABLE)].concat()
    );
}

#[tokio::test]
async fn the_partition_key_is_a_condition_key() {
    let bench = Bench::new().await;
    let keys = |operation: &str, body: Value| {
        let resolved = bench.resolve(operation, &body).unwrap();
        resolved.accesses[0].context.get("dynamodb:LeadingKeys").map(<[String]>::to_vec)
    };
    assert_eq!(
        keys("PutItem", json!({ "TableName": "orders", "Item": order("7", "1") })),
        Some(vec!["7".into()])
    );
    let query = json!({
        "TableName": "orders", "KeyConditionExpression": "id = :id", "ExpressionAttributeValues": { ":id": { "S": "8" } },
    });
    assert_eq!(keys("Query", query), Some(vec!["8".into()]));
    assert_eq!(keys("Scan", json!({ "TableName": "orders" })), None);
}

#[tokio::test]
async fn a_table_by_the_arn_of_another_account_is_that_accounts() {
    let bench = Bench::new().await;
    let foreign = TABLE.replace("111122223333", "444455556666");
    let resolved = bench.resolve("Scan", &json!({ "TableName": foreign })).unwrap();
    assert_eq!(resolved.accesses[0].owner, AccountId::parse("444455556666"));
    assert_eq!(bench.resolve("Scan", &json!({ "TableName": TABLE })).unwrap().accesses[0].owner, None);
}

#[tokio::test]
async fn descriptions_name_account_and_region() {
    let bench = Bench::new().await;
    let shown = bench.call("DescribeTable", json!({ "TableName": "orders" })).await.unwrap();
    assert_eq!(shown["Table"]["TableArn"], TABLE);
    assert_eq!(shown["Table"]["GlobalSecondaryIndexes"][0]["IndexArn"], format!("{TABLE}/index/by-state"));
    assert_eq!(shown["Table"]["TableStatus"], "ACTIVE");
}

#[tokio::test]
async fn keys_that_do_not_fit_are_refused_in_awss_words() {
    let bench = Bench::new().await;
    let put = |item: Value| bench.refusal("PutItem", json!({ "TableName": "orders", "Item": item }));
    let start = "400 ValidationException: One or more parameter values";
    assert_eq!(
        put(json!({ "id": { "S": "1" } })).await,
        format!("{start} were invalid: Missing the key line in the item")
    );
    assert_eq!(
        put(json!({ "id": { "N": "1" }, "line": { "N": "1" } })).await,
        format!("{start} were invalid: Type mismatch for key id expected: S actual: N")
    );
    assert_eq!(
        put(json!({ "id": { "S": "" }, "line": { "N": "1" } })).await,
        format!(
            "{start} are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id"
        )
    );
    let get = bench.refusal("GetItem", json!({ "TableName": "orders", "Key": { "id": { "S": "1" } } }));
    assert_eq!(get.await, "400 ValidationException: The provided key element does not match the schema");
    assert_eq!(
        bench.refusal("GetItem", json!({ "TableName": "none", "Key": {} })).await,
        "400 ResourceNotFoundException: Requested resource not found: Table: none not found"
    );
}

#[tokio::test]
async fn a_refused_update_leaves_the_table_as_it_was() {
    let bench = Bench::new().await;
    bench.put(order("1", "1")).await.unwrap();
    let undefined = json!({ "TableName": "orders", "GlobalSecondaryIndexUpdates": [{ "Create": {
        "IndexName": "by-nothing",
        "KeySchema": [{ "AttributeName": "nothing", "KeyType": "HASH" }],
        "Projection": { "ProjectionType": "ALL" },
    } }] });
    assert_eq!(
        bench.refusal("UpdateTable", undefined).await,
        "400 ValidationException: One or more parameter values were invalid: Some index key attributes are not defined \
         in AttributeDefinitions. Keys: [nothing], AttributeDefinitions: [id, line, state]"
    );
    assert_eq!(bench.call("Scan", json!({ "TableName": "orders" })).await.unwrap()["Count"], 1);
    let same = json!({ "TableName": "orders" });
    assert!(bench.refusal("UpdateTable", same).await.contains("At least one of"));
}

#[tokio::test]
async fn a_protected_table_stays() {
    let bench = Bench::new().await;
    let protect = json!({ "TableName": "orders", "DeletionProtectionEnabled": true });
    bench.call("UpdateTable", protect).await.unwrap();
    let delete = || json!({ "TableName": "orders" });
    assert!(bench.refusal("DeleteTable", delete()).await.contains("protected against deletion"));
    bench
        .call("UpdateTable", json!({ "TableName": "orders", "DeletionProtectionEnabled": false }))
        .await
        .unwrap();
    assert_eq!(
        bench.call("DeleteTable", delete()).await.unwrap()["TableDescription"]["TableStatus"],
        "DELETING"
    );
}

#[tokio::test]
async fn consumed_capacity_is_told_when_asked() {
    let bench = Bench::new().await;
    let put = json!({ "TableName": "orders", "Item": order("1", "1"), "ReturnConsumedCapacity": "TOTAL" });
    assert_eq!(
        bench.call("PutItem", put).await.unwrap()["ConsumedCapacity"],
        json!({ "TableName": "orders", "CapacityUnits": 1.0 })
    );
    assert_eq!(bench.put(order("2", "1")).await.unwrap().get("ConsumedCapacity"), None);
}

#[tokio::test]
async fn time_to_live_cannot_be_set_twice() {
    let bench = Bench::new().await;
    let set = || json!({ "TableName": "orders", "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "end" } });
    bench.call("UpdateTimeToLive", set()).await.unwrap();
    assert_eq!(
        bench.refusal("UpdateTimeToLive", set()).await,
        "400 ValidationException: TimeToLive is already enabled"
    );
    let shown = bench.call("DescribeTimeToLive", json!({ "TableName": "orders" })).await.unwrap();
    assert_eq!(
        shown["TimeToLiveDescription"],
        json!({ "AttributeName": "end", "TimeToLiveStatus": "ENABLED" })
    );
}

#[tokio::test]
async fn a_cancelled_transaction_says_why() {
    let bench = Bench::new().await;
    let transaction = json!({ "TransactItems": [
        { "Put": { "TableName": "orders", "Item": order("1", "1") } },
        { "ConditionCheck": {
            "TableName": "orders", "Key": { "id": { "S": "9" }, "line": { "N": "1" } },
            "ConditionExpression": "attribute_exists(id)",
        } },
    ] });
    let error = bench.call("TransactWriteItems", transaction).await.expect_err("must be cancelled");
    assert_eq!((error.status, error.code.as_ref()), (400, "TransactionCanceledException"));
    assert!(error.message.ends_with("[None, ConditionalCheckFailed]"), "{}", error.message);
    assert_eq!(error.members["CancellationReasons"][1]["Code"], "ConditionalCheckFailed");
}

#[tokio::test]
async fn guards_reach_into_batches_and_transactions() {
    let bench = Bench::new().await;
    let deep = "NOT ".repeat(400);
    let transaction = json!({ "TransactItems": [{ "Delete": {
        "TableName": "orders", "Key": { "id": { "S": "9" }, "line": { "N": "1" } }, "ConditionExpression": deep,
    } }] });
    assert!(bench.refusal("TransactWriteItems", transaction).await.contains("too many operators"));
    let batch = json!({ "RequestItems": { "orders": { "Keys": [], "ProjectionExpression": "status" } } });
    assert!(bench.refusal("BatchGetItem", batch).await.contains("reserved keyword: status"));
    let mut nested = json!({ "S": "x" });
    for _ in 0..33 {
        nested = json!({ "L": [nested] });
    }
    let mut item = order("1", "1");
    item["deep"] = nested;
    let refused = bench.put(item).await.expect_err("must be refused");
    assert!(refused.message.starts_with("Nesting Levels have exceeded"), "{}", refused.message);
}

#[tokio::test]
async fn accounts_and_regions_are_apart_and_reset_forgets_one() {
    let bench = Bench::new().await;
    let other = Bench { service: bench.service, scope: scope("444455556666") };
    assert_eq!(other.call("ListTables", json!({})).await.unwrap()["TableNames"], json!([]));
    other.call("CreateTable", orders()).await.unwrap();
    other.service.reset(Some(&scope("111122223333").account));
    assert_eq!(other.call("ListTables", json!({})).await.unwrap()["TableNames"], json!(["orders"]));
    let first = Bench { service: other.service, scope: scope("111122223333") };
    assert_eq!(first.call("ListTables", json!({})).await.unwrap()["TableNames"], json!([]));
}

#[tokio::test]
async fn what_is_not_covered_is_named() {
    let bench = Bench::new().await;
    assert_eq!(
        bench.refusal("ExecuteStatement", json!({ "Statement": "SELECT * FROM orders" })).await,
        "501 NotImplemented: the sandbox does not cover dynamodb:ExecuteStatement"
    );
}
