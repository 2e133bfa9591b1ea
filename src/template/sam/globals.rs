use serde_json::{Map, Value};

use super::specification::{ServerlessType, TYPES, serverless_type};
use crate::source::Diagnostic;
use crate::template::intrinsic::is_intrinsic;
use crate::template::{Places, Template, pointer};
use crate::text::{all_of, did_you_mean};

/// Puts what `Globals` says into the resources that it is said for, and takes the section away.
///
/// Mappings are merged, lists are joined with the global elements first, everything else is the resource's own where it has one.
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>
pub(super) fn with_globals(template: &Template) -> (Template, Vec<Diagnostic>) {
    let mut made = template.clone();
    let globals = made.document.as_object_mut().and_then(|document| document.shift_remove("Globals"));
    let Some(globals) = globals else { return (made, Vec::new()) };
    let problems = check(template, &globals);
    if !problems.is_empty() {
        return (made, problems);
    }
    let Template { document, places, .. } = &mut made;
    let resources = document.get_mut("Resources").and_then(Value::as_object_mut);
    for (id, resource) in resources.into_iter().flatten() {
        let kind = resource.get("Type").and_then(Value::as_str).and_then(serverless_type);
        let section = kind.and_then(|kind| kind.globals).map(|(section, _)| section);
        let Some(global) = section.and_then(|section| globals.get(section)) else { continue };
        let Some(body) = resource.as_object_mut() else { continue };
        let ignored = body.shift_remove("IgnoreGlobals").unwrap_or_default();
        let from = pointer::below("/Globals", section.unwrap_or_default());
        let at = format!("{}/Properties", pointer::below("/Resources", id));
        let own = body.entry("Properties").or_insert_with(|| Map::new().into());
        let mut merger = Merger { places, source: &template.places };
        for (key, value) in global.as_object().into_iter().flatten() {
            if ignored == "*" || ignored.as_array().is_some_and(|keys| keys.iter().any(|name| name == key)) {
                continue;
            }
            let Some(own) = own.as_object_mut() else { continue };
            merger.member(own, key, value, &at, &from);
        }
    }
    (made, Vec::new())
}

struct Merger<'a> {
    places: &'a mut Places,
    source: &'a Places,
}

impl Merger<'_> {
    fn member(&mut self, own: &mut Map<String, Value>, key: &str, value: &Value, at: &str, from: &str) {
        let (at, from) = (pointer::below(at, key), pointer::below(from, key));
        if let Some(there) = own.get_mut(key) {
            self.value(there, value, &at, &from);
        } else {
            own.insert(key.to_owned(), value.clone());
            self.places.graft(&at, self.source, &from);
        }
    }

    fn value(&mut self, own: &mut Value, global: &Value, at: &str, from: &str) {
        if is_intrinsic(own) || is_intrinsic(global) {
            return;
        }
        match (own, global) {
            (Value::Object(own), Value::Object(global)) => {
                for (key, value) in global {
                    self.member(own, key, value, at, from);
                }
            }
            (Value::Array(own), Value::Array(global)) => {
                let before = self.places.clone();
                self.places.forget(at);
                self.places.stand_at(at, &before, at);
                for index in 0..global.len() {
                    let (to, from) = (pointer::element(at, index), pointer::element(from, index));
                    self.places.graft(&to, self.source, &from);
                }
                for index in 0..own.len() {
                    let to = pointer::element(at, global.len() + index);
                    self.places.graft(&to, &before, &pointer::element(at, index));
                }
                *own = global.iter().chain(own.iter()).cloned().collect();
            }
            _ => {}
        }
    }
}

fn check(template: &Template, globals: &Value) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut tell = |at: &str, message: String, help: Option<String>| {
        let problem = Diagnostic::error(message).at(template.key_location(at));
        problems.push(Diagnostic { help, ..problem });
    };
    let sections: Vec<_> = TYPES.into_iter().filter_map(|kind: &ServerlessType| kind.globals).collect();
    let Some(globals) = globals.as_object() else {
        tell("/Globals", "`Globals` must be a mapping".to_owned(), None);
        return problems;
    };
    for (name, section) in globals {
        let at = pointer::below("/Globals", name);
        let Some((_, properties)) = sections.iter().find(|(known, _)| known == name) else {
            let names: Vec<&str> = sections.iter().map(|(known, _)| *known).collect();
            let help = did_you_mean(name, names.iter().copied());
            let help = help.unwrap_or_else(|| format!("known here: {}", all_of(&names)));
            tell(&at, format!("`Globals` has no section `{name}`"), Some(help));
            continue;
        };
        let Some(members) = section.as_object() else {
            tell(&at, format!("`{name}` must be a mapping"), None);
            continue;
        };
        for key in members.keys().filter(|key| !properties.contains(&key.as_str())) {
            let help = did_you_mean(key, properties.iter().copied());
            let message = format!("`{key}` cannot be set for every {name}");
            tell(&pointer::below(&at, key), message, help);
        }
    }
    problems
}
