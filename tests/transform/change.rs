use std::collections::BTreeMap;
use std::path::Path;

use proofmark::context::Random;
use proofmark::evidence::{Binding, Inspection, Way};
use proofmark::inspect::{inspect, label};
use proofmark::provision::{Blueprint, Redeploy, Site, Stack, provision, teardown, update};
use proofmark::source::{FileTree, read_folder};
use proofmark::target::lease_embedded;
use proofmark::template::Template;
use serde_json::{Value, json};

use crate::support::Lab;

struct World {
    _lab: Lab,
    site: Site,
    files: FileTree,
}

/// A stack whose template and files are among the fixtures.
impl World {
    async fn new() -> Self {
        let lab = Lab::new();
        let (url, token) = (lab.sandbox.endpoint_url(), lab.sandbox.admin_token.clone());
        let lease = lease_embedded(&url, &token, "eu-west-1").await.unwrap();
        let files = read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/templates")).unwrap();
        Self { _lab: lab, site: Site::new(lease.clients, Random::from_seed(1)), files }
    }

    fn text(&self, name: &str) -> String {
        self.files.text(&format!("plain/{name}")).unwrap().to_owned()
    }

    async fn put_up(&self, text: &str) -> Stack {
        let template = Template::parse("template.yaml", text).unwrap();
        let parameters = BTreeMap::new();
        let blueprint =
            Blueprint { stack: "shop", template: &template, files: &self.files, parameters: &parameters };
        provision(&self.site, &blueprint).await.unwrap()
    }

    async fn change(&self, stack: &Stack, text: &str) -> Stack {
        let template = Template::parse("template.yaml", text).unwrap();
        let parameters = BTreeMap::new();
        let blueprint =
            Blueprint { stack: "shop", template: &template, files: &self.files, parameters: &parameters };
        update(&self.site, stack, &blueprint, Redeploy::Never).await.unwrap()
    }

    async fn look(&self, stack: &Stack) -> Inspection {
        let mut inspection = inspect(&self.site.clients).await;
        label(&mut inspection, stack);
        inspection
    }

