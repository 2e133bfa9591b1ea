use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use serde_json::{Value, json};

use super::Lease;
use super::freeze::overlook_freeze;
use crate::aws::{Clients, Failure, Outcome as _};
use crate::evidence::{Aspect, Inspection};

const REST_API: &str = "AWS::ApiGateway::RestApi";
const STAGE: &str = "AWS::ApiGateway::Stage";
const DEPLOYMENT: &str = "AWS::ApiGateway::Deployment";

/// Notes in an inspection what the target does otherwise than AWS, so that no verdict hangs on it.
pub async fn temper(lease: &Lease, inspection: &mut Inspection) {
    overlook_freeze(inspection);
    let profile = lease.profile;
    for (aspect, words) in profile.lacks {
        inspection.lacks.insert(*aspect, format!("({}) {words}", profile.title));
    }
    if !inspection.lacks.contains_key(&Aspect::Deployments) {
        return;
    }
    if profile.logs_changes
        && serves_newest(inspection)
        && deployed_last(&lease.clients).await.unwrap_or(false)
    {
        inspection.lacks.remove(&Aspect::Deployments);
        return;
    }
    for stage in inspection.resources.iter_mut().filter(|resource| resource.kind == STAGE) {
        if let Some(live) = stage.attributes.get_mut("live") {
            live["source"] = json!("draft");
        }
    }
}

/// Whether there is one API, and each of its stages serves the one deployment that is younger than all others.
fn serves_newest(inspection: &Inspection) -> bool {
    if inspection.of_type(REST_API).count() != 1 {
        return false;
    }
    let mut made: Vec<(f64, &str)> = inspection
        .of_type(DEPLOYMENT)
        .filter_map(|one| Some((one.attributes["CreatedDate"].as_f64()?, one.id.as_str())))
        .collect();
    made.sort_by(|one, other| other.0.total_cmp(&one.0));
    let newest = match made.as_slice() {
        [(_, only)] => *only,
        [(first, newest), (second, _), ..] if first > second => *newest,
        _ => return false,
    };
    inspection.of_type(STAGE).all(|stage| stage.properties["DeploymentId"] == newest)
}

/// Whether the last change to an API was to deploy it. The log shows requests by their method and what was in their bodies.
async fn deployed_last(clients: &Clients) -> Result<bool, Failure> {
    let by = |key: LookupAttributeKey, value: &str| {
        LookupAttribute::builder().attribute_key(key).attribute_value(value).build()
    };
    let call = clients
        .cloudtrail
        .lookup_events()
        .lookup_attributes(by(LookupAttributeKey::EventSource, "apigateway.amazonaws.com")?)
        .lookup_attributes(by(LookupAttributeKey::ReadOnly, "false")?);
    let events = call.send().await.during("cloudtrail:LookupEvents")?.events.unwrap_or_default();
    Ok(events.iter().map(change).find(|change| *change != Change::Harmless) == Some(Change::Deployed))
}

/// What an event did to an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Deployed,
    /// A stage, or tags.
    Harmless,
    Changed,
}

fn change(event: &Event) -> Change {
    let record = event.cloud_trail_event.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let Some(record) = record else { return Change::Changed };
    let method = record["eventName"].as_str().and_then(|name| name.split('.').next()).unwrap_or_default();
    let empty = serde_json::Map::new();
    let sent = record["requestParameters"].as_object().unwrap_or(&empty);
    let has = |name: &str| sent.contains_key(name);
    match method {
        // Whatever else is made has a name or a place.
        "POST" if has("deploymentId") => Change::Harmless,
        "POST" if !has("name") && !has("pathPart") && !has("parentId") => Change::Deployed,
        "PUT" if has("tags") => Change::Harmless,
        _ => Change::Changed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, sent: &Value) -> Change {
        let record = json!({ "eventName": name, "requestParameters": sent });
        change(&Event::builder().cloud_trail_event(record.to_string()).build())
    }

    #[test]
    fn a_deployment_is_told_from_what_changes_an_api() {
        assert_eq!(told("POST.apigateway", &json!({ "stageName": "live" })), Change::Deployed);
        assert_eq!(told("POST.apigateway", &json!({})), Change::Deployed);
        let stage = json!({ "stageName": "live", "deploymentId": "d1" });
        assert_eq!(told("POST.apigateway", &stage), Change::Harmless);
        assert_eq!(told("PUT.apigateway", &json!({ "tags": {} })), Change::Harmless);
        for (name, sent) in [
            ("PUT.apigateway", json!({ "type": "MOCK" })),
            ("PUT.apigateway", json!({})),
            ("POST.apigateway", json!({ "pathPart": "orders" })),
            ("POST.apigateway", json!({ "name": "a model" })),
            ("PATCH.apigateway", json!({ "patchOperations": [] })),
            ("DELETE.apigateway", json!({})),
        ] {
            assert_eq!(told(name, &sent), Change::Changed, "{name} {sent}");
        }
        assert_eq!(change(&Event::builder().build()), Change::Changed);
    }

    #[test]
    fn a_stage_is_believed_when_it_serves_the_only_newest_deployment() {
        let world = |deployments: &[(&str, f64)], served: &str| {
            let mut resources = vec![
                json!({ "key": "a", "type": REST_API, "id": "a", "properties": {} }),
                json!({ "key": "s", "type": STAGE, "id": "s", "properties": { "DeploymentId": served } }),
            ];
            resources.extend(deployments.iter().map(|(id, made)| {
                json!({ "key": id, "type": DEPLOYMENT, "id": id, "properties": {}, "attributes": { "CreatedDate": made } })
            }));
            let world =
                json!({ "account": "1", "region": "r", "gaps": [], "links": [], "resources": resources });
            serves_newest(&serde_json::from_value(world).unwrap())
        };
        assert!(world(&[("d1", 1.0)], "d1"));
        assert!(world(&[("d1", 1.0), ("d2", 2.0)], "d2"));
        assert!(!world(&[("d1", 1.0), ("d2", 2.0)], "d1"));
        assert!(!world(&[("d1", 2.0), ("d2", 2.0)], "d2"), "nobody knows which came last");
        assert!(!world(&[], "d1"));
    }
}
