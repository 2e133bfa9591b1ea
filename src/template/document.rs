use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::merge::merge;
use super::parameter::parameter_value;
use super::{Overlay, Places, check, read, sam};
use crate::source::{Diagnostic, Location};

/// A template that was parsed. Its document is JSON with every intrinsic in its long form.
#[derive(Debug, Clone)]
pub struct Template {
    /// Path of the file in its tree.
    pub file: String,
    pub document: Value,
    pub places: Places,
}

/// A resource as the template declares it.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    pub logical_id: &'a str,
    /// CloudFormation's type name, for example `AWS::Lambda::Function`.
    pub kind: &'a str,
    /// Unresolved properties; an empty object where there are none.
    pub properties: &'a Value,
    body: &'a Value,
}

static NO_PROPERTIES: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

impl Template {
    /// Reads a template in YAML or JSON and returns it, or everything that is wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let (document, places) = read::read(file, text)?;
        let template = Self { file: file.to_owned(), document, places };
        let problems = template.problems();
        if problems.is_empty() { Ok(template) } else { Err(problems) }
    }

    /// Returns a template of nothing, which no file can hold: where there is nothing to put up.
    pub fn empty() -> Self {
        let document = serde_json::json!({ "Resources": {} });
        Self { file: String::new(), document, places: Places::default() }
    }

    /// Returns everything that is wrong: sections, intrinsics, references to what is not there, cycles.
    pub fn problems(&self) -> Vec<Diagnostic> {
        check::check(self)
    }

    /// Returns the template with an overlay (a merge patch, RFC 7396) on it. Whether the result is sound, [`Template::problems`] says.
    #[must_use]
    pub fn patched(&self, overlay: &Overlay) -> Self {
        let mut patched = self.clone();
        merge(&mut patched.document, &overlay.document, "", &mut patched.places, &overlay.places);
        patched
    }

    /// Returns what the template stands for without transforms, or what of it cannot be carried out. `given` goes over the defaults of
    /// its parameters. One that names no transform stands for itself.
    pub fn expanded(&self, given: &BTreeMap<String, String>) -> Result<Cow<'_, Self>, Vec<Diagnostic>> {
        if !sam::is_serverless(&self.document) {
            return Ok(Cow::Borrowed(self));
        }
        let (expanded, problems) = self.transformed(given);
        if problems.is_empty() { Ok(Cow::Owned(expanded)) } else { Err(problems) }
    }

    /// Carries the transform out as far as it goes.
    pub(super) fn transformed(&self, given: &BTreeMap<String, String>) -> (Self, Vec<Diagnostic>) {
        let declared = self.section("Parameters");
        let values = declared.filter_map(|(name, declaration)| {
            let given = given.get(name).map(String::as_str);
            Some((name.to_owned(), parameter_value(declaration, given).ok()?))
        });
        sam::expand(self, &values.collect())
    }

    /// Returns the resources in the order written.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.section("Resources").map(|(logical_id, body)| Resource {
            logical_id,
            kind: body["Type"].as_str().unwrap_or_default(),
            properties: body.get("Properties").filter(|found| found.is_object()).unwrap_or(&NO_PROPERTIES),
            body,
        })
    }

    /// Returns a resource by its logical id.
    pub fn resource(&self, logical_id: &str) -> Option<Resource<'_>> {
        self.resources().find(|resource| resource.logical_id == logical_id)
    }

    /// Returns the names of the outputs in the order written.
    pub fn output_names(&self) -> impl Iterator<Item = &str> {
        self.section("Outputs").map(|(name, _)| name)
    }

    /// Returns where the node at a JSON pointer stands, or the nearest one above it.
    pub fn location(&self, pointer: &str) -> Location {
        self.places.value(pointer).unwrap_or_else(|| Location::file(&self.file))
    }

    /// Returns where the key of the node at a JSON pointer stands.
    pub fn key_location(&self, pointer: &str) -> Location {
        self.places.key(pointer).unwrap_or_else(|| Location::file(&self.file))
    }

    /// Returns the members of a top-level section; none where it is absent or malformed.
    pub(super) fn section(&self, name: &str) -> impl Iterator<Item = (&str, &Value)> {
        let members = self.document.get(name).and_then(Value::as_object);
        members.into_iter().flatten().map(|(key, value)| (key.as_str(), value))
    }
}

impl<'a> Resource<'a> {
    /// Returns the logical ids that `DependsOn` names.
    pub fn depends_on(&self) -> Vec<&'a str> {
        match self.body.get("DependsOn") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the condition that the resource is made under.
    pub fn condition(&self) -> Option<&'a str> {
        self.body.get("Condition").and_then(Value::as_str)
    }
}