    async fn take_down(&self, stack: &Stack) {
        teardown(&self.site, stack).await.unwrap();
        let left: Vec<String> =
            inspect(&self.site.clients).await.resources.into_iter().map(|resource| resource.key).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// Returns a part of a resource's properties, by its logical id.
fn part(inspection: &Inspection, id: &str, pointer: &str) -> Value {
    let found = inspection.resources.iter().find(|resource| resource.logical_id.as_deref() == Some(id));
    let found = found.unwrap_or_else(|| panic!("{id} is not there"));
    found.properties.pointer(pointer).cloned().unwrap_or_default()
}

/// Puts a template up, changes it and changes it back: what the changes say is what stands, and no part was made anew.
async fn comes_and_goes(name: &str, changes: &[(&str, &str)], seen: &[(&str, &str, Value, Value)]) {
    let world = World::new().await;
    let before = world.text(name);
    let mut after = before.clone();
    for (from, to) in changes {
        assert!(after.contains(from), "{name} has no `{from}`");
        after = after.replace(from, to);
    }
    let made = world.put_up(&before).await;
    let changed = world.change(&made, &after).await;
    let inspection = world.look(&changed).await;
    for (id, pointer, _, expected) in seen {
        assert_eq!(&part(&inspection, id, pointer), expected, "{name}: {id}{pointer} after the change");
        assert_eq!(changed.physical_id(id), made.physical_id(id), "{name}: {id} was made anew");
    }
    let back = world.change(&changed, &before).await;
    let inspection = world.look(&back).await;
    for (id, pointer, expected, _) in seen {
        assert_eq!(&part(&inspection, id, pointer), expected, "{name}: {id}{pointer} after the way back");
    }
    world.take_down(&back).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_mappings_and_their_policies_change_in_place() {
    let changes = [
        ("VisibilityTimeout: 45", "VisibilityTimeout: 60"),
        ("maxReceiveCount: \"2\"", "maxReceiveCount: 5"),
        ("BatchSize: 5", "BatchSize: 3"),
        ("      FunctionResponseTypes: [ReportBatchItemFailures]\n", ""),
        ("      FilterCriteria: { Filters: [{ Pattern: '{\"body\":{\"kind\":[\"order\"]}}' }] }\n", ""),
        ("MessageRetentionPeriod: 1209600", "DelaySeconds: 5"),
    ];
    let filters = json!([{"Pattern": {"body": {"kind": ["order"]}}}]);
    let seen = [
        ("Jobs", "/VisibilityTimeout", json!(45), json!(60)),
        ("Jobs", "/RedrivePolicy/maxReceiveCount", json!(2), json!(5)),
        ("Failed", "/MessageRetentionPeriod", json!(1_209_600), json!(345_600)),
        ("Failed", "/DelaySeconds", json!(0), json!(5)),
        ("Mapping", "/BatchSize", json!(5), json!(3)),
        ("Mapping", "/FunctionResponseTypes", json!(["ReportBatchItemFailures"]), Value::Null),
        ("Mapping", "/FilterCriteria/Filters", filters, Value::Null),
    ];
    comes_and_goes("queue-parts.yaml", &changes, &seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_apis_and_their_parts_change_in_place() {
    let changes = [
        ("CorsConfiguration: { AllowOrigins: [\"*\"] }", "Description: sells things"),
        ("RouteKey: \"GET /orders/{id}\"", "RouteKey: \"GET /orders/{order}\""),
        ("{ \"GET /orders/{id}\": { ThrottlingBurstLimit: 5 } }", "{}"),
        ("StageVariables: { colour: green }", "StageVariables: { size: large }"),
        (
            "      AuthorizationType: JWT\n      AuthorizerId: !Ref Tokens\n      AuthorizationScopes: [write]\n",
            "",
        ),
        ("Audience: [shop]", "Audience: [till]"),
        ("PayloadFormatVersion: \"2.0\"", "PayloadFormatVersion: \"1.0\""),
    ];
    let seen = [
        ("Shop", "/CorsConfiguration/AllowOrigins", json!(["*"]), Value::Null),
        ("Shop", "/Description", Value::Null, json!("sells things")),
        ("Read", "/RouteKey", json!("GET /orders/{id}"), json!("GET /orders/{order}")),
        ("Live", "/RouteSettings", json!({"GET /orders/{id}": {"ThrottlingBurstLimit": 5}}), Value::Null),
        ("Live", "/StageVariables", json!({"colour": "green"}), json!({"size": "large"})),
        ("Write", "/AuthorizationType", json!("JWT"), json!("NONE")),
        ("Tokens", "/JwtConfiguration/Audience", json!(["shop"]), json!(["till"])),
        ("Behind", "/PayloadFormatVersion", json!("2.0"), json!("1.0")),
    ];
    comes_and_goes("http-parts.yaml", &changes, &seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buckets_and_authorizers_of_rest_apis_change_in_place() {
    let changes = [
        ("Status: Enabled", "Status: Suspended"),
        ("AllowedMethods: [GET]", "AllowedMethods: [GET, PUT]"),
        ("Value: .png", "Value: .jpg"),
        (
            "      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true }\n",
            "",
        ),
    ];
    let rules = "/NotificationConfiguration/QueueConfigurations/0/Filter/S3Key/Rules/0/Value";
    let seen = [
        ("Pictures", "/VersioningConfiguration/Status", json!("Enabled"), json!("Suspended")),
        ("Pictures", "/CorsConfiguration/CorsRules/0/AllowedMethods", json!(["GET"]), json!(["GET", "PUT"])),
        ("Pictures", rules, json!(".png"), json!(".jpg")),
        ("Pictures", "/PublicAccessBlockConfiguration/BlockPublicAcls", json!(true), Value::Null),
    ];
    comes_and_goes("bucket-parts.yaml", &changes, &seen).await;
    let changes = [
        ("Name: gate", "Name: door"),
        ("method.request.header.Authorization", "method.request.header.X-Key"),
        ("AuthorizerResultTtlInSeconds: 0", "AuthorizerResultTtlInSeconds: 60"),
    ];
    let source = |name: &str| json!(format!("method.request.header.{name}"));
    let seen = [
        ("Callers", "/Name", json!("gate"), json!("door")),
        ("Callers", "/IdentitySource", source("Authorization"), source("X-Key")),
        ("Callers", "/AuthorizerResultTtlInSeconds", json!(0), json!(60)),
    ];
    comes_and_goes("rest-authorizer.yaml", &changes, &seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_rules_and_buses_change_in_place() {
    let changes = [
        ("DisplayName: News of the shop", "DisplayName: News"),
        ("RawMessageDelivery: true", "RawMessageDelivery: false"),
        ("FilterPolicy: { kind: [order] }", "FilterPolicy: { kind: [order, return] }"),
        ("      RedrivePolicy: { deadLetterTargetArn: !GetAtt Failed.Arn }\n", ""),
    ];
    let kinds = |kinds: &[&str]| json!({ "kind": kinds });
    let seen = [
        ("News", "/DisplayName", json!("News of the shop"), json!("News")),
        ("OfOrders", "/RawMessageDelivery", json!(true), json!(false)),
        ("OfOrders", "/FilterPolicy", kinds(&["order"]), kinds(&["order", "return"])),
    ];
    comes_and_goes("topic-parts.yaml", &changes, &seen).await;
    let changes = [
        ("Description: Of the shop", "Description: Of all shops"),
        ("detail-type: [order]", "detail-type: [order, return]"),
        ("        - { Id: topic, Arn: !Ref News }\n", ""),
        ("MaximumRetryAttempts: 2", "MaximumRetryAttempts: 0"),
        ("State: DISABLED", "State: ENABLED"),
    ];
    let seen = [
        ("Bus", "/Description", json!("Of the shop"), json!("Of all shops")),
        ("OfOrders", "/EventPattern/detail-type", json!(["order"]), json!(["order", "return"])),
        ("OfOrders", "/Targets/0/RetryPolicy/MaximumRetryAttempts", json!(2), json!(0)),
        ("OfOrders", "/Targets/1/Id", json!("topic"), Value::Null),
        ("Nightly", "/State", json!("DISABLED"), json!("ENABLED")),
    ];
    comes_and_goes("rule-parts.yaml", &changes, &seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_feeds_what_is_found_whatever_it_is_called() {
    let world = World::new().await;
    let stack = world.put_up(&world.text("queue-parts.yaml")).await;
    let inspection = world.look(&stack).await;
    let logical = |id: &str| Binding::Logical(id.to_owned());
    let from = |way, start: Binding| Binding::From { way, start: Box::new(start) };
    let worker = from(Way::Consumer, logical("Jobs"));
    let bound = |binding: &Binding, wanted: &str| {
        let found =
            inspection.bind(binding, wanted).map(|found| found.logical_id.clone().unwrap_or_default());
        found.unwrap_or_else(|unbound| unbound.to_string())
    };
    assert_eq!(bound(&worker, "AWS::Lambda::Function"), "Work");
    assert_eq!(bound(&worker, "AWS::IAM::Role"), "Role");
    assert_eq!(bound(&worker, "AWS::Lambda::EventSourceMapping"), "Mapping");
    assert_eq!(bound(&worker, "AWS::SQS::Queue"), "InOrder");
    assert_eq!(bound(&from(Way::Source, worker.clone()), "AWS::SQS::Queue"), "Jobs");
    let failures = from(Way::DeadLetters, from(Way::Source, worker));
    assert_eq!(bound(&failures, "AWS::SQS::Queue"), "Failed");
    world.take_down(&stack).await;

    let stack = world.put_up(&world.text("http-parts.yaml")).await;
    let inspection = world.look(&stack).await;
    let route = Binding::Route { api: None, method: "GET".to_owned(), path: "/orders/{any}".to_owned() };
    let found = inspection.bind(&route, "AWS::IAM::Role").unwrap();
    assert_eq!(found.logical_id.as_deref(), Some("Role"));
    let live = inspection.live_route(Some("Shop"), "POST", "/orders").unwrap();
    assert_eq!(
        (&live.route["authorization"], &live.route["integration"]["type"]),
        (&json!("JWT"), &json!("AWS_PROXY"))
    );
    world.take_down(&stack).await;
}
