use serde_json::Value;

use super::Mutant;
use crate::challenge::{Challenge, Then, World};
use crate::source::FileTree;
use crate::template::Template;

/// Collects mutants.
pub(super) struct Maker<'a> {
    pub(super) template: &'a Template,
    pub(super) files: &'a FileTree,
    pub(super) made: Vec<Mutant>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(challenge: &'a Challenge) -> Self {
        Self { template: &challenge.template, files: &challenge.files, made: Vec::new() }
    }

    /// Makes a mutant by editing the template's document.
    pub(super) fn template(&mut self, id: String, title: String, edit: impl FnOnce(&mut Value)) {
        let world = World { template: self.edited(edit), files: self.files.clone(), then: None };
        self.made.push(Mutant { id, title, world });
    }

    /// Makes a mutant whose APIs were deployed in an earlier state: the edited one.
    pub(super) fn deployed_before(&mut self, id: String, title: String, edit: impl FnOnce(&mut Value)) {
        let then = Then { template: self.template.clone(), files: self.files.clone() };
        let world = World { template: self.edited(edit), files: self.files.clone(), then: Some(then) };
        self.made.push(Mutant { id, title, world });
    }

    /// Makes a mutant with another text in a file.
    pub(super) fn file(&mut self, id: String, title: String, path: &str, text: String) {
        let mut files = self.files.clone();
        files.insert(path, text.into_bytes());
        self.made.push(Mutant {
            id,
            title,
            world: World { template: self.template.clone(), files, then: None },
        });
    }

    fn edited(&self, edit: impl FnOnce(&mut Value)) -> Template {
        let mut template = self.template.clone();
        edit(&mut template.document);
        template
    }

    /// Returns the logical ids and properties of the resources of a type.
    pub(super) fn of_type(&self, kind: &str) -> Vec<(String, Value)> {
        let found = self.template.resources().filter(|resource| resource.kind == kind);
        found.map(|resource| (resource.logical_id.to_owned(), resource.properties.clone())).collect()
    }
}

/// Returns a resource's properties in a document; an edit never asks for one that is not there.
pub(super) fn properties<'d>(document: &'d mut Value, id: &str) -> &'d mut Value {
    &mut document["Resources"][id]["Properties"]
}

/// Returns the text of a value where it is one, or that an `Fn::Sub` is made of.
pub(super) fn text_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("Fn::Sub")?.as_str())
}

/// Removes a resource and whatever waits for it.
pub(super) fn remove_resource(document: &mut Value, id: &str) {
    let Some(resources) = document["Resources"].as_object_mut() else { return };
    resources.shift_remove(id);
    for (_, resource) in resources.iter_mut() {
        let Some(resource) = resource.as_object_mut() else { continue };
        match resource.get_mut("DependsOn") {
            Some(Value::Array(several)) => several.retain(|one| one != id),
            Some(Value::String(one)) if one == id => {
                resource.shift_remove("DependsOn");
            }
            _ => {}
        }
    }
}
