use serde_json::json;

use super::bench::Bench;

operations! { "cloudtrail";
    lookup_events:
        |b: &Bench| {
            b.of("iam", "CreateUser", json!({ "UserName": "ada" }));
            let name = json!([{ "AttributeKey": "EventName", "AttributeValue": "CreateUser" }]);
            b.call(json!({ "LookupAttributes": name })).has("/Events/0/EventName", "CreateUser");
        },
        |b: &Bench| b.refused(json!({ "MaxResults": 51 }), 400, "InvalidMaxResultsException");
}
