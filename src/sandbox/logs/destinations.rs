use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::arn_of;
use super::command::{DescribeDestinations, PutDestination, PutDestinationPolicy, invalid};
use super::groups::with_token;
use super::page::page;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::{Scope, ServiceError};

/// What accounts may send each other's logs to, by name. There is no stream here that one could stand for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Destinations(BTreeMap<String, Destination>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Destination {
    target: String,
    role: String,
    policy: Option<String>,
    /// In milliseconds since 1970.
    created: i64,
    tags: BTreeMap<String, String>,
}

impl Destination {
    fn show(&self, scope: &Scope, name: &str) -> Value {
        let mut shown = json!({
            "destinationName": name,
            "targetArn": self.target,
            "roleArn": self.role,
            "arn": arn_of(scope, "destination", name),
            "creationTime": self.created,
        });
        if let Some(policy) = &self.policy {
            shown["accessPolicy"] = policy.clone().into();
        }
        shown
    }
}

impl Destinations {
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestination.html>
    pub(super) fn put(
        &mut self,
        scope: &Scope,
        input: PutDestination,
        now: i64,
    ) -> Result<Value, ServiceError> {
        let name = &input.destination_name;
        if name.is_empty() || name.chars().count() > 512 || name.contains([':', '*']) {
            return Err(invalid(format!(
                "1 validation error detected: Value '{name}' at 'destinationName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*"
            )));
        }
        let kind = input.target_arn.split(':').nth(2).unwrap_or_default();
        if !matches!(kind, "kinesis" | "firehose") {
            return Err(invalid("targetArn for vendor is not supported."));
        }
        let before = self.0.remove(name);
        let destination = Destination {
            target: input.target_arn,
            role: input.role_arn,
            policy: before.as_ref().and_then(|before| before.policy.clone()),
            created: before.as_ref().map_or(now, |before| before.created),
            tags: before.map_or(input.tags, |before| before.tags),
        };
        let shown = destination.show(scope, name);
        self.0.insert(input.destination_name, destination);
        Ok(json!({ "destination": shown }))
    }

    pub(super) fn describe(
        &self,
        scope: &Scope,
        input: &DescribeDestinations,
    ) -> Result<Value, ServiceError> {
        let prefix = input.destination_name_prefix.as_deref().unwrap_or_default();
        let wanted = self.0.iter().filter(|(name, _)| name.starts_with(prefix));
        let cut = page(wanted, input.next_token.as_deref(), input.limit, 50)?;
        let shown: Vec<Value> =
            cut.items.into_iter().map(|(name, destination)| destination.show(scope, name)).collect();
        Ok(with_token(json!({ "destinations": shown }), cut.next))
    }

    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestinationPolicy.html>
    pub(super) fn put_policy(&mut self, input: PutDestinationPolicy) -> Result<Value, ServiceError> {
        let destination = self.0.get_mut(&input.destination_name).ok_or_else(missing)?;
        if let Err(problem) = Policy::parse(&input.access_policy, PolicyKind::Resource) {
            return Err(invalid(format!("Invalid policy document: {}", problem.message)));
        }
        destination.policy = Some(input.access_policy);
        Ok(json!({}))
    }

    pub(super) fn delete(&mut self, name: &str) -> Result<Value, ServiceError> {
        self.0.remove(name).map(|_| json!({})).ok_or_else(missing)
    }

    pub(super) fn tags_mut(&mut self, name: &str) -> Option<&mut BTreeMap<String, String>> {
        self.0.get_mut(name).map(|destination| &mut destination.tags)
    }
}

fn missing() -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", "The specified destination does not exist.")
}
