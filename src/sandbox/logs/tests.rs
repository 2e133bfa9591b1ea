use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Logs;
use crate::context::{ManualClock, Random};
use crate::policy::Principal;
use crate::sandbox::iam::Iam;
use crate::sandbox::{
    AccountId, Authority, Call, Caller, Directory, LogSink, Request, Scope, Service, ServiceError,
};

const NOW: i64 = 1_800_000_000_000;

fn scope() -> Scope {
    Scope { account: AccountId::fallback(), region: "eu-west-1".to_owned() }
}

fn logs() -> Logs {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millisecond(NOW).unwrap()));
    let iam: Arc<dyn Directory> = Arc::new(Iam::new(clock.clone(), Random::from_seed(1)));
    Logs::new(
        Arc::new(Authority::new(iam, clock.clone(), false)),
        clock,
        crate::context::Random::from_seed(1),
    )
}

/// Makes a call as the front would, once it is allowed.
fn call(logs: &Logs, operation: &str, body: &Value) -> Result<Value, ServiceError> {
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-target", format!("Logs_20140328.{operation}").parse().unwrap());
    let request = Request {
        method: Method::POST,
        raw_path: "/".to_owned(),
        raw_query: String::new(),
        headers,
        header_names: crate::sandbox::HeaderNames::default(),
        body: Bytes::from(body.to_string()),
        peer: [127, 0, 0, 1].into(),
        received: Timestamp::UNIX_EPOCH,
        id: String::new(),
    };
    let operation = logs.resolve(&request, &scope())?;
    let caller = Caller { principal: root(), access_key_id: None };
    let call = Call { request, scope: scope(), caller, operation };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(logs.handle(call))?;
    Ok(serde_json::from_slice(&response.body).unwrap())
}

fn root() -> Principal {
    Principal::Root { account: scope().account.to_string() }
}

#[track_caller]
fn refused(answer: &Result<Value, ServiceError>, code: &str, words: &str) {
    let error = answer.as_ref().unwrap_err();
    assert_eq!((error.code.as_ref(), error.status), (code, 400));
    assert!(error.message.contains(words), "{}", error.message);
}

#[test]
fn groups_are_made_shown_and_deleted() {
    let logs = logs();
    for name in ["/aws/lambda/b", "/aws/lambda/a", "/other"] {
        call(&logs, "CreateLogGroup", &json!({ "logGroupName": name, "tags": { "k": "v" } })).unwrap();
    }
    let again = call(&logs, "CreateLogGroup", &json!({ "logGroupName": "/other" }));
    refused(&again, "ResourceAlreadyExistsException", "The specified log group already exists");
    refused(
        &call(&logs, "CreateLogGroup", &json!({ "logGroupName": "a b" })),
        "InvalidParameterException",
        "logGroupName",
    );

    let prefix = json!({ "logGroupNamePrefix": "/aws/", "limit": 1 });
    let first = call(&logs, "DescribeLogGroups", &prefix).unwrap();
    assert_eq!(first["logGroups"][0]["arn"], "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/a:*");
    let rest = json!({ "logGroupNamePrefix": "/aws/", "limit": 1, "nextToken": first["nextToken"] });
    let second = call(&logs, "DescribeLogGroups", &rest).unwrap();
    assert_eq!(second["logGroups"][0]["logGroupName"], "/aws/lambda/b");
    assert!(second.get("nextToken").is_none());

    call(&logs, "DeleteLogGroup", &json!({ "logGroupName": "/other" })).unwrap();
    let gone = call(&logs, "DeleteLogGroup", &json!({ "logGroupName": "/other" }));
    refused(&gone, "ResourceNotFoundException", "The specified log group does not exist.");
}

