use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Bench, TABLE, order};

#[tokio::test]
async fn an_index_shows_what_it_holds() {
    let bench = Bench::new().await;
    bench.put(order("1", "1.0")).await.unwrap();
    let query = |more: Value| {
        let mut body = json!({
            "TableName": "orders", "IndexName": "by-state",
            "KeyConditionExpression": "#s = :s", "ExpressionAttributeNames": { "#s": "state" },
            "ExpressionAttributeValues": { ":s": { "S": "open" } },
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let found = bench.call("Query", query(json!({}))).await.unwrap();
    assert_eq!(
        found["Items"],
        json!([{ "id": { "S": "1" }, "line": { "N": "1" }, "state": { "S": "open" } }])
    );
    assert_eq!(
        bench.refusal("Query", query(json!({ "ConsistentRead": true }))).await,
        "400 ValidationException: Consistent reads are not supported on global secondary indexes"
    );
}

#[tokio::test]
async fn a_new_index_finds_the_items_that_were_there() {
    let bench = Bench::new().await;
    bench.put(order("1", "1")).await.unwrap();
    let before = bench.call("DescribeTable", json!({ "TableName": "orders" })).await.unwrap();
    let update = json!({
        "TableName": "orders",
        "AttributeDefinitions": [
            { "AttributeName": "id", "AttributeType": "S" }, { "AttributeName": "note", "AttributeType": "S" },
        ],
        "GlobalSecondaryIndexUpdates": [{ "Create": {
            "IndexName": "by-note",
            "KeySchema": [{ "AttributeName": "note", "KeyType": "HASH" }],
            "Projection": { "ProjectionType": "ALL" },
        } }],
    });
    bench.call("UpdateTable", update).await.unwrap();
    let query = json!({
        "TableName": "orders", "IndexName": "by-note",
        "KeyConditionExpression": "note = :n", "ExpressionAttributeValues": { ":n": { "S": "x" } },
    });
    assert_eq!(bench.call("Query", query).await.unwrap()["Count"], 1);
    let after = bench.call("DescribeTable", json!({ "TableName": "orders" })).await.unwrap();
    for member in ["TableId", "CreationDateTime", "TableArn"] {
        assert_eq!(before["Table"][member], after["Table"][member], "{member}");
    }
    let tags = bench.call("ListTagsOfResource", json!({ "ResourceArn": TABLE })).await.unwrap();
    assert_eq!(tags["Tags"], json!([{ "Key": "stack", "Value": "one" }]));
}

#[tokio::test]
async fn an_index_of_a_long_table_is_looked_through_to_its_end() {
    let bench = Bench::new().await;
    for batch in 0..120 {
        let puts: Vec<Value> = (batch * 25..batch * 25 + 25)
            .map(|number| {
                let state = format!("s{}", number % 300);
                json!({ "PutRequest": { "Item": {
                    "id": { "S": format!("{number:05}") }, "line": { "N": "1" }, "state": { "S": state },
                    "note": { "S": "x".repeat(1000) },
                } } })
            })
            .collect();
        bench.call("BatchWriteItem", json!({ "RequestItems": { "orders": puts } })).await.unwrap();
    }
    let mut query = json!({
        "TableName": "orders",
        "IndexName": "by-state",
        "KeyConditionExpression": "#state = :seven",
        "FilterExpression": "id < :end",
        "ExpressionAttributeNames": { "#state": "state" },
        "ExpressionAttributeValues": { ":seven": { "S": "s7" }, ":end": { "S": "02000" } },
    });
    let whole = bench.call("Query", query.clone()).await.unwrap();
    assert_eq!((&whole["Count"], &whole["ScannedCount"]), (&json!(7), &json!(10)), "{whole}");
    assert_eq!(whole.get("LastEvaluatedKey"), None);
    // Page by page it comes to the same.
    query["Limit"] = json!(4);
    let mut pages = vec![];
    loop {
        let page = bench.call("Query", query.clone()).await.unwrap();
        pages.push(page["Count"].as_u64().unwrap());
        match page.get("LastEvaluatedKey") {
            Some(last) => query["ExclusiveStartKey"] = last.clone(),
            None => break,
        }
    }
    assert_eq!((pages.len(), pages.iter().sum::<u64>()), (3, 7), "{pages:?}");
}

/// A table of bookings, with an index by crossing in which they are ordered by name.
async fn bookings() -> Bench {
    let bench = Bench::new().await;
    let attribute = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let table = json!({
        "TableName": "bookings",
        "KeySchema": [key("id", "HASH")],
        "AttributeDefinitions": [attribute("id"), attribute("crossing"), attribute("name")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-crossing",
            "KeySchema": [key("crossing", "HASH"), key("name", "RANGE")],
            "Projection": { "ProjectionType": "ALL" },
        }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    bench.call("CreateTable", table).await.unwrap();
    bench
}

fn by_crossing(crossing: &str) -> Value {
    json!({
        "TableName": "bookings", "IndexName": "by-crossing",
        "KeyConditionExpression": "crossing = :crossing",
        "ExpressionAttributeValues": { ":crossing": { "S": crossing } },
    })
}

fn booking(id: &str, crossing: Option<&str>, name: Option<&str>) -> Value {
    let mut item = json!({ "id": { "S": id } });
    for (attribute, value) in [("crossing", crossing), ("name", name)] {
        if let Some(value) = value {
            item[attribute] = json!({ "S": value });
        }
    }
    item
}

/// Returns the ids that a query finds.
async fn ids(bench: &Bench, query: Value) -> Vec<String> {
    let found = bench.call("Query", query).await.unwrap();
    let items = found["Items"].as_array().unwrap();
    items.iter().map(|item| item["id"]["S"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_item_that_lacks_a_key_of_the_index_is_not_in_it() {
    let bench = bookings().await;
    for item in [
        booking("1", Some("c1"), Some("Ada")),
        booking("2", Some("c1"), None),
        booking("3", None, Some("Eva")),
    ] {
        bench.call("PutItem", json!({ "TableName": "bookings", "Item": item })).await.unwrap();
    }
    let found = bench.call("Query", by_crossing("c1")).await.unwrap();
    assert_eq!(found["Items"], json!([booking("1", Some("c1"), Some("Ada"))]));
    assert_eq!((&found["Count"], &found["ScannedCount"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_key_condition_may_say_more_than_the_partition() {
    let bench = bookings().await;
    for (id, name) in [("1", "Ada"), ("2", "Bea"), ("3", "Bob"), ("4", "c1")] {
        let item = booking(id, Some("c1"), Some(name));
        bench.call("PutItem", json!({ "TableName": "bookings", "Item": item })).await.unwrap();
    }
    let item = booking("5", Some("B"), Some("Bix"));
    bench.call("PutItem", json!({ "TableName": "bookings", "Item": item })).await.unwrap();
    let mut query = by_crossing("c1");
    query["KeyConditionExpression"] = json!("crossing = :crossing AND begins_with(#name, :letter)");
    query["ExpressionAttributeNames"] = json!({ "#name": "name" });
    query["ExpressionAttributeValues"][":letter"] = json!({ "S": "B" });
    assert_eq!(ids(&bench, query.clone()).await, ["2", "3"]);
    query["ScanIndexForward"] = json!(false);
    assert_eq!(ids(&bench, query.clone()).await, ["3", "2"]);
    query["KeyConditionExpression"] = json!("begins_with(#name, :letter)");
    let refusal = bench.refusal("Query", query).await;
    assert!(refusal.starts_with("400 ValidationException: "), "{refusal}");
}

#[tokio::test]
async fn what_no_index_can_hold_is_not_written() {
    let bench = bookings().await;
    let put = |item: Value| json!({ "TableName": "bookings", "Item": item });
    let mut wrong = booking("1", Some("c1"), None);
    wrong["name"] = json!({ "NULL": true });
    let refusal = "400 ValidationException: One or more parameter values were invalid: Type mismatch for Index Key name \
                   Expected: S Actual: NULL IndexName: by-crossing";
    assert_eq!(bench.refusal("PutItem", put(wrong.clone())).await, refusal);
    let batch = json!({ "RequestItems": { "bookings": [{ "PutRequest": { "Item": wrong } }] } });
    assert_eq!(bench.refusal("BatchWriteItem", batch).await, refusal);
    assert_eq!(
        bench.refusal("PutItem", put(booking("1", Some(""), Some("Ada")))).await,
        "400 ValidationException: One or more parameter values are not valid. A value specified for a secondary index key is \
         not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-crossing, \
         IndexKey: crossing"
    );
}

/// Writes so many bookings of one crossing, with a note of so many characters; those that come later have later ids and names.
async fn fill(bench: &Bench, crossing: &str, bookings: usize, note: usize) {
    let put = |number: usize| {
        let mut item =
            booking(&format!("{crossing}-{number:05}"), Some(crossing), Some(&format!("n{number:05}")));
        item["note"] = json!({ "S": "x".repeat(note) });
        json!({ "PutRequest": { "Item": item } })
    };
    for first in (0..bookings).step_by(25) {
        let puts: Vec<Value> = (first..bookings.min(first + 25)).map(put).collect();
        bench.call("BatchWriteItem", json!({ "RequestItems": { "bookings": puts } })).await.unwrap();
    }
}

#[tokio::test]
async fn a_long_partition_hides_neither_another_one_nor_its_own_end() {
    let bench = bookings().await;
    fill(&bench, "c0", 1500, 1000).await;
    fill(&bench, "c1", 3, 10).await;
    // The long one is named, too, by the filter.
    let mut query = by_crossing("c1");
    query["FilterExpression"] = json!("note <> :other");
    query["ExpressionAttributeValues"][":other"] = json!({ "S": "c0" });
    let found = bench.call("Query", query).await.unwrap();
    assert_eq!((&found["Count"], &found["ScannedCount"]), (&json!(3), &json!(3)));
    let mut query = by_crossing("c0");
    query["KeyConditionExpression"] = json!("crossing = :crossing AND #name >= :name");
    query["ExpressionAttributeNames"] = json!({ "#name": "name" });
    query["ExpressionAttributeValues"][":name"] = json!({ "S": "n01497" });
    assert_eq!(ids(&bench, query).await, ["c0-01497", "c0-01498", "c0-01499"]);
}

#[tokio::test]
async fn a_partition_that_is_the_whole_table_is_no_other() {
    let bench = bookings().await;
    fill(&bench, "c0", 150, 1).await;
    let whole = ids(&bench, by_crossing("c0")).await;
    assert_eq!((whole.len(), whole[149].as_str()), (150, "c0-00149"));
    let lacking = booking("c0-x", Some("c0"), None);
    bench.call("PutItem", json!({ "TableName": "bookings", "Item": lacking })).await.unwrap();
    assert_eq!(ids(&bench, by_crossing("c0")).await, whole);
}

#[tokio::test]
async fn an_attribute_of_another_type_keeps_an_item_out_of_the_index() {
    let bench = bookings().await;
    bench
        .call("PutItem", json!({ "TableName": "bookings", "Item": booking("1", Some("c1"), Some("Ada")) }))
        .await
        .unwrap();
    let mut late = booking("2", Some("c1"), None);
    late["seats"] = json!({ "S": "two" });
    bench.call("PutItem", json!({ "TableName": "bookings", "Item": late })).await.unwrap();
    let update = json!({
        "TableName": "bookings",
        "AttributeDefinitions": [
            { "AttributeName": "crossing", "AttributeType": "S" }, { "AttributeName": "seats", "AttributeType": "N" },
        ],
        "GlobalSecondaryIndexUpdates": [{ "Create": {
            "IndexName": "by-seats",
            "KeySchema": [{ "AttributeName": "crossing", "KeyType": "HASH" }, { "AttributeName": "seats", "KeyType": "RANGE" }],
            "Projection": { "ProjectionType": "ALL" },
        } }],
    });
    bench.call("UpdateTable", update).await.unwrap();
    let mut query = by_crossing("c1");
    query["IndexName"] = json!("by-seats");
    assert_eq!(ids(&bench, query).await, [] as [&str; 0]);
}

#[tokio::test]
async fn pages_of_a_table_with_binary_keys_hold_each_item_once() {
    let bench = Bench::new().await;
    let attribute = |name: &str, kind: &str| json!({ "AttributeName": name, "AttributeType": kind });
    let table = json!({
        "TableName": "blobs",
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "AttributeDefinitions": [attribute("id", "B"), attribute("crossing", "S")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-crossing",
            "KeySchema": [{ "AttributeName": "crossing", "KeyType": "HASH" }],
            "Projection": { "ProjectionType": "ALL" },
        }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    bench.call("CreateTable", table).await.unwrap();
    for id in ["YWFh", "YWFi", "YWFj", "YWFk", "YWFl", "YWFm", "YWFn"] {
        let item = json!({ "id": { "B": id }, "crossing": { "S": "c0" } });
        bench.call("PutItem", json!({ "TableName": "blobs", "Item": item })).await.unwrap();
    }
    let mut query = by_crossing("c0");
    query["TableName"] = json!("blobs");
    query["Limit"] = json!(2);
    let mut found = std::collections::BTreeSet::new();
    let mut pages = 0;
    loop {
        let page = bench.call("Query", query.clone()).await.unwrap();
        pages += 1;
        for item in page["Items"].as_array().unwrap() {
            assert!(found.insert(item["id"]["B"].as_str().unwrap().to_owned()), "{item} comes twice");
        }
        match page.get("LastEvaluatedKey") {
            Some(last) => query["ExclusiveStartKey"] = last.clone(),
            None => break,
        }
    }
    assert_eq!((pages, found.len()), (4, 7));
}

/// One write of a booking.
#[derive(Debug, Clone)]
enum Write {
    Put { id: String, crossing: Option<String>, name: Option<String> },
    Batch { id: String, crossing: String, gone: String },
    Transact { id: String, crossing: String, name: String },
    Move { id: String, crossing: String },
    Leave { id: String },
    Delete { id: String },
    Ask,
}

impl Write {
    fn call(&self) -> (&'static str, Value) {
        let key = |id: &str| json!({ "id": { "S": id } });
        match self {
            Self::Put { id, crossing, name } => {
                let item = booking(id, crossing.as_deref(), name.as_deref());
                ("PutItem", json!({ "TableName": "bookings", "Item": item }))
            }
            Self::Batch { id, crossing, gone } => {
                let put = json!({ "PutRequest": { "Item": booking(id, Some(crossing), Some("Zoe")) } });
                let mut requests = vec![put];
                if id != gone {
                    requests.push(json!({ "DeleteRequest": { "Key": key(gone) } }));
                }
                ("BatchWriteItem", json!({ "RequestItems": { "bookings": requests } }))
            }
            Self::Transact { id, crossing, name } => {
                let put = json!({ "TableName": "bookings", "Item": booking(id, Some(crossing), Some(name)) });
                ("TransactWriteItems", json!({ "TransactItems": [{ "Put": put }] }))
            }
            Self::Move { id, crossing } => {
                let values = json!({ ":crossing": { "S": crossing } });
                let update = json!({ "TableName": "bookings", "Key": key(id), "UpdateExpression": "SET crossing = :crossing", "ExpressionAttributeValues": values });
                ("UpdateItem", update)
            }
            Self::Leave { id } => (
                "UpdateItem",
                json!({ "TableName": "bookings", "Key": key(id), "UpdateExpression": "REMOVE crossing" }),
            ),
            Self::Delete { id } => ("DeleteItem", json!({ "TableName": "bookings", "Key": key(id) })),
            Self::Ask => ("Query", by_crossing("c0")),
        }
    }
}

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let id = || (0..5u8).prop_map(|number| format!("b{number}"));
    let crossing = || (0..3u8).prop_map(|number| format!("c{number}"));
    let name = || "[A-E]".prop_map(|name| name);
    let write = prop_oneof![
        (id(), proptest::option::of(crossing()), proptest::option::of(name()))
            .prop_map(|(id, crossing, name)| Write::Put { id, crossing, name }),
        (id(), crossing(), id()).prop_map(|(id, crossing, gone)| Write::Batch { id, crossing, gone }),
        (id(), crossing(), name()).prop_map(|(id, crossing, name)| Write::Transact { id, crossing, name }),
        (id(), crossing()).prop_map(|(id, crossing)| Write::Move { id, crossing }),
        id().prop_map(|id| Write::Leave { id }),
        id().prop_map(|id| Write::Delete { id }),
        Just(Write::Ask),
    ];
    proptest::collection::vec(write, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever was written, and whenever the index was first asked: a query finds what a look through the table finds.
    #[test]
    fn an_index_holds_what_its_table_holds(writes in writes()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bench = bookings().await;
            for write in &writes {
                let (operation, body) = write.call();
                bench.call(operation, body).await.unwrap();
            }
            let table = bench.call("Scan", json!({ "TableName": "bookings" })).await.unwrap();
            for crossing in ["c0", "c1", "c2"] {
                let mut expected: Vec<(&str, &str)> = table["Items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|item| item["crossing"]["S"] == crossing)
                    .filter_map(|item| Some((item["name"]["S"].as_str()?, item["id"]["S"].as_str()?)))
                    .collect();
                expected.sort_unstable();
                let found = ids(&bench, by_crossing(crossing)).await;
                let expected: Vec<&str> = expected.into_iter().map(|(_, id)| id).collect();
                assert_eq!(found, expected, "of {crossing} after {writes:?}");
            }
        });
    }
}
