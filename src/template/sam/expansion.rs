use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::event::Route;
use super::part::{Built, Part};
use crate::source::Diagnostic;
use crate::template::{Places, Template, pointer};
use crate::text::did_you_mean;

/// The plain resources as they are made, and what went wrong.
#[derive(Debug)]
pub(super) struct Expansion<'a> {
    /// The source with its globals in place.
    pub(super) source: &'a Template,
    /// What parameters have by default, or were given.
    pub(super) parameters: &'a BTreeMap<String, Value>,
    pub(super) resources: Map<String, Value>,
    pub(super) conditions: Map<String, Value>,
    pub(super) places: Places,
    pub(super) problems: Vec<Diagnostic>,
    /// `Function.Alias` and the like, with the logical ids that they stand for.
    pub(super) referables: BTreeMap<String, String>,
    /// What leads to functions, in the order of the source.
    pub(super) routes: Vec<Route>,
}

/// What the resources that are made of one resource share with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Inherited {
    /// Pointer of the source that stands for what has no place of its own.
    pub(super) origin: String,
    /// `Condition`, `DependsOn` and so on, by key.
    pub(super) attributes: Map<String, Value>,
}

impl Inherited {
    /// What goes from a resource to all that are made of it.
    pub(super) fn of(resource: &Part<'_>) -> Self {
        let mut inherited = Self { origin: resource.at.clone(), attributes: Map::new() };
        for key in ["Condition", "UpdateReplacePolicy", "DeletionPolicy"] {
            if let Some(value) = resource.value.get(key) {
                inherited.attributes.insert(key.to_owned(), value.clone());
            }
        }
        inherited
    }

    #[must_use]
    pub(super) fn from(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    #[must_use]
    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(key.to_owned(), value.into());
        self
    }

    /// Takes an attribute over, when the resource has it.
    #[must_use]
    pub(super) fn and(mut self, resource: &Part<'_>, key: &str) -> Self {
        if let Some(value) = resource.value.get(key) {
            self.attributes.insert(key.to_owned(), value.clone());
        }
        self
    }

    /// What resources get that take no more than the condition.
    #[must_use]
    pub(super) fn condition_alone(&self) -> Self {
        let mut inherited = self.clone();
        inherited.attributes.retain(|key, _| key == "Condition");
        inherited
    }
}

impl Expansion<'_> {
    /// Adds a resource.
    pub(super) fn put(&mut self, id: &str, kind: &str, properties: Built, inherited: &Inherited) {
        let mut body = Map::new();
        body.insert("Type".to_owned(), kind.into());
        body.extend(inherited.attributes.iter().map(|(key, value)| (key.clone(), value.clone())));
        body.insert("Properties".to_owned(), properties.members.into());
        let at = pointer::below("/Resources", id);
        if self.resources.contains_key(id) {
            let message = format!("the transform makes a resource `{id}`, and there is one already");
            self.refuse_key(&inherited.origin, message);
        }
        self.resources.insert(id.to_owned(), body.into());
        self.places.forget(&at);
        let from = &self.source.places;
        self.places.stand_at(&at, from, &inherited.origin);
        let below = format!("{at}/Properties");
        self.places.stand_at(&below, from, &inherited.origin);
        for (path, origin) in &properties.origins {
            self.places.graft(&format!("{below}{path}"), from, origin);
        }
    }

    /// Takes a resource of another kind over as it is.
    pub(super) fn keep(&mut self, id: &str, body: &Value) {
        self.resources.insert(id.to_owned(), body.clone());
        let at = pointer::below("/Resources", id);
        self.places.graft(&at, &self.source.places, &at);
    }

    pub(super) fn refuse(&mut self, at: &str, message: impl Into<String>) -> &mut Diagnostic {
        self.problem(Diagnostic::error(message).at(self.source.location(at)))
    }

    pub(super) fn refuse_key(&mut self, at: &str, message: impl Into<String>) -> &mut Diagnostic {
        self.problem(Diagnostic::error(message).at(self.source.key_location(at)))
    }

    fn problem(&mut self, problem: Diagnostic) -> &mut Diagnostic {
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Refuses the members that are not among those known.
    pub(super) fn known(&mut self, part: &Part<'_>, known: &[&str], of: &str) {
        for (key, member) in part.members() {
            if !known.contains(&key) {
                let help = did_you_mean(key, known.iter().copied());
                self.refuse_key(&member.at, format!("{of} has no property `{key}`")).help = help;
            }
        }
    }

    /// Refuses the members that the transform knows and a scenario does not carry out.
    pub(super) fn not_carried_out(&mut self, part: &Part<'_>, keys: &[&str], of: &str) {
        for key in keys {
            if let Some(member) = part.get(key) {
                self.refuse_key(&member.at, format!("`{key}` of {of} is not supported in a scenario"));
            }
        }
    }

    /// Returns a member that must be there.
    pub(super) fn need<'p>(&mut self, part: &Part<'p>, key: &str, of: &str) -> Option<Part<'p>> {
        let found = part.get(key);
        if found.is_none() {
            self.refuse_key(&part.at, format!("{of} needs the property `{key}`"));
        }
        found
    }

    /// Returns a text, whether it stands there or in a parameter.
    pub(super) fn text_of(&self, part: &Part<'_>) -> Option<String> {
        let value = match part.value.get("Ref").and_then(Value::as_str) {
            Some(name) => self.parameters.get(name)?,
            None => part.value,
        };
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// `{"Ref": id}`.
pub(super) fn reference(id: &str) -> Value {
    json!({ "Ref": id })
}

/// `{"Fn::GetAtt": [id, attribute]}`.
pub(super) fn attribute(id: &str, attribute: &str) -> Value {
    json!({ "Fn::GetAtt": [id, attribute] })
}
