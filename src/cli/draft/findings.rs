use serde_json::Value;

use crate::evidence::Inspection;
use crate::template::Template;

/// What of a project stands, as far as something can be asked of it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) functions: Vec<Function>,
    pub(super) mappings: Vec<Mapping>,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) logical_id: String,
    pub(super) handler: String,
    /// Routes that lead to it: logical id of the API, method and path.
    pub(super) routes: Vec<Route>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Route {
    pub(super) api: String,
    pub(super) method: String,
    pub(super) path: String,
}

/// What feeds a function from a queue or a stream.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) logical_id: String,
    /// Where the source template says whether it is on.
    pub(super) pointer: Vec<String>,
}

impl Findings {
    pub(super) fn of(inspection: &Inspection, template: &Template) -> Self {
        let mut findings = Self::default();
        for resource in &inspection.resources {
            let Some(id) = resource.logical_id.clone() else { continue };
            match resource.kind.as_str() {
                "AWS::Lambda::Function" => {
                    // What an intrinsic says is not ours to break with a text.
                    let written = &template.document["Resources"][&id];
                    let handler =
                        resource.properties["Handler"].as_str().filter(|handler| handler.contains('.'));
                    if let (true, Some(handler)) = (written.is_object(), handler) {
                        let routes = routes(inspection, &resource.key);
                        findings.functions.push(Function {
                            logical_id: id,
                            handler: handler.to_owned(),
                            routes,
                        });
                    }
                }
                "AWS::Lambda::EventSourceMapping" => {
                    if let Some(pointer) = enabled_in(template, &id) {
                        findings.mappings.push(Mapping { logical_id: id, pointer });
                    }
                }
                _ => {}
            }
        }
        findings
    }
}

/// Returns the routes that live deployments send to a function, those without places to fill first.
fn routes(inspection: &Inspection, function: &str) -> Vec<Route> {
    let apis = ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];
    let mut found = Vec::new();
    for api in inspection.resources.iter().filter(|resource| apis.contains(&resource.kind.as_str())) {
        let (Some(id), Ok(stage)) = (&api.logical_id, inspection.stage_of(api)) else { continue };
        let live = stage.attributes.pointer("/live/routes").and_then(Value::as_array);
        for route in live.into_iter().flatten().filter(|route| route["function"] == function) {
            let (Some(method), Some(path)) = (route["method"].as_str(), route["path"].as_str()) else {
                continue;
            };
            if path.starts_with('/') {
                found.push(Route { api: id.clone(), method: method.to_owned(), path: path.to_owned() });
            }
        }
    }
    found.sort_by_key(|route| (route.path.contains('{'), route.method != "GET", route.clone()));
    found
}

/// Finds where a mapping can be turned off: in a resource of its own, or in the event of a function that it is made for.
fn enabled_in(template: &Template, id: &str) -> Option<Vec<String>> {
    let resources = template.document["Resources"].as_object()?;
    let pointer = |parts: &[&str]| Some(parts.iter().map(|part| (*part).to_owned()).collect());
    if resources.contains_key(id) {
        return pointer(&[id, "Properties", "Enabled"]);
    }
    for (function, body) in resources {
        let Some(event) = id.strip_prefix(function.as_str()) else { continue };
        if body.pointer(&format!("/Properties/Events/{event}")).is_some() {
            return pointer(&[function, "Properties", "Events", event, "Properties", "Enabled"]);
        }
    }
    None
}
