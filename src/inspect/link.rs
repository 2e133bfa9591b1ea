use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::flow;
use super::index::{Index, join};
use crate::evidence::{Inspection, Link, LinkKind, Resource};

const FUNCTION: &str = "AWS::Lambda::Function";
const ROLE: &str = "AWS::IAM::Role";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";
const API: &str = "AWS::ApiGateway::RestApi";
const STAGE: &str = "AWS::ApiGateway::Stage";
const HTTP_API: &str = "AWS::ApiGatewayV2::Api";
const HTTP_STAGE: &str = "AWS::ApiGatewayV2::Stage";
/// What an account has beside its APIs.
const OF_ACCOUNT: [&str; 5] = [
    API,
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
];

/// Links the resources of an inspection, and names the function of each live route.
pub(super) fn link(inspection: &mut Inspection) {
    let index = Index::of(&inspection.resources);
    let mut links = BTreeSet::new();
    for resource in &mut inspection.resources {
        match resource.kind.as_str() {
            FUNCTION => of_function(resource, &index, &mut links),
            STAGE => {
                let api = text(resource, "RestApiId").to_owned();
                of_stage(resource, &index, &mut links, (API, &api), "Variables");
            }
            HTTP_STAGE => {
                let api = text(resource, "ApiId").to_owned();
                of_stage(resource, &index, &mut links, (HTTP_API, &api), "StageVariables");
            }
            "AWS::Lambda::Alias" => {
                let function = format!("{FUNCTION}/{}", text(resource, "FunctionName"));
                join(&index, &mut links, &resource.key, &function, LinkKind::PartOf);
            }
            "AWS::ApiGateway::Method" => {
                let api = text(resource, "RestApiId");
                let whole = format!("AWS::ApiGateway::Resource/{api}/{}", text(resource, "ResourceId"));
                join(&index, &mut links, &resource.key, &whole, LinkKind::PartOf);
                let uri = resource.properties["Integration"]["Uri"].as_str().unwrap_or_default();
                if let Some(function) = index.function(uri, &Map::new()) {
                    join(&index, &mut links, &resource.key, &function, LinkKind::Invokes);
                }
            }
            "AWS::ApiGateway::UsagePlan" => of_plan(resource, &index, &mut links),
            "AWS::ApiGateway::UsagePlanKey" => {
                let plan = format!("AWS::ApiGateway::UsagePlan/{}", text(resource, "UsagePlanId"));
                let key = format!("AWS::ApiGateway::ApiKey/{}", text(resource, "KeyId"));
                join(&index, &mut links, &resource.key, &plan, LinkKind::PartOf);
                join(&index, &mut links, &resource.key, &key, LinkKind::Uses);
                join(&index, &mut links, &plan, &key, LinkKind::Uses);
            }
            kind if kind.starts_with("AWS::ApiGateway::") && !OF_ACCOUNT.contains(&kind) => {
                let whole = format!("{API}/{}", text(resource, "RestApiId"));
                join(&index, &mut links, &resource.key, &whole, LinkKind::PartOf);
                invokes(resource, &index, &mut links, "AuthorizerUri");
            }
            kind if kind.starts_with("AWS::ApiGatewayV2::") && kind != HTTP_API => {
                let api = text(resource, "ApiId");
                join(&index, &mut links, &resource.key, &format!("{HTTP_API}/{api}"), LinkKind::PartOf);
                invokes(resource, &index, &mut links, "IntegrationUri");
                invokes(resource, &index, &mut links, "AuthorizerUri");
                if let Some(id) = text(resource, "Target").strip_prefix("integrations/") {
                    let integration = format!("AWS::ApiGatewayV2::Integration/{api}/{id}");
                    join(&index, &mut links, &resource.key, &integration, LinkKind::Uses);
                }
            }
            _ => {
                flow::link(resource, &index, &mut links);
            }
        }
    }
    inspection.links = links.into_iter().collect();
}

