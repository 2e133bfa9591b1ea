use serde_json::{Map, Value, json};

use super::expansion::{Expansion, Inherited};
use super::hash::suffix;
use super::part::{Built, Part};
use super::{api, http_api};

/// The REST API of events that name none.
pub(super) const REST_API: &str = "ServerlessRestApi";
/// The HTTP API of events that name none.
pub(super) const HTTP_API: &str = "ServerlessHttpApi";

impl Expansion<'_> {
    /// Returns what the stage of an API of this template is called in logical ids, or `None` when it is no API of that type.
    pub(super) fn api_stage(&self, id: &str, kind: &str) -> Option<String> {
        if id == REST_API || id == HTTP_API {
            return Some("Prod".to_owned());
        }
        let body = self.source.document.get("Resources")?.get(id)?;
        if body["Type"] != kind {
            return None;
        }
        Some(stage_words(body.get("Properties").and_then(|properties| properties.get("StageName"))))
    }
}

/// Returns a stage's name as logical ids have it.
pub(super) fn stage_words(name: Option<&Value>) -> String {
    match name.and_then(Value::as_str) {
        Some(name) if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => name.to_owned(),
        Some(name) => suffix(name),
        None => "Stage".to_owned(),
    }
}

/// Makes the APIs that are there because an event names none: what `Globals` says of APIs holds for them.
pub(super) fn expand(expansion: &mut Expansion<'_>, globals: &Value) {
    for (id, section) in [(REST_API, "Api"), (HTTP_API, "HttpApi")] {
        let routes: Vec<_> = expansion.routes.iter().filter(|route| route.api == id).collect();
        let Some(first) = routes.first() else { continue };
        let origin = first.at.clone();
        let mut conditions: Vec<Option<String>> = Vec::new();
        for route in routes {
            if !conditions.contains(&route.condition) {
                conditions.push(route.condition.clone());
            }
        }
        let mut inherited = Inherited { origin, attributes: Map::new() };
        if let Some(condition) = combined(expansion, &conditions, &format!("{id}Condition")) {
            inherited = inherited.with("Condition", condition);
        }
        for key in ["DeletionPolicy", "UpdateReplacePolicy"] {
            if let Some(policy) = policy_of_functions(expansion, id, key) {
                inherited = inherited.with(key, policy);
            }
        }
        let mut properties = globals.get(section).cloned().unwrap_or_else(|| json!({}));
        if section == "Api"
            && let Some(properties) = properties.as_object_mut()
        {
            properties.insert("StageName".to_owned(), "Prod".into());
        }
        let part = Part::new(&properties, format!("/Globals/{section}"));
        if section == "Api" {
            api::make(expansion, id, &inherited, &part);
        } else {
            http_api::make(expansion, id, &inherited, &part);
        }
    }
}

/// Returns the condition under which any of several holds; `None` when one of them is always.
pub(super) fn combined(
    expansion: &mut Expansion<'_>,
    conditions: &[Option<String>],
    name: &str,
) -> Option<String> {
    let all: Option<Vec<&String>> = conditions.iter().map(Option::as_ref).collect();
    match all?.as_slice() {
        [] => None,
        [only] => Some((*only).clone()),
        several => {
            let mut sorted: Vec<&&String> = several.iter().collect();
            sorted.sort_unstable();
            let list: Vec<Value> = sorted.iter().map(|name| json!({ "Condition": name })).collect();
            expansion.conditions.insert(name.to_owned(), json!({ "Fn::Or": list }));
            Some(name.to_owned())
        }
    }
}

/// What the functions of an implicit API say about its end goes for the API too.
fn policy_of_functions(expansion: &Expansion<'_>, api: &str, key: &str) -> Option<Value> {
    let resources = expansion.source.document.get("Resources")?.as_object()?;
    let of_routes = expansion.routes.iter().filter(|route| route.api == api);
    let mut found = of_routes.filter_map(|route| {
        let id = route.at.split('/').nth(2)?;
        resources.get(id)?.get(key).cloned()
    });
    found.next()
}

/// Starts the properties of an API with what both kinds have in common.
pub(super) fn body_of(document: Value, origin: &Part<'_>) -> Built {
    let mut built = Built::new();
    built.made_of("Body", document, origin);
    built
}