#[test]
fn events_are_put_read_and_searched() {
    let logs = logs();
    let stream = json!({ "logGroupName": "g", "logStreamName": "s" });
    call(&logs, "CreateLogGroup", &json!({ "logGroupName": "g" })).unwrap();
    refused(
        &call(&logs, "GetLogEvents", &stream),
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    );
    call(&logs, "CreateLogStream", &stream).unwrap();
    let put = |events: Value| {
        call(
            &logs,
            "PutLogEvents",
            &json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events }),
        )
    };
    let event = |after: i64, message: &str| json!({ "timestamp": NOW + after, "message": message });
    put(json!([event(0, "one"), event(5, "ERROR two"), event(9, "three")])).unwrap();
    refused(&put(json!([event(9, "b"), event(1, "a")])), "InvalidParameterException", "chronological order");
    refused(&put(json!([])), "InvalidParameterException", "logEvents");
    let late =
        put(json!([event(-15 * 86_400_000, "old"), event(0, "four"), event(3 * 3_600_000, "new")])).unwrap();
    assert_eq!(
        late["rejectedLogEventsInfo"],
        json!({ "tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 2 })
    );

    let head = json!({ "logGroupName": "g", "logStreamName": "s", "startFromHead": true, "limit": 2 });
    let page = call(&logs, "GetLogEvents", &head).unwrap();
    assert_eq!(messages(&page), ["one", "four"]);
    let next = json!({ "logGroupName": "g", "logStreamName": "s", "limit": 2, "nextToken": page["nextForwardToken"] });
    let page = call(&logs, "GetLogEvents", &next).unwrap();
    assert_eq!(messages(&page), ["ERROR two", "three"]);
    let beyond = json!({ "logGroupName": "g", "logStreamName": "s", "nextToken": page["nextForwardToken"] });
    let end = call(&logs, "GetLogEvents", &beyond).unwrap();
    assert!(messages(&end).is_empty());
    assert_eq!(end["nextForwardToken"], page["nextForwardToken"]);

    let found =
        call(&logs, "FilterLogEvents", &json!({ "logGroupName": "g", "filterPattern": "ERROR" })).unwrap();
    assert_eq!(messages(&found), ["ERROR two"]);
    let span = json!({ "logGroupName": "g", "startTime": NOW + 5, "endTime": NOW + 9 });
    assert_eq!(messages(&call(&logs, "FilterLogEvents", &span).unwrap()), ["ERROR two", "three"]);
}

fn messages(answer: &Value) -> Vec<&str> {
    answer["events"].as_array().unwrap().iter().map(|event| event["message"].as_str().unwrap()).collect()
}

#[test]
fn retention_and_tags_are_kept() {
    let logs = logs();
    call(&logs, "CreateLogGroup", &json!({ "logGroupName": "g" })).unwrap();
    call(&logs, "PutRetentionPolicy", &json!({ "logGroupName": "g", "retentionInDays": 7 })).unwrap();
    let wrong = call(&logs, "PutRetentionPolicy", &json!({ "logGroupName": "g", "retentionInDays": 8 }));
    refused(&wrong, "InvalidParameterException", "retentionInDays");
    let shown = call(&logs, "DescribeLogGroups", &json!({})).unwrap();
    assert_eq!(shown["logGroups"][0]["retentionInDays"], 7);
    let arn = "arn:aws:logs:eu-west-1:123456789012:log-group:g";
    call(&logs, "TagResource", &json!({ "resourceArn": arn, "tags": { "a": "1", "b": "2" } })).unwrap();
    call(&logs, "UntagResource", &json!({ "resourceArn": arn, "tagKeys": ["a"] })).unwrap();
    let tags = call(&logs, "ListTagsForResource", &json!({ "resourceArn": arn })).unwrap();
    assert_eq!(tags["tags"], json!({ "b": "2" }));
}

#[test]
fn a_service_delivers_only_what_its_role_may_write() {
    let logs = logs();
    let line = || vec![(Timestamp::from_millisecond(NOW).unwrap(), "hello".to_owned())];
    let nobody = Principal::Session {
        account: scope().account.to_string(),
        path: "/".to_owned(),
        role: "silent".to_owned(),
        id: "AROASILENT".to_owned(),
        session: "f".to_owned(),
    };
    logs.deliver(&scope(), &nobody, "/aws/lambda/f", "s", line());
    assert_eq!(call(&logs, "DescribeLogGroups", &json!({})).unwrap()["logGroups"], json!([]));
    logs.deliver(&scope(), &root(), "/aws/lambda/f", "s", line());
    let found = call(&logs, "FilterLogEvents", &json!({ "logGroupName": "/aws/lambda/f" })).unwrap();
    assert_eq!(messages(&found), ["hello"]);
    // Once the group is there, a writer still needs a right of its own.
    logs.deliver(&scope(), &nobody, "/aws/lambda/f", "s", line());
    let found = call(&logs, "FilterLogEvents", &json!({ "logGroupName": "/aws/lambda/f" })).unwrap();
    assert_eq!(messages(&found).len(), 1);
}

#[test]
fn what_is_not_covered_says_its_name() {
    let error = call(&logs(), "StartLiveTail", &json!({})).unwrap_err();
    assert_eq!((error.status, error.message.contains("logs:StartLiveTail")), (501, true));
}
