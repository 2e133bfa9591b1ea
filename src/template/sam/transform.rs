use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::expansion::Expansion;
use super::globals::with_globals;
use super::part::Part;
use super::python2::ordered;
use super::referable::settle;
use super::specification::{
    API, FUNCTION, HTTP_API, LAYER_VERSION, REFUSED_TYPES, SIMPLE_TABLE, STATE_MACHINE, TYPES,
    serverless_type,
};
use super::{api, function, http_api, implicit, layer_version, simple_table, state_machine};
use crate::source::Diagnostic;
use crate::template::{Places, Template, pointer};
use crate::text::did_you_mean;

/// The one transform that is carried out.
pub(in crate::template) const TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// Whether a template names the transform.
pub(in crate::template) fn is_serverless(document: &Value) -> bool {
    match document.get("Transform") {
        Some(Value::String(name)) => name == TRANSFORM,
        Some(Value::Array(names)) => names.iter().any(|name| name == TRANSFORM),
        _ => false,
    }
}

/// Returns what a template stands for, and everything that could not be carried out. `parameters` holds the value of each parameter
/// that has one.
pub(in crate::template) fn expand(
    template: &Template,
    parameters: &BTreeMap<String, Value>,
) -> (Template, Vec<Diagnostic>) {
    let (source, problems) = with_globals(template);
    let globals = template.document.get("Globals").cloned().unwrap_or_default();
    let mut expansion = Expansion {
        source: &source,
        parameters,
        resources: Map::new(),
        conditions: Map::new(),
        places: Places::default(),
        problems,
        referables: BTreeMap::new(),
        routes: Vec::new(),
    };
    let resources: Vec<(&str, &Value)> = source.section("Resources").collect();
    for (id, body) in &resources {
        if !kind_of(body).starts_with("AWS::Serverless::") {
            expansion.keep(id, body);
        }
    }
    each(&mut expansion, &resources, &[LAYER_VERSION.kind, SIMPLE_TABLE.kind]);
    // Functions and state machines before APIs: they put their routes on them, in the order that deployments' ids come from.
    let nothing = Map::new();
    let members = source.document.get("Resources").and_then(Value::as_object).unwrap_or(&nothing);
    let functions: Vec<(&str, &Value)> = ordered(members).into_iter().map(|id| (id, &members[id])).collect();
    each(&mut expansion, &functions, &[FUNCTION.kind, STATE_MACHINE.kind]);
    implicit::expand(&mut expansion, &globals);
    each(&mut expansion, &resources, &[API.kind, HTTP_API.kind]);
    for (id, body) in &resources {
        let kind = kind_of(body);
        if kind.starts_with("AWS::Serverless::") && serverless_type(kind).is_none() {
            let at = format!("{}/Type", pointer::below("/Resources", id));
            let reason =
                REFUSED_TYPES.iter().find(|(refused, _)| *refused == kind).map(|(_, reason)| *reason);
            let known = did_you_mean(kind, TYPES.map(|kind| kind.kind));
            let message = match reason {
                Some(_) => format!("`{kind}` is not supported in a scenario"),
                None => format!("there is no resource type `{kind}`"),
            };
            expansion.refuse(&at, message).help = reason.map(str::to_owned).or(known);
        }
    }
    finish(template, expansion)
}

fn kind_of(body: &Value) -> &str {
    body.get("Type").and_then(Value::as_str).unwrap_or_default()
}

fn each(expansion: &mut Expansion<'_>, resources: &[(&str, &Value)], kinds: &[&str]) {
    let none = Value::Object(Map::new());
    for kind in kinds {
        for (id, body) in resources.iter().filter(|(_, body)| kind_of(body) == *kind) {
            let resource = Part::new(body, pointer::below("/Resources", id));
            let properties = resource.get("Properties").unwrap_or_else(|| Part::new(&none, &resource.at));
            let attributes = [
                "Condition",
                "DeletionPolicy",
                "DependsOn",
                "Metadata",
                "Properties",
                "Type",
                "UpdateReplacePolicy",
            ];
            for (key, part) in resource.members() {
                if !attributes.contains(&key) {
                    let help = did_you_mean(key, attributes);
                    expansion.refuse_key(&part.at, format!("a resource has no key `{key}`")).help = help;
                }
            }
            if !properties.value.is_object() {
                expansion.refuse(&properties.at, "`Properties` must be a mapping");
                continue;
            }
            if let Some(known) = serverless_type(kind) {
                let all: Vec<&str> = known.properties.iter().chain(known.refused).copied().collect();
                expansion.known(&properties, &all, known.kind);
                expansion.not_carried_out(&properties, known.refused, known.kind);
            }
            let made = match *kind {
                "AWS::Serverless::Function" => function::expand,
                "AWS::Serverless::Api" => api::expand,
                "AWS::Serverless::HttpApi" => http_api::expand,
                "AWS::Serverless::LayerVersion" => layer_version::expand,
                "AWS::Serverless::StateMachine" => state_machine::expand,
                _ => simple_table::expand,
            };
            made(expansion, id, &resource, &properties);
        }
    }
}

/// Puts the template together again.
fn finish(template: &Template, expansion: Expansion<'_>) -> (Template, Vec<Diagnostic>) {
    let Expansion { source, mut resources, conditions, mut places, problems, referables, .. } = expansion;
    resources.values_mut().for_each(|body| settle(body, &referables));
    let mut document = source.document.clone();
    for section in document.as_object().into_iter().flatten().map(|(section, _)| section.as_str()) {
        if section != "Resources" {
            let at = pointer::below("", section);
            places.graft(&at, &template.places, &at);
        }
    }
    places.stand_at("", &template.places, "");
    places.stand_at("/Resources", &template.places, "/Resources");
    if let Some(members) = document.as_object_mut() {
        members.shift_remove("Transform");
        members.insert("Resources".to_owned(), resources.into());
        if !conditions.is_empty() {
            let section = members.entry("Conditions").or_insert_with(|| Map::new().into());
            if let Some(section) = section.as_object_mut() {
                section.extend(conditions);
            }
        }
        if let Some(outputs) = members.get_mut("Outputs") {
            settle(outputs, &referables);
        }
    }
    (Template { file: template.file.clone(), document, places }, problems)
}
