use std::collections::BTreeMap;

use serde_json::Value;

use super::parameter::parameter_value;
use super::{Template, condition, pointer};
use crate::source::{Diagnostic, Location};
use crate::text::did_you_mean;

/// What `AWS::...` stands for.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PseudoParameters {
    pub account_id: String,
    pub region: String,
    pub partition: String,
    pub stack_name: String,
    pub stack_id: String,
    pub url_suffix: String,
}

/// Everything that a value can be resolved with before a resource exists: parameters, mappings, conditions.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) mappings: Value,
    pub(super) conditions: BTreeMap<String, bool>,
    pub(super) region: String,
}

/// The names that [`PseudoParameters`] gives, and `AWS::NoValue`.
pub(super) const PSEUDO: [&str; 7] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

impl Scope {
    /// Takes parameters over their defaults, checks them against their declarations and evaluates the conditions.
    pub fn new(
        template: &Template,
        pseudo: &PseudoParameters,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let declared: BTreeMap<&str, &Value> = template.section("Parameters").collect();
        let mut problems = Vec::new();
        for name in given.keys().filter(|name| !declared.contains_key(name.as_str())) {
            let problem = Diagnostic::error(format!("the template has no parameter `{name}`"));
            let help = did_you_mean(name, declared.keys().copied());
            problems.push(Diagnostic { help, ..problem.at(Location::file(&template.file)) });
        }
        let mut parameters = BTreeMap::new();
        for (name, declaration) in declared {
            let at = pointer::below("/Parameters", name);
            match parameter_value(declaration, given.get(name).map(String::as_str)) {
                Ok(value) => {
                    parameters.insert(name.to_owned(), value);
                }
                Err(message) => {
                    let message = format!("the parameter `{name}` {message}");
                    problems.push(Diagnostic::error(message).at(template.key_location(&at)));
                }
            }
        }
        let PseudoParameters { account_id, region, partition, stack_name, stack_id, url_suffix } = pseudo;
        let values = [account_id, partition, region, stack_id, stack_name, url_suffix];
        let names = PSEUDO.iter().filter(|name| **name != "AWS::NoValue");
        parameters.extend(names.zip(values).map(|(name, value)| ((*name).to_owned(), value.as_str().into())));
        let mappings = template.document.get("Mappings").cloned().unwrap_or_default();
        let mut scope = Self { parameters, mappings, conditions: BTreeMap::new(), region: region.clone() };
        if problems.is_empty() {
            match condition::evaluate(template, &scope) {
                Ok(conditions) => scope.conditions = conditions,
                Err(error) => problems.push(error.diagnostic(template, "")),
            }
        }
        if problems.is_empty() { Ok(scope) } else { Err(problems) }
    }

    /// Returns what a condition came to.
    pub fn condition(&self, name: &str) -> Option<bool> {
        self.conditions.get(name).copied()
    }

    /// Returns the value of a parameter or pseudo parameter.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name)
    }
}

impl Template {
    /// Returns the template without what its conditions leave out: resources, outputs, and the branches of `Fn::If` not taken.
    #[must_use]
    pub fn under(&self, scope: &Scope) -> Self {
        let mut template = self.clone();
        for section in ["Resources", "Outputs"] {
            if let Some(Value::Object(members)) = template.document.get_mut(section) {
                members.retain(|_, body| match body.get("Condition") {
                    Some(Value::String(name)) => scope.condition(name).unwrap_or(true),
                    _ => true,
                });
                members.values_mut().for_each(|body| take_branches(body, scope));
            }
        }
        let kept: Vec<String> = template.resources().map(|resource| resource.logical_id.to_owned()).collect();
        let resources = template.document.get_mut("Resources").and_then(Value::as_object_mut);
        for body in resources.into_iter().flat_map(|members| members.values_mut()) {
            match body.get_mut("DependsOn") {
                Some(Value::Array(ids)) => {
                    ids.retain(|id| id.as_str().is_some_and(|id| kept.iter().any(|k| k == id)));
                }
                Some(Value::String(id)) if !kept.contains(id) => {
                    body.as_object_mut().map(|members| members.shift_remove("DependsOn"));
                }
                _ => {}
            }
        }
        template
    }
}

fn take_branches(value: &mut Value, scope: &Scope) {
    while let Some(branch) = branch(value, scope) {
        *value = branch;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| take_branches(item, scope)),
        Value::Object(members) => members.values_mut().for_each(|member| take_branches(member, scope)),
        _ => {}
    }
}

fn branch(value: &Value, scope: &Scope) -> Option<Value> {
    let Some(("Fn::If", Value::Array(list))) = super::intrinsic::function(value) else { return None };
    let [Value::String(name), yes, no] = list.as_slice() else { return None };
    scope.condition(name).map(|holds| if holds { yes.clone() } else { no.clone() })
}