fn of_function(resource: &Resource, index: &Index, links: &mut BTreeSet<Link>) {
    let role = text(resource, "Role");
    // A role's path is part of its ARN; where the function names it otherwise, the last part is its name.
    let role = index.at(role);
    let role = role.unwrap_or_else(|| {
        format!("{ROLE}/{}", text(resource, "Role").rsplit('/').next().unwrap_or_default())
    });
    join(index, links, &resource.key, &role, LinkKind::ExecutionRole);

    join(index, links, &resource.key, &format!("{LOG_GROUP}/{}", resource.log_group()), LinkKind::LogsTo);

    let variables = resource.properties["Environment"]["Variables"].as_object();
    let values = variables.into_iter().flatten().map(|(_, value)| value);
    let layers = resource.properties["Layers"].as_array();
    for value in values.chain(layers.into_iter().flatten()).filter_map(Value::as_str) {
        if let Some(key) = index.named(value).filter(|key| *key != resource.key) {
            join(index, links, &resource.key, &key, LinkKind::Uses);
        }
    }
    let failures = resource.properties["DeadLetterConfig"]["TargetArn"].as_str();
    if let Some(key) = failures.and_then(|arn| index.at(arn)) {
        join(index, links, &resource.key, &key, LinkKind::DeadLetters);
    }
}

/// `api` is the type of the stage's API, and its id.
fn of_stage(
    resource: &mut Resource,
    index: &Index,
    links: &mut BTreeSet<Link>,
    (kind, api): (&str, &str),
    variables: &str,
) {
    join(index, links, &resource.key, &format!("{kind}/{api}"), LinkKind::PartOf);
    let family = kind.rsplit_once("::").map_or(kind, |(family, _)| family);
    let deployment = format!("{family}::Deployment/{api}/{}", text(resource, "DeploymentId"));
    join(index, links, &resource.key, &deployment, LinkKind::Serves);

    let variables = resource.properties[variables].as_object().cloned().unwrap_or_default();
    let routes = resource.attributes.get_mut("live").and_then(|live| live.get_mut("routes"));
    for route in routes.and_then(Value::as_array_mut).into_iter().flatten() {
        let uri = route["integration"]["uri"].as_str().unwrap_or_default();
        if let Some(function) = index.function(uri, &variables) {
            join(index, links, &resource.key, &function, LinkKind::LiveInvokes);
            route["function"] = function.into();
        }
    }
}

fn of_plan(resource: &Resource, index: &Index, links: &mut BTreeSet<Link>) {
    for stage in resource.properties["ApiStages"].as_array().into_iter().flatten() {
        let (api, name) = (stage["ApiId"].as_str(), stage["Stage"].as_str());
        let key = format!("{STAGE}/{}/{}", api.unwrap_or_default(), name.unwrap_or_default());
        join(index, links, &resource.key, &key, LinkKind::Limits);
    }
}

fn invokes(resource: &Resource, index: &Index, links: &mut BTreeSet<Link>, property: &str) {
    if let Some(function) = index.function(text(resource, property), &Map::new()) {
        join(index, links, &resource.key, &function, LinkKind::Invokes);
    }
}

