use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::command::{
    DeleteQueryDefinition, DeleteResourcePolicy, DescribeQueryDefinitions, DescribeResourcePolicies,
    PutQueryDefinition, PutResourcePolicy, invalid,
};
use super::destinations::Destinations;
use super::exports::Exports;
use super::groups::with_token;
use super::page::page;
use super::query::parse;
use super::vended::Vended;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::ServiceError;

/// Of one region. <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html>
const MOST_POLICIES: usize = 10;
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const MOST_DEFINITIONS: usize = 1000;

/// What an account has set in a region besides its groups.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Settings {
    /// By name: which services may write where.
    policies: BTreeMap<String, ResourcePolicy>,
    /// By id: queries of Logs Insights that somebody keeps.
    definitions: BTreeMap<String, Definition>,
    #[serde(default)]
    pub(super) destinations: Destinations,
    #[serde(default)]
    pub(super) vended: Vended,
    #[serde(default)]
    pub(super) exports: Exports,
    /// All statements of all policies as one.
    #[serde(skip)]
    pub(super) policy: Option<Arc<Policy>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ResourcePolicy {
    document: String,
    updated: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Definition {
    name: String,
    text: String,
    groups: Vec<String>,
    modified: i64,
}

impl Settings {
    /// Reads the policies anew.
    pub(super) fn parse(&mut self) {
        let mut statements = Vec::new();
        for policy in self.policies.values() {
            let document: Value = serde_json::from_str(&policy.document).unwrap_or_default();
            match document["Statement"].clone() {
                Value::Array(more) => statements.extend(more),
                Value::Null => {}
                one => statements.push(one),
            }
        }
        let whole = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        self.policy = Policy::parse(&whole, PolicyKind::Resource).ok().map(Arc::new);
    }

    pub(super) fn put_policy(&mut self, input: PutResourcePolicy, now: i64) -> Result<Value, ServiceError> {
        if input.policy_name.is_empty() {
            return Err(invalid("policyName must be given."));
        }
        if let Err(problem) = Policy::parse(&input.policy_document, PolicyKind::Resource) {
            return Err(invalid(format!("Invalid policy document: {}", problem.message)));
        }
        if self.policies.len() >= MOST_POLICIES && !self.policies.contains_key(&input.policy_name) {
            return Err(ServiceError::new(400, "LimitExceededException", "Resource limit exceeded."));
        }
        let policy = ResourcePolicy { document: input.policy_document, updated: now };
        let shown = show_policy(&input.policy_name, &policy);
        self.policies.insert(input.policy_name, policy);
        self.parse();
        Ok(json!({ "resourcePolicy": shown }))
    }

    pub(super) fn policies(&self, input: &DescribeResourcePolicies) -> Result<Value, ServiceError> {
        let cut = page(self.policies.iter(), input.next_token.as_deref(), input.limit, 50)?;
        let shown: Vec<Value> =
            cut.items.into_iter().map(|(name, policy)| show_policy(name, policy)).collect();
        Ok(with_token(json!({ "resourcePolicies": shown }), cut.next))
    }

    pub(super) fn delete_policy(&mut self, input: &DeleteResourcePolicy) -> Result<Value, ServiceError> {
        let name = &input.policy_name;
        if self.policies.remove(name).is_none() {
            return Err(ServiceError::new(
                400,
                "ResourceNotFoundException",
                format!("Policy with name [{name}] does not exist"),
            ));
        }
        self.parse();
        Ok(json!({}))
    }

    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html>
    pub(super) fn put_definition(
        &mut self,
        input: PutQueryDefinition,
        id: String,
        now: i64,
    ) -> Result<Value, ServiceError> {
        if input.name.is_empty() {
            return Err(invalid(
                "1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ));
        }
        parse(&input.query_string)?;
        let id = match input.query_definition_id.filter(|id| !id.is_empty()) {
            Some(known) if self.definitions.contains_key(&known) => known,
            Some(_) => return Err(no_definition()),
            None if self.definitions.len() >= MOST_DEFINITIONS => {
                return Err(ServiceError::new(400, "LimitExceededException", "Resource limit exceeded."));
            }
            None => id,
        };
        let definition = Definition {
            name: input.name,
            text: input.query_string,
            groups: input.log_group_names,
            modified: now,
        };
        self.definitions.insert(id.clone(), definition);
        Ok(json!({ "queryDefinitionId": id }))
    }

    pub(super) fn definitions(&self, input: &DescribeQueryDefinitions) -> Result<Value, ServiceError> {
        let prefix = input.query_definition_name_prefix.as_deref().unwrap_or_default();
        let own = self.definitions.iter().filter(|(_, definition)| definition.name.starts_with(prefix));
        let cut = page(own, input.next_token.as_deref(), input.max_results, 1000)?;
        let shown = cut.items.into_iter().map(|(id, definition)| {
            json!({
                "queryLanguage": "CWLI",
                "queryDefinitionId": id,
                "name": definition.name,
                "queryString": definition.text,
                "lastModified": definition.modified,
                "logGroupNames": definition.groups,
            })
        });
        let shown: Vec<Value> = shown.collect();
        Ok(with_token(json!({ "queryDefinitions": shown }), cut.next))
    }

    pub(super) fn delete_definition(&mut self, input: &DeleteQueryDefinition) -> Result<Value, ServiceError> {
        self.definitions.remove(&input.query_definition_id).ok_or_else(no_definition)?;
        Ok(json!({ "success": true }))
    }
}

fn show_policy(name: &str, policy: &ResourcePolicy) -> Value {
    json!({ "policyName": name, "policyDocument": policy.document, "lastUpdatedTime": policy.updated })
}

fn no_definition() -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", "The specified query definition does not exist.")
}
