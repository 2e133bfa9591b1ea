use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Challenge, Check, Subject, UnknownFault};
use crate::evidence::Binding;
use crate::matcher::Selector;
use crate::source::{FileTree, inside};
use crate::template::Template;

/// What must stand as it stood when the candidate began.
#[derive(Debug, Clone)]
pub struct Unchanged {
    /// What is compared; empty: what is healthy.
    pub of: Vec<Scope>,
    /// Logical ids of the resources that no fault of the start touches. Loading and drawing a variant say which.
    pub healthy: Vec<String>,
    pub except: Vec<Scope>,
    /// What is compared of each resource.
    pub compare: Vec<Selector>,
    /// What may differ all the same.
    pub ignore: Vec<Selector>,
}

/// One resource, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Of(Binding),
    /// All of a type, by CloudFormation's name.
    Type(String),
}

impl Challenge {
    /// Whether a check compares with what stood when the candidate began, so that it must be recorded.
    pub fn compares_with_before(&self) -> bool {
        let asks = |check: &Check| matches!(check.subject, Subject::Unchanged(_));
        self.tasks.iter().flat_map(|task| &task.checks).any(asks)
    }

    /// Tells the checks that compare what is healthy what that is.
    pub(super) fn with_healthy(mut self) -> Self {
        if self.compares_with_before() {
            // A start of unknown faults was told as an error.
            let healthy = self.healthy_at_start().unwrap_or_default();
            for check in self.tasks.iter_mut().flat_map(|task| &mut task.checks) {
                if let Subject::Unchanged(unchanged) = &mut check.subject {
                    unchanged.healthy.clone_from(&healthy);
                }
            }
        }
        self
    }

    /// Returns the logical ids of the resources that no fault of the start touches, neither in their own definition nor in their
    /// code: what is healthy when the candidate begins. Of a variant.
    pub fn healthy_at_start(&self) -> Result<Vec<String>, UnknownFault> {
        let start = self.broken_start()?;
        let second = start.then.as_ref().map(|then| (&then.template, &then.files));
        let states: Vec<(Cow<'_, Template>, &FileTree)> = [Some((&start.template, &start.files)), second]
            .into_iter()
            .flatten()
            .map(|(template, files)| (expanded(template), files))
            .collect();
        let template = expanded(&self.template);
        let healthy = template.resources().filter(|resource| {
            let folder = resource.properties.get("Code").and_then(serde_json::Value::as_str);
            let folder = folder.map(inside);
            states.iter().all(|(state, files)| {
                let same = state.document["Resources"].get(resource.logical_id)
                    == template.document["Resources"].get(resource.logical_id);
                let code = folder.as_ref().is_none_or(|folder| {
                    files.below(folder) == self.files.below(folder)
                        && files.get(folder) == self.files.get(folder)
                });
                same && code
            })
        });
        Ok(healthy.map(|resource| resource.logical_id.to_owned()).collect())
    }
}

/// What cannot be expanded has problems that lint tells; here it stands for itself.
fn expanded(template: &Template) -> Cow<'_, Template> {
    template.expanded(&BTreeMap::new()).unwrap_or(Cow::Borrowed(template))
}