fn text<'a>(resource: &'a Resource, property: &str) -> &'a str {
    resource.properties[property].as_str().unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::field_reassign_with_default, reason = "the resources are what a test is about")]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn resource(key: &str, arn: Option<&str>, properties: Value, attributes: Value) -> Resource {
        let (kind, id) = key.split_once('/').unwrap();
        Resource {
            key: key.to_owned(),
            kind: kind.to_owned(),
            id: id.rsplit('/').next().unwrap().to_owned(),
            arn: arn.map(str::to_owned),
            logical_id: None,
            properties,
            attributes,
            tags: BTreeMap::new(),
        }
    }

    fn world() -> Inspection {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:get";
        let uri = format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{arn}/invocations");
        let mut inspection = Inspection::default();
        inspection.resources = vec![
            resource(
                "AWS::Lambda::Function/get",
                Some(arn),
                json!({"Role": "arn:aws:iam::123456789012:role/shop/reader",
                       "Environment": {"Variables": {"TABLE": "orders", "OTHER": "tables"}}}),
                json!({}),
            ),
            resource(
                "AWS::IAM::Role/reader",
                Some("arn:aws:iam::123456789012:role/shop/reader"),
                json!({}),
                json!({}),
            ),
            resource("AWS::DynamoDB::Table/orders", None, json!({}), json!({})),
            resource("AWS::ApiGateway::RestApi/a1", None, json!({}), json!({})),
            resource("AWS::ApiGateway::Deployment/a1/d1", None, json!({"RestApiId": "a1"}), json!({})),
            resource(
                "AWS::ApiGateway::Stage/a1/live",
                None,
                json!({"RestApiId": "a1", "DeploymentId": "d1"}),
                json!({"live": {"source": "deployment", "routes": [
                    {"method": "GET", "path": "/", "integration": {"uri": uri}, "function": null}]}}),
            ),
        ];
        link(&mut inspection);
        inspection
    }

    #[test]
    fn the_function_behind_a_route_its_role_and_its_table_are_lookups() {
        let world = world();
        let stage = world.get("AWS::ApiGateway::Stage/a1/live").unwrap();
        let function = stage.attributes["live"]["routes"][0]["function"].as_str().unwrap();
        assert_eq!(function, "AWS::Lambda::Function/get");
        let linked = |key, kind| world.linked(key, kind).map(|found| found.key.as_str()).collect::<Vec<_>>();
        assert_eq!(linked(function, LinkKind::ExecutionRole), ["AWS::IAM::Role/reader"]);
        assert_eq!(linked(function, LinkKind::Uses), ["AWS::DynamoDB::Table/orders"]);
        assert_eq!(linked(&stage.key, LinkKind::LiveInvokes), [function]);
        assert_eq!(linked(&stage.key, LinkKind::Serves), ["AWS::ApiGateway::Deployment/a1/d1"]);
        assert_eq!(linked(&stage.key, LinkKind::PartOf), ["AWS::ApiGateway::RestApi/a1"]);
    }

    #[test]
    fn what_is_not_there_is_not_linked() {
        let mut inspection = Inspection::default();
        inspection.resources = vec![resource(
            "AWS::Lambda::Function/get",
            None,
            json!({"Role": "arn:aws:iam::1:role/gone"}),
            json!({}),
        )];
        link(&mut inspection);
        assert!(inspection.links.is_empty());
    }

    #[test]
    fn what_moves_messages_is_linked_from_end_to_end() {
        let arn = |service: &str, rest: &str| format!("arn:aws:{service}:eu-west-1:123456789012:{rest}");
        let (jobs, failed) = (arn("sqs", "jobs"), arn("sqs", "failed"));
        let queue = |name: &str, properties: Value| {
            let key = format!("AWS::SQS::Queue/{name}");
            let mut queue = resource(&key, Some(&arn("sqs", name)), properties, json!({}));
            queue.id = format!("http://127.0.0.1:4566/123456789012/{name}");
            queue
        };
        let mut inspection = Inspection::default();
        let stream = format!("{}/stream/2026", arn("dynamodb", "table/orders"));
        inspection.resources = vec![
            queue("jobs", json!({"RedrivePolicy": {"deadLetterTargetArn": failed}})),
            queue("failed", json!({})),
            resource(
                "AWS::Lambda::Function/take",
                Some(&arn("lambda", "function:take")),
                json!({"Environment": {"Variables": {"QUEUE": "http://localhost/123456789012/jobs"}},
                       "DeadLetterConfig": {"TargetArn": failed}, "Layers": [arn("lambda", "layer:shared:1")]}),
                json!({}),
            ),
            resource(
                "AWS::Lambda::LayerVersion/shared/1",
                Some(&arn("lambda", "layer:shared:1")),
                json!({}),
                json!({}),
            ),
            resource(
                "AWS::DynamoDB::Table/orders",
                Some(&arn("dynamodb", "table/orders")),
                json!({}),
                json!({}),
            ),
            resource(
                "AWS::Lambda::EventSourceMapping/m1",
                None,
                json!({"EventSourceArn": jobs, "FunctionName": "take:live",
                       "DestinationConfig": {"OnFailure": {"Destination": failed}}}),
                json!({"FunctionArn": arn("lambda", "function:take:live")}),
            ),
            resource(
                "AWS::Lambda::EventSourceMapping/m2",
                None,
                json!({"EventSourceArn": stream, "FunctionName": "take"}),
                json!({}),
            ),
        ];
        link(&mut inspection);
        let told: Vec<String> = inspection
            .links
            .iter()
            .map(|link| {
                let short = |key: &str| key.rsplit("::").next().unwrap_or_default().to_owned();
                format!("{} {:?} {}", short(&link.from), link.kind, short(&link.to))
            })
            .collect();
        let expected = [
            "EventSourceMapping/m1 Invokes Function/take",
            "EventSourceMapping/m1 DeadLetters Queue/failed",
            "EventSourceMapping/m1 ReadsFrom Queue/jobs",
            "EventSourceMapping/m2 Invokes Function/take",
            "EventSourceMapping/m2 ReadsFrom Table/orders",
            "Function/take DeadLetters Queue/failed",
            "Function/take Uses LayerVersion/shared/1",
            "Function/take Uses Queue/jobs",
            "Queue/jobs DeadLetters Queue/failed",
        ];
        let (told, expected) = (BTreeSet::from_iter(told), BTreeSet::from(expected.map(str::to_owned)));
        assert_eq!(told, expected);
    }
}
