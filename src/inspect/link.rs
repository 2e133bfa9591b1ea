use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::integration_uri::function;
use crate::evidence::{Inspection, Link, LinkKind, Resource};

const FUNCTION: &str = "AWS::Lambda::Function";
const ROLE: &str = "AWS::IAM::Role";
const TABLE: &str = "AWS::DynamoDB::Table";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";
const API: &str = "AWS::ApiGateway::RestApi";
const STAGE: &str = "AWS::ApiGateway::Stage";

/// Links the resources of an inspection, and names the function of each live route.
pub(super) fn link(inspection: &mut Inspection) {
    let index = Index::of(&inspection.resources);
    let mut links = BTreeSet::new();
    for resource in &mut inspection.resources {
        match resource.kind.as_str() {
            FUNCTION => of_function(resource, &index, &mut links),
            STAGE => of_stage(resource, &index, &mut links),
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
            kind if kind.starts_with("AWS::ApiGateway::") && kind != API => {
                let whole = format!("{API}/{}", text(resource, "RestApiId"));
                join(&index, &mut links, &resource.key, &whole, LinkKind::PartOf);
            }
            _ => {}
        }
    }
    inspection.links = links.into_iter().collect();
}

/// What links lead to.
struct Index {
    keys: BTreeSet<String>,
    /// Key by ARN: roles, functions, tables.
    arns: BTreeMap<String, String>,
    /// Key by name.
    tables: BTreeMap<String, String>,
}

impl Index {
    fn of(resources: &[Resource]) -> Self {
        let arns =
            resources.iter().filter_map(|resource| Some((resource.arn.clone()?, resource.key.clone())));
        let tables = resources.iter().filter(|resource| resource.kind == TABLE);
        Self {
            keys: resources.iter().map(|resource| resource.key.clone()).collect(),
            arns: arns.collect(),
            tables: tables.map(|table| (table.id.clone(), table.key.clone())).collect(),
        }
    }

    /// Returns the key of the function that an integration's URI names, if it stands in this account and region.
    fn function(&self, uri: &str, variables: &Map<String, Value>) -> Option<String> {
        let target = function(uri, variables)?;
        self.arns.get(&target.arn).cloned()
    }
}

fn join(index: &Index, links: &mut BTreeSet<Link>, from: &str, to: &str, kind: LinkKind) {
    if index.keys.contains(to) {
        links.insert(Link { from: from.to_owned(), to: to.to_owned(), kind });
    }
}

fn of_function(resource: &Resource, index: &Index, links: &mut BTreeSet<Link>) {
    let role = text(resource, "Role");
    // A role's path is part of its ARN; where the function names it otherwise, the last part is its name.
    let role = index.arns.get(role).cloned();
    let role = role.unwrap_or_else(|| {
        format!("{ROLE}/{}", text(resource, "Role").rsplit('/').next().unwrap_or_default())
    });
    join(index, links, &resource.key, &role, LinkKind::ExecutionRole);

    let named = resource.attributes["LogGroup"].as_str().map(str::to_owned);
    let group = named.unwrap_or_else(|| format!("/aws/lambda/{}", resource.id));
    join(index, links, &resource.key, &format!("{LOG_GROUP}/{group}"), LinkKind::LogsTo);

    let variables = resource.properties["Environment"]["Variables"].as_object();
    for value in variables.into_iter().flatten().filter_map(|(_, value)| value.as_str()) {
        let used = index.tables.get(value).or_else(|| index.arns.get(value));
        if let Some(key) = used.filter(|key| **key != resource.key) {
            join(index, links, &resource.key, key, LinkKind::Uses);
        }
    }
}

fn of_stage(resource: &mut Resource, index: &Index, links: &mut BTreeSet<Link>) {
    let api = text(resource, "RestApiId").to_owned();
    join(index, links, &resource.key, &format!("{API}/{api}"), LinkKind::PartOf);
    let deployment = format!("AWS::ApiGateway::Deployment/{api}/{}", text(resource, "DeploymentId"));
    join(index, links, &resource.key, &deployment, LinkKind::Serves);

    let variables = resource.properties["Variables"].as_object().cloned().unwrap_or_default();
    let routes = resource.attributes.get_mut("live").and_then(|live| live.get_mut("routes"));
    for route in routes.and_then(Value::as_array_mut).into_iter().flatten() {
        let uri = route["integration"]["uri"].as_str().unwrap_or_default();
        if let Some(function) = index.function(uri, &variables) {
            join(index, links, &resource.key, &function, LinkKind::LiveInvokes);
            route["function"] = function.into();
        }
    }
}

fn text<'a>(resource: &'a Resource, property: &str) -> &'a str {
    resource.properties[property].as_str().unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::field_reassign_with_default, reason = "the resources are what a test is about")]
mod tests {
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
}
