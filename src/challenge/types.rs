use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::definition::Definition;
use super::{Challenge, Work};
use crate::resource;
use crate::source::Diagnostic;
use crate::template::Template;
use crate::text::did_you_mean;

impl Challenge {
    /// Returns the types of resources that may stand where a candidate works: those that the challenge lists, or, where it lists none, all that its
    /// healthy world, its faults and its solutions are made of, as a transform leaves them.
    pub fn allowed_types(&self) -> BTreeSet<String> {
        if !self.types.is_empty() {
            return self.types.iter().cloned().collect();
        }
        let solutions = self.solutions.iter().filter_map(|solution| match &solution.work {
            Work::Change(change) => Some(change.as_ref()),
            Work::Script(_) => None,
        });
        let worlds = self.faults.iter().map(|fault| &fault.change).chain(solutions).map(|one| vec![one]);
        let worlds = worlds.chain([vec![]]).map(|changes| self.changed(&changes));
        let templates = worlds.flat_map(|world| [Some(world.template), world.then.map(|then| then.template)]);
        templates.flatten().flat_map(|template| kinds(&template).into_values()).collect()
    }

    /// Tells the resources of a template whose types the challenge does not list.
    pub(super) fn beyond_types(&self, template: &Template) -> Vec<Diagnostic> {
        if self.types.is_empty() {
            return vec![];
        }
        let beyond = kinds(template).into_iter().filter(|(_, kind)| !self.types.contains(kind));
        let told = beyond.map(|(id, kind)| {
            let message = format!("`{id}` is of the type {kind}, which the challenge does not list");
            let help = "name the type in `candidate: { types: [...] }`, or leave the resource out";
            let problem = Diagnostic::error(message).at(template.location(&format!("/Resources/{id}/Type")));
            Diagnostic { help: Some(help.to_owned()), ..problem }
        });
        told.collect()
    }
}

/// Checks that each type that is listed is one that can be put up.
pub(super) fn check(definition: &mut Definition<'_>, listed: &[String]) {
    let known = || resource::resource_types().iter().map(|each| each.schema().kind);
    for (number, kind) in listed.iter().enumerate() {
        if !known().any(|each| each == kind) {
            let place = format!("/candidate/types/{number}");
            let problem = definition.value(&place, format!("there is no type `{kind}` that can be put up"));
            problem.help = did_you_mean(kind, known());
        }
    }
}

/// Logical ids and types, of what a transform makes too. A template that cannot be expanded is told by those who look at resources.
fn kinds(template: &Template) -> BTreeMap<String, String> {
    let expanded = template.expanded(&BTreeMap::new()).unwrap_or(Cow::Borrowed(template));
    expanded.resources().map(|one| (one.logical_id.to_owned(), one.kind.to_owned())).collect()
}
