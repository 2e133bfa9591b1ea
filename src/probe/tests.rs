use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use indexmap::IndexMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Probe, Variables, World};
use crate::aws::{Clients, Endpoint, Settling};
use crate::challenge::{Act, Check, Given, HttpRequest, Subject, Visibility};
use crate::context::SystemClock;
use crate::evidence::{
    Binding, Inspection, Link, LinkKind, Observation, Resource, Transcript, Trouble, TroubleKind,
};
use crate::matcher::Expectation;
use crate::source::Location;

/// Status, error code in the header, body.
type Answer = (u16, &'static str, Value);

/// A cloud that answers what it was told to, by the operation's target or the path, and notes what it was asked.
#[derive(Clone, Default)]
struct Cloud {
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Cloud {
    fn answer(self, to: &str, status: u16, error: &'static str, body: Value) -> Self {
        self.answers.lock().unwrap().insert(to.to_owned(), (status, error, body));
        self
    }

    async fn listen(&self) -> World {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let cloud = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let cloud = cloud.clone();
                let service = service_fn(move |request| cloud.clone().handle(request));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        world(&url)
    }

    async fn handle(
        self,
        request: http::Request<hyper::body::Incoming>,
    ) -> Result<http::Response<Full<Bytes>>, Infallible> {
        let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
        let target = target.map(|target| target.split('.').next_back().unwrap_or_default().to_owned());
        let key = target
            .unwrap_or_else(|| request.uri().path().rsplit("_user_request_").next().unwrap().to_owned());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let filtered = body["filterPattern"].as_str().map(|pattern| format!("{key} {pattern}"));
        self.asked.lock().unwrap().push((key.clone(), body));
        let answers = self.answers.lock().unwrap().clone();
        let answer = filtered.and_then(|key| answers.get(&key)).or_else(|| answers.get(&key)).cloned();
        let (status, error, body) = answer.unwrap_or((501, "NotScripted", json!({ "asked": key })));
        let mut response =
            http::Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
        if !error.is_empty() {
            let header = if error.ends_with("handled") { "x-amz-function-error" } else { "x-amzn-errortype" };
            response = response.header(header, error);
        }
        Ok(response.body(Full::new(body.to_string().into())).unwrap())
    }

    fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

fn world(url: &str) -> World {
    let endpoint = Endpoint::with_keys(Some(url), "eu-west-1", "AKIAEXAMPLE", "secret", Settling::Immediate);
    World::new(Clients::new(&endpoint), Arc::new(SystemClock::new()))
}

/// A table, a function, and an API with one stage.
fn inspection() -> Inspection {
    let resource = |kind: &str, id: &str, logical: &str| Resource {
        key: format!("{kind}/{id}"),
        kind: kind.to_owned(),
        id: id.to_owned(),
        arn: None,
        logical_id: Some(logical.to_owned()),
        properties: json!({}),
        attributes: json!({}),
        tags: BTreeMap::new(),
    };
    let api = resource("AWS::ApiGateway::RestApi", "a1", "OrdersApi");
    let stage = resource("AWS::ApiGateway::Stage", "live", "LiveStage");
    Inspection {
        links: vec![Link { from: stage.key.clone(), to: api.key.clone(), kind: LinkKind::PartOf }],
        resources: vec![
            api,
            stage,
            resource("AWS::DynamoDB::Table", "orders", "OrdersTable"),
            resource("AWS::Lambda::Function", "taker", "TakeOrder"),
        ],
        ..Inspection::default()
    }
}

fn check(subject: Subject) -> Check {
    Check {
        gate: None,
        deduct: None,
        id: "c".into(),
        title: "c".into(),
        weight: 1,
        needs: vec![],
        visibility: Visibility::Visible,
        hidden_hint: None,
        within: None,
        why: None,
        hint: None,
        hint_cost: None,
        given: vec![],
        when: vec![],
        subject,
        expect: Expectation::default(),
        role: None,
        location: Location::file("challenge.yaml"),
    }
}

fn logical(id: &str) -> Binding {
    Binding::Logical(id.into())
}

fn post(body: Value) -> HttpRequest {
    HttpRequest {
        api: None,
        url: None,
        method: "POST".into(),
        path: "/orders".into(),
        headers: IndexMap::new(),
        body,
        times: None,
    }
}

fn invocation() -> Subject {
    Subject::Invoke { function: logical("TakeOrder"), payload: json!({}) }
}

fn item() -> Subject {
    Subject::Item { table: logical("OrdersTable"), key: json!({ "id": "o-1" }) }
}

async fn tried(world: &World, check: &Check) -> Transcript {
    let mut probe = Probe::new(world, check, &Variables::new(), Variables::new());
    let observation = probe.attempt(&inspection()).await;
    probe.transcript(observation)
}

async fn observed(cloud: Cloud, subject: Subject) -> Observation {
    tried(&cloud.listen().await, &check(subject)).await.observation
}

fn trouble(kind: TroubleKind) -> impl Fn(&Observation) -> bool {
    move |observation| matches!(observation, Observation::Unavailable(Trouble { kind: found, .. }) if *found == kind)
}

const INVOKE: &str = "/2015-03-31/functions/taker/invocations";

#[tokio::test]
async fn what_an_act_captured_is_what_the_item_is_looked_up_by() {
    let cloud = Cloud::default().answer("/orders", 201, "", json!({ "id": "o-9" })).answer(
        "GetItem",
        200,
        "",
        json!({ "Item": { "id": { "S": "o-9" }, "total": { "N": "450" } } }),
    );
    let check = Check {
        when: vec![Act::Http {
            request: post(json!({ "sku": "tea" })),
            capture: IndexMap::from([("order".to_owned(), "$.body.id".to_owned())]),
        }],
        ..check(Subject::Item { table: logical("OrdersTable"), key: json!({ "id": "{{ order }}" }) })
    };
    let transcript = tried(&cloud.listen().await, &check).await;
    let expected = json!({ "found": true, "item": { "id": "o-9", "total": 450 } });
    assert_eq!(transcript.observation, Observation::Seen(expected));
    assert_eq!(transcript.variables["order"], "o-9");
    assert_eq!(transcript.exchanges.len(), 2);
    let (_, asked) = cloud.asked().pop().unwrap();
    assert_eq!((&asked["Key"], &asked["ConsistentRead"]), (&json!({ "id": { "S": "o-9" } }), &json!(true)));
}

#[tokio::test]
async fn a_capture_that_is_not_there_says_what_the_answer_was() {
    let cloud = Cloud::default().answer("/orders", 502, "", json!({ "message": "Internal server error" }));
    let check = Check {
        when: vec![Act::Http {
            request: post(Value::Null),
            capture: IndexMap::from([("order".to_owned(), "$.body.id".to_owned())]),
        }],
        ..check(item())
    };
    let transcript = tried(&cloud.listen().await, &check).await;
    let words =
        "`$.body.id` in the answer to POST /orders, which was 502 {\"message\":\"Internal server error\"}";
    assert_eq!(transcript.observation, Observation::Missing(words.to_owned()));
    assert_eq!(cloud.asked().len(), 1, "the item is not looked up");
}

#[tokio::test]
async fn given_items_are_put_before_anything_else() {
    let cloud = Cloud::default().answer("PutItem", 200, "", json!({})).answer("/orders", 200, "", json!([]));
    let check = Check {
        given: vec![Given::Put { table: logical("OrdersTable"), item: json!({ "id": "o-1", "total": 4.5 }) }],
        ..check(Subject::Http(post(Value::Null)))
    };
    let transcript = tried(&cloud.listen().await, &check).await;
    assert!(matches!(transcript.observation, Observation::Seen(_)), "{transcript:?}");
    let asked = cloud.asked();
    assert_eq!(asked[0].1["Item"], json!({ "id": { "S": "o-1" }, "total": { "N": "4.5" } }));
    assert_eq!(asked[1].0, "/orders");
}

#[tokio::test]
async fn any_answer_of_the_api_is_something_seen() {
    for status in [403, 404, 429, 500, 502] {
        let cloud = Cloud::default().answer("/orders", status, "", json!({}));
        let seen = observed(cloud, Subject::Http(post(Value::Null))).await;
        assert!(matches!(&seen, Observation::Seen(answer) if answer["status"] == status), "{seen:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_made_at_once_gives_a_list_of_answers_to_look_at_and_to_capture_from() {
    let cloud = Cloud::default().answer("/orders", 201, "", json!({ "id": "o-9" }));
    let request = HttpRequest { times: Some(3), ..post(json!({ "sku": "tea" })) };
    let check = Check {
        when: vec![Act::Http {
            request: request.clone(),
            capture: IndexMap::from([("order".to_owned(), "$.answers[1].body.id".to_owned())]),
        }],
        ..check(Subject::Http(request))
    };
    let transcript = tried(&cloud.listen().await, &check).await;
    let Observation::Seen(seen) = &transcript.observation else { panic!("{transcript:?}") };
    let statuses: Vec<_> = seen["answers"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [201, 201, 201]);
    assert_eq!(transcript.variables["order"], "o-9");
    assert_eq!(
        (transcript.exchanges.len(), cloud.asked().len()),
        (6, 6),
        "each answer stands in the evidence"
    );
}

#[tokio::test]
async fn a_function_that_fails_is_seen_with_its_error() {
    let cloud = Cloud::default().answer(INVOKE, 200, "Unhandled", json!({ "errorType": "KeyError" }));
    let expected = json!({ "status": 200, "error": "Unhandled", "payload": { "errorType": "KeyError" } });
    assert_eq!(observed(cloud, invocation()).await, Observation::Seen(expected));
}

#[tokio::test]
async fn a_role_that_lambda_may_not_assume_is_the_functions_fault_and_a_denial_is_ours() {
    let message = "The role defined for the function cannot be assumed by Lambda.";
    let cloud = Cloud::default().answer(INVOKE, 403, "AccessDeniedException", json!({ "Message": message }));
    let seen = observed(cloud, invocation()).await;
    assert!(
        matches!(&seen, Observation::Seen(answer) if answer["error"] == "AccessDeniedException"),
        "{seen:?}"
    );

    let denial = json!({ "Message": "User: x is not authorized to perform: lambda:InvokeFunction" });
    let cloud = Cloud::default().answer(INVOKE, 403, "AccessDeniedException", denial);
    let seen = observed(cloud, invocation()).await;
    assert!(trouble(TroubleKind::Denied)(&seen), "{seen:?}");
}

#[tokio::test]
async fn no_reserved_concurrency_is_the_functions_fault_and_a_throttle_is_not() {
    let refusal = |reason: &str| json!({ "Reason": reason, "message": "Rate Exceeded." });
    let reserved = refusal("ReservedFunctionConcurrentInvocationLimitExceeded");
    let cloud = Cloud::default().answer(INVOKE, 429, "TooManyRequestsException", reserved);
    let seen = observed(cloud, invocation()).await;
    assert!(matches!(&seen, Observation::Seen(answer) if answer["status"] == 429), "{seen:?}");

    let cloud =
        Cloud::default().answer(INVOKE, 429, "TooManyRequestsException", refusal("CallerRateLimitExceeded"));
    let seen = observed(cloud, invocation()).await;
    assert!(trouble(TroubleKind::Throttled)(&seen), "{seen:?}");
}

#[tokio::test]
async fn what_is_not_there_is_missing() {
    let gone = |message: &str| json!({ "message": message });
    let table = Cloud::default().answer("GetItem", 400, "ResourceNotFoundException", gone("not found"));
    let group =
        Cloud::default().answer("FilterLogEvents", 400, "ResourceNotFoundException", gone("no group"));
    let function = Cloud::default().answer(INVOKE, 404, "ResourceNotFoundException", gone("not found"));
    let log = Subject::Log { of: logical("TakeOrder"), filter: None };
    for (cloud, subject) in [(table, item()), (group, log), (function, invocation())] {
        let seen = observed(cloud, subject).await;
        assert!(matches!(seen, Observation::Missing(_)), "{seen:?}");
    }
    let nothing = Subject::Invoke { function: logical("Nobody"), payload: Value::Null };
    assert!(matches!(observed(Cloud::default(), nothing).await, Observation::Missing(_)));
}

#[tokio::test]
async fn a_log_is_read_page_by_page_from_the_first_act_on() {
    let page = json!({ "events": [{ "message": "order taken", "timestamp": 7, "logStreamName": "s" }] });
    let cloud =
        Cloud::default().answer("/orders", 201, "", json!({})).answer("FilterLogEvents", 200, "", page);
    let before = jiff::Timestamp::now().as_millisecond();
    let check = Check {
        when: vec![Act::Http { request: post(Value::Null), capture: IndexMap::new() }],
        ..check(Subject::Log { of: logical("TakeOrder"), filter: Some("taken".into()) })
    };
    let transcript = tried(&cloud.listen().await, &check).await;
    let expected = json!({ "events": [{ "message": "order taken", "timestamp": 7, "stream": "s" }] });
    assert_eq!(transcript.observation, Observation::Seen(expected));
    let (_, asked) = cloud.asked().pop().unwrap();
    assert_eq!(
        (&asked["logGroupName"], &asked["filterPattern"]),
        (&json!("/aws/lambda/taker"), &json!("taken"))
    );
    assert!(asked["startTime"].as_i64().unwrap() >= before);
}

/// What a check of the log sees of the function, and which log groups were asked for.
async fn logged(cloud: Cloud, logging: Value, filter: Option<&str>) -> (Observation, Vec<Value>) {
    let mut inspection = inspection();
    inspection.resources[3].properties = json!({ "LoggingConfig": logging });
    let check = check(Subject::Log { of: logical("TakeOrder"), filter: filter.map(str::to_owned) });
    let world = cloud.listen().await;
    let seen = Probe::new(&world, &check, &Variables::new(), Variables::new()).attempt(&inspection).await;
    let asked = cloud.asked().into_iter().filter(|(operation, _)| operation == "FilterLogEvents");
    (seen, asked.map(|(_, asked)| asked["logGroupName"].clone()).collect())
}

#[tokio::test]
async fn a_log_is_read_where_the_function_writes_it_and_not_what_others_write_there() {
    let event = |stream: &str| json!({ "message": "taken", "timestamp": 7, "logStreamName": stream });
    let events = ["2026/11/22/taker[$LATEST]a", "2026/11/22/giver[$LATEST]b"].map(event);
    let cloud = Cloud::default().answer("FilterLogEvents", 200, "", json!({ "events": events }));
    let (seen, groups) = logged(cloud, json!({ "LogGroup": "shop" }), None).await;
    let own = json!([{ "message": "taken", "timestamp": 7, "stream": "2026/11/22/taker[$LATEST]a" }]);
    assert_eq!((seen, groups), (Observation::Seen(json!({ "events": own })), vec![json!("shop")]));
}

#[tokio::test]
async fn what_a_function_logs_as_json_is_found_by_what_it_said() {
    let record =
        |message: &str| json!({ "timestamp": "t", "level": "INFO", "requestId": "r", "message": message });
    let event = |at: u64, message: &str| json!({ "message": record(message).to_string(), "timestamp": at, "logStreamName": "s" });
    let filter = r#""\"sold\"""#;
    let cloud = Cloud::default()
        .answer(&format!("FilterLogEvents {filter}"), 200, "", json!({ "events": [] }))
        .answer(
            "FilterLogEvents",
            200,
            "",
            json!({ "events": [event(1, "begun"), event(2, r#"{"event": "sold"}"#)] }),
        )
        .answer("TestMetricFilter", 200, "", json!({ "matches": [{ "eventNumber": 2 }] }));
    let (seen, _) = logged(cloud.clone(), json!({ "LogFormat": "JSON" }), Some(filter)).await;
    let sold = r#"{"event": "sold"}"#;
    let expected = json!([{ "message": sold, "timestamp": 2, "stream": "s", "record": record(sold) }]);
    assert_eq!(seen, Observation::Seen(json!({ "events": expected })));
    let (_, tried) = cloud.asked().pop().unwrap();
    assert_eq!(tried, json!({ "filterPattern": filter, "logEventMessages": ["begun", sold] }));

    let (seen, _) = logged(cloud, json!({ "LogFormat": "Text" }), Some(filter)).await;
    assert_eq!(
        seen,
        Observation::Seen(json!({ "events": [] })),
        "plain text is what CloudWatch Logs looks at"
    );
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_never_the_candidates_fault() {
    let world = world("http://127.0.0.1:1");
    let log = Subject::Log { of: logical("TakeOrder"), filter: None };
    for subject in [Subject::Http(post(Value::Null)), invocation(), item(), log] {
        let seen = tried(&world, &check(subject)).await.observation;
        assert!(trouble(TroubleKind::Unreachable)(&seen), "{seen:?}");
    }
}

#[tokio::test]
async fn a_second_look_does_not_act_again() {
    let cloud = Cloud::default().answer("/orders", 201, "", json!({})).answer("GetItem", 200, "", json!({}));
    let world = cloud.listen().await;
    let check = Check {
        when: vec![Act::Http { request: post(Value::Null), capture: IndexMap::new() }],
        ..check(item())
    };
    let mut probe = Probe::new(&world, &check, &Variables::new(), Variables::new());
    probe.attempt(&inspection()).await;
    let seen = probe.attempt_after(&inspection()).await;
    assert_eq!(seen, Observation::Seen(json!({ "found": false, "item": null })));
    let asked: Vec<_> = cloud.asked().into_iter().map(|(key, _)| key).collect();
    assert_eq!(asked, ["/orders", "GetItem", "GetItem"]);
}

#[tokio::test]
async fn credentials_do_not_get_into_the_transcript() {
    let leak = json!({ "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIK7MDENGbPxRfiCY", "id": "o-1" });
    let cloud = Cloud::default().answer("/orders", 200, "", leak);
    let transcript = tried(&cloud.listen().await, &check(Subject::Http(post(Value::Null)))).await;
    let kept = serde_json::to_string(&transcript).unwrap();
    assert!(!kept.contains("wJalrXUtnFEMI") && kept.contains("o-1"), "{kept}");
}
