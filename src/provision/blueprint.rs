use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Error, Marks, Site, Stack};
use crate::resource::{Wanted, generated_name, lint, resource_type, with_stack_tags, with_tags};
use crate::source::FileTree;
use crate::template::{PseudoParameters, Scope, Template, graph, outputs, resolve};

/// What a stack is to be: a template, the files that it names, parameters.
#[derive(Debug, Clone)]
pub struct Blueprint<'a> {
    /// Of letters, digits and hyphens: resource names begin with it.
    pub stack: &'a str,
    pub template: &'a Template,
    pub files: &'a FileTree,
    pub parameters: &'a BTreeMap<String, String>,
}

/// A blueprint that was found sound, for a certain account and region.
#[derive(Debug)]
pub(super) struct Plan {
    template: Template,
    scope: Scope,
    files: Arc<FileTree>,
    /// Logical ids; those of a level do not need each other.
    pub(super) levels: Vec<Vec<String>>,
}

impl Plan {
    /// Checks everything that can be known before a call is made.
    pub(super) fn of(blueprint: &Blueprint<'_>, stack: &Stack) -> Result<Self, Error> {
        let pseudo = PseudoParameters {
            account_id: stack.account.clone(),
            region: stack.region.clone(),
            partition: "aws".to_owned(),
            stack_name: stack.name.clone(),
            stack_id: stack.id.clone(),
            url_suffix: "amazonaws.com".to_owned(),
        };
        let template = blueprint.template;
        let mut problems = template.problems();
        if problems.is_empty() {
            problems = lint(template);
        }
        if !problems.is_empty() {
            return Err(Error::Definition(problems));
        }
        let template = template.expanded(blueprint.parameters).map_err(Error::Definition)?.into_owned();
        let scope = Scope::new(&template, &pseudo, blueprint.parameters).map_err(Error::Definition)?;
        let template = template.under(&scope);
        let levels = graph(&template).map_err(Error::Definition)?;
        Ok(Self { template, scope, files: Arc::new(blueprint.files.clone()), levels })
    }

    pub(super) fn kind_of(&self, logical_id: &str) -> &str {
        self.template.resource(logical_id).map_or("", |resource| resource.kind)
    }

    /// Resolves a resource's properties with what stands so far. One that stands already keeps its made-up name.
    pub(super) fn wanted(&self, site: &Site, stack: &Stack, logical_id: &str) -> Result<Wanted, Error> {
        let properties = self.template.resource(logical_id).map(|resource| resource.properties);
        let nothing = serde_json::json!({});
        let properties =
            resolve(properties.unwrap_or(&nothing), &self.scope, &stack.answers()).map_err(|error| {
                let at = format!("/Resources/{logical_id}/Properties");
                Error::Definition(vec![error.diagnostic(&self.template, &at)])
            })?;
        let name = match resource_type(self.kind_of(logical_id)) {
            Some(kind) => generated_name(kind.schema(), &stack.name, logical_id, &site.random),
            None => String::new(),
        };
        let tags = match &site.marks {
            Marks::Ours => with_stack_tags(&properties, &stack.name, logical_id),
            Marks::Given(tags) => with_tags(&properties, tags),
        };
        let files = Arc::clone(&self.files);
        Ok(Wanted { logical_id: logical_id.to_owned(), name, properties, tags, files })
    }

    pub(super) fn outputs(&self, stack: &Stack) -> Result<BTreeMap<String, String>, Error> {
        let found = outputs(&self.template, &self.scope, &stack.answers())
            .map_err(|error| Error::Definition(vec![error.diagnostic(&self.template, "")]))?;
        Ok(found.into_iter().collect())
    }
}
