use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::intrinsic::{function, misuse, named_as_function};
use super::parameter::{PARAMETER_KEYS, PARAMETER_TYPES, parameter_value};
use super::reference::{Reference, Target, condition_references, references};
use super::scope::PSEUDO;
use super::substitution::parts;
use super::{Template, graph, pointer, sam};
use crate::source::{Diagnostic, Location};
use crate::text::{all_of, did_you_mean, one_of};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>
const SECTIONS: [&str; 7] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
];
const RESOURCE_KEYS: [&str; 7] =
    ["Condition", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdateReplacePolicy"];
const OUTPUT_KEYS: [&str; 4] = ["Condition", "Description", "Export", "Value"];

/// Returns everything that is wrong with a template.
pub(super) fn check(template: &Template) -> Vec<Diagnostic> {
    let mut checker = Checker { template, problems: Vec::new() };
    if !template.document.is_object() {
        checker.value("", "a template is a mapping with `Resources`");
        return checker.problems;
    }
    checker.sections();
    checker.parameters();
    if !sam::is_serverless(&template.document) {
        checker.whole();
        return checker.problems;
    }
    // What the transform makes is held against the same rules; its nodes know their places in the source.
    let mut problems = checker.problems;
    let (expanded, found) = template.transformed(&BTreeMap::new());
    let incomplete = !problems.is_empty() || !found.is_empty();
    problems.extend(found);
    let mut checker = Checker { template: &expanded, problems: Vec::new() };
    if incomplete {
        checker.shapes();
    } else {
        checker.whole();
    }
    for problem in checker.problems {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

struct Checker<'a> {
    template: &'a Template,
    problems: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn value(&mut self, at: &str, message: impl Into<String>) -> &mut Diagnostic {
        self.push(self.template.location(at), message.into())
    }

    fn key(&mut self, at: &str, message: impl Into<String>) -> &mut Diagnostic {
        self.push(self.template.key_location(at), message.into())
    }

    fn push(&mut self, location: Location, message: String) -> &mut Diagnostic {
        self.problems.push(Diagnostic::error(message).at(location));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    fn whole(&mut self) {
        self.shapes();
        self.references();
        if self.problems.is_empty() {
            self.problems.extend(graph(self.template).err().unwrap_or_default());
        }
    }

    /// Checks everything that needs no look at what is named.
    fn shapes(&mut self) {
        self.resources();
        self.conditions_and_outputs();
    }

    /// Checks the keys of a mapping.
    fn keys(&mut self, at: &str, body: &Value, known: &[&str], of: &str) {
        for key in body.as_object().into_iter().flatten().map(|(key, _)| key) {
            if !known.contains(&key.as_str()) {
                let help = did_you_mean(key, known.iter().copied());
                let help = help.unwrap_or_else(|| format!("known here: {}", all_of(known)));
                self.key(&pointer::below(at, key), format!("{of} has no key `{key}`")).help = Some(help);
            }
        }
    }

    fn sections(&mut self) {
        let document = &self.template.document;
        self.transform();
        let globals = sam::is_serverless(document).then_some("Globals");
        let known: Vec<&str> =
            SECTIONS.into_iter().chain(["Resources", "Transform"]).chain(globals).collect();
        self.keys("", document, &known, "a template");
        if document.get("AWSTemplateFormatVersion").is_some_and(|version| version != "2010-09-09") {
            self.value("/AWSTemplateFormatVersion", "there is one format version only: \"2010-09-09\"");
        }
        for section in ["Conditions", "Mappings", "Outputs", "Parameters"] {
            if document.get(section).is_some_and(|section| !section.is_object()) {
                self.value(&format!("/{section}"), format!("`{section}` must be a mapping"));
            }
        }
        match document.get("Resources") {
            Some(Value::Object(resources)) if !resources.is_empty() => {}
            _ => {
                self.value("/Resources", "a template needs at least one resource");
            }
        }
    }

    fn transform(&mut self) {
        let (names, several) = match self.template.document.get("Transform") {
            None => return,
            Some(Value::Array(names)) => (names.as_slice(), true),
            Some(one) => (std::slice::from_ref(one), false),
        };
        for (index, name) in names.iter().enumerate() {
            if name != sam::TRANSFORM {
                let at = if several { format!("/Transform/{index}") } else { "/Transform".to_owned() };
                let told =
                    name.as_str().map_or_else(|| "this transform".to_owned(), |name| format!("`{name}`"));
                let help = format!("the one transform that is carried out is `{}`", sam::TRANSFORM);
                self.value(&at, format!("{told} is not supported in a scenario")).help = Some(help);
            }
        }
    }

    fn parameters(&mut self) {
        for (name, body) in self.template.section("Parameters") {
            let at = pointer::below("/Parameters", name);
            self.keys(&at, body, &PARAMETER_KEYS, "a parameter");
            match body.get("Type").and_then(Value::as_str) {
                Some(kind) if PARAMETER_TYPES.contains(&kind) => {
                    let fits = body.get("Default").map_or(Ok(Value::Null), |_| parameter_value(body, None));
                    if let Err(message) = fits {
                        self.value(&pointer::below(&at, "Default"), format!("the default {message}"));
                    }
                }
                Some(kind) => {
                    let help = format!("write {}", one_of(PARAMETER_TYPES));
                    let message = format!("parameters of type `{kind}` are not supported");
                    self.value(&pointer::below(&at, "Type"), message).help = Some(help);
                }
                None => {
                    self.key(&at, format!("the parameter `{name}` has no `Type`"));
                }
            }
        }
    }

    fn resources(&mut self) {
        let names: Vec<&str> = self.template.section("Resources").map(|(id, _)| id).collect();
        for (id, body) in self.template.section("Resources") {
            let at = pointer::below("/Resources", id);
            if id.is_empty() || id.len() > 255 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                self.key(&at, format!("the logical id `{id}` may hold letters and digits only"));
            }
            if !body.is_object() {
                self.value(&at, format!("the resource `{id}` must be a mapping with a `Type`"));
                continue;
            }
            self.keys(&at, body, &RESOURCE_KEYS, "a resource");
            match body.get("Type") {
                Some(Value::String(kind))
                    if kind.split("::").filter(|part| !part.is_empty()).count() >= 3 => {}
                Some(_) => {
                    self.value(&pointer::below(&at, "Type"), "a type is written as `AWS::Service::Resource`");
                }
                None => {
                    self.key(&at, format!("the resource `{id}` has no `Type`"));
                }
            }
            if body.get("Properties").is_some_and(|properties| !properties.is_object()) {
                self.value(&pointer::below(&at, "Properties"), "`Properties` must be a mapping");
            }
            self.depends_on(&at, body.get("DependsOn"), &names);
            if let Some(condition) = body.get("Condition") {
                self.condition_name(&pointer::below(&at, "Condition"), condition);
            }
            for (key, part) in body.as_object().into_iter().flatten() {
                if key != "DependsOn" && key != "Condition" {
                    self.intrinsics(part, &pointer::below(&at, key));
                }
            }
        }
    }

    fn depends_on(&mut self, at: &str, value: Option<&Value>, names: &[&str]) {
        let at = pointer::below(at, "DependsOn");
        let (list, single) = match value {
            None => return,
            Some(Value::Array(list)) => (list.as_slice(), false),
            Some(one) => (std::slice::from_ref(one), true),
        };
        for (index, id) in list.iter().enumerate() {
            let at = if single { at.clone() } else { pointer::element(&at, index) };
            match id.as_str() {
                None => {
                    self.value(&at, "`DependsOn` takes logical ids");
                }
                Some(id) if !names.contains(&id) => {
                    let help = did_you_mean(id, names.iter().copied());
                    self.value(&at, format!("there is no resource `{id}`")).help = help;
                }
                Some(_) => {}
            }
        }
    }

    fn condition_name(&mut self, at: &str, value: &Value) {
        let known: Vec<&str> = self.template.section("Conditions").map(|(name, _)| name).collect();
        match value.as_str() {
            None => {
                self.value(at, "`Condition` takes the name of a condition");
            }
            Some(name) if !known.contains(&name) => {
                let help = did_you_mean(name, known);
                self.value(at, format!("there is no condition `{name}`")).help = help;
            }
            Some(_) => {}
        }
    }

    fn conditions_and_outputs(&mut self) {
        for (name, body) in self.template.section("Conditions") {
            let at = pointer::below("/Conditions", name);
            let functions = ["Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"];
            let fits = function(body).is_some_and(|(key, _)| functions.contains(&key))
                || body.get("Condition").is_some_and(Value::is_string);
            if !fits {
                let help = format!("write {}", one_of(functions));
                self.value(&at, format!("the condition `{name}` must be a condition function")).help =
                    Some(help);
            }
            self.intrinsics(body, &at);
        }
        self.condition_circles();
        for (name, body) in self.template.section("Outputs") {
            let at = pointer::below("/Outputs", name);
            self.keys(&at, body, &OUTPUT_KEYS, "an output");
            // A name for other stacks. A scenario is one stack, so there is nobody to hear it.
            if let Some(export) = body.get("Export") {
                let at = pointer::below(&at, "Export");
                self.keys(&at, export, &["Name"], "an export");
                self.intrinsics(export, &at);
            }
            match body.get("Value") {
                Some(value) => self.intrinsics(value, &pointer::below(&at, "Value")),
                None => {
                    self.key(&at, format!("the output `{name}` has no `Value`"));
                }
            }
            if let Some(condition) = body.get("Condition") {
                self.condition_name(&pointer::below(&at, "Condition"), condition);
            }
        }
    }

    /// Tells each condition that leads back to itself.
    fn condition_circles(&mut self) {
        let bodies: Vec<(&str, &Value)> = self.template.section("Conditions").collect();
        let needs = |name: &str| -> Vec<&'a str> {
            let body = bodies.iter().find(|(known, _)| *known == name).map(|(_, body)| *body);
            let references = body.map(|body| condition_references(body, "")).unwrap_or_default();
            let names = references.into_iter().filter_map(|reference| match reference.target {
                Target::Condition(name) => Some(name),
                _ => None,
            });
            names.collect()
        };
        for (name, _) in &bodies {
            let mut reached: BTreeSet<&str> = BTreeSet::new();
            let mut open = needs(name);
            while let Some(next) = open.pop() {
                if reached.insert(next) {
                    open.extend(needs(next));
                }
            }
            if reached.contains(name) {
                self.key(
                    &pointer::below("/Conditions", name),
                    format!("the condition `{name}` needs itself"),
                );
            }
        }
    }

    /// Checks the shape of every intrinsic below a node.
    fn intrinsics(&mut self, value: &Value, at: &str) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.intrinsics(item, &pointer::element(at, index));
                }
            }
            Value::Object(members) => {
                for (key, member) in members {
                    let below = pointer::below(at, key);
                    if named_as_function(key) {
                        if members.len() > 1 {
                            let message = format!("`{key}` must stand alone, without other keys beside it");
                            self.key(&below, message);
                        }
                        if let Some(problem) = misuse(key, member) {
                            self.key(&below, format!("`{key}` {problem}"));
                        }
                    }
                    if key == "Fn::Sub" {
                        let text = member.as_str().or_else(|| member.get(0).and_then(Value::as_str));
                        if let Some(Err(piece)) = text.map(parts) {
                            self.value(&below, format!("`Fn::Sub` cannot read `{piece}`"));
                        }
                    }
                    self.intrinsics(member, &below);
                }
            }
            _ => {}
        }
    }

    fn references(&mut self) {
        let mut found: Vec<(Reference<'a>, bool)> = Vec::new();
        for (section, within) in [("Resources", "/Properties"), ("Outputs", "/Value")] {
            for (name, body) in self.template.section(section) {
                let at = format!("{}{within}", pointer::below(&format!("/{section}"), name));
                let part = body.get(&within[1..]).unwrap_or(&Value::Null);
                found.extend(references(part, &at).into_iter().map(|reference| (reference, true)));
            }
        }
        for (name, body) in self.template.section("Conditions") {
            let at = pointer::below("/Conditions", name);
            found.extend(condition_references(body, &at).into_iter().map(|reference| (reference, false)));
        }
        let names = |section| self.template.section(section).map(|(name, _)| name).collect::<BTreeSet<_>>();
        let (resources, maps, conditions) = (names("Resources"), names("Mappings"), names("Conditions"));
        let parameters: BTreeSet<&str> = names("Parameters").into_iter().chain(PSEUDO).collect();
        let all: BTreeSet<&str> = parameters.union(&resources).copied().collect();
        let none = BTreeSet::new();
        for (reference, may_name_resources) in found {
            let resources = if may_name_resources { &resources } else { &none };
            let (name, known, what) = match reference.target {
                Target::Name(name) if may_name_resources => (name, &all, "resource or parameter"),
                Target::Name(name) => (name, &parameters, "parameter"),
                Target::Attribute(id) => (id, resources, "resource"),
                Target::Condition(name) => (name, &conditions, "condition"),
                Target::Map(name) => (name, &maps, "mapping"),
            };
            if !known.contains(name) {
                let help = did_you_mean(name, known.iter().copied());
                self.value(&reference.pointer, format!("there is no {what} `{name}`")).help = help;
            }
        }
    }
}
