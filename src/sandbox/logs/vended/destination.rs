use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::access::arn_of;
use super::super::command::{
    DescribeDeliveryDestinations, PutDeliveryDestination, PutDeliveryDestinationPolicy,
};
use super::super::groups::with_token;
use super::super::page::page;
use super::source::log_service;
use super::state::{Vended, check_name, conflict, missing, only_when_new, validation};
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::{Scope, ServiceError};

const FORMATS: [&str; 5] = ["json", "plain", "w3c", "raw", "parquet"];

/// Where logs go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sandbox::logs) struct Destination {
    /// None for traces, which go to X-Ray.
    resource: Option<String>,
    /// `S3`, `CWL`, `FH` or `XRAY`.
    pub(super) kind: String,
    format: Option<String>,
    role: Option<String>,
    policy: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
}

impl Destination {
    fn show(&self, scope: &Scope, name: &str) -> Value {
        let mut shown = json!({
            "name": name,
            "arn": arn_of(scope, "delivery-destination", name),
            "deliveryDestinationType": self.kind,
            "tags": self.tags,
        });
        if let Some(resource) = &self.resource {
            shown["deliveryDestinationConfiguration"] = json!({ "destinationResourceArn": resource });
        }
        for (member, value) in [("outputFormat", &self.format), ("roleArn", &self.role)] {
            if let Some(value) = value {
                shown[member] = value.clone().into();
            }
        }
        shown
    }
}

/// Says what kind of destination a resource is.
fn kind_of(input: &PutDeliveryDestination) -> Result<&'static str, ServiceError> {
    let resource = input.delivery_destination_configuration.as_ref();
    let resource = resource.map(|configuration| configuration.destination_resource_arn.as_str());
    let kind = match resource.map(log_service) {
        Some("s3") => "S3",
        Some("logs") => "CWL",
        Some("firehose") => "FH",
        Some(_) => return Err(validation("Provided ARN is not a valid delivery destination.")),
        None if input.delivery_destination_type.as_deref() == Some("XRAY") => "XRAY",
        None => return Err(validation("deliveryDestinationConfiguration must be provided.")),
    };
    if input.delivery_destination_type.as_ref().is_some_and(|asked| asked != kind) {
        return Err(validation("deliveryDestinationType does not match the destination resource."));
    }
    Ok(kind)
}

impl Vended {
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestination.html>
    pub(in crate::sandbox::logs) fn put_destination(
        &mut self,
        scope: &Scope,
        input: PutDeliveryDestination,
    ) -> Result<Value, ServiceError> {
        check_name(&input.name, "name")?;
        if let Some(format) = input.output_format.as_deref().filter(|format| !FORMATS.contains(format)) {
            return Err(validation(format!(
                "1 validation error detected: Value '{format}' at 'outputFormat' failed to satisfy constraint: Member must satisfy enum value set: [json, plain, w3c, raw, parquet]"
            )));
        }
        let kind = kind_of(&input)?.to_owned();
        let (mut tags, mut policy, mut format) = (input.tags, None, input.output_format);
        if let Some(there) = self.destinations.get(&input.name) {
            only_when_new(&tags)?;
            if format.is_some() && format != there.format {
                return Err(validation(
                    "Update to existing Delivery Destination with new Output Format is not allowed. Please create a new Delivery Destination instead.",
                ));
            }
            tags.clone_from(&there.tags);
            policy.clone_from(&there.policy);
            format.clone_from(&there.format);
        }
        let resource = input
            .delivery_destination_configuration
            .map(|configuration| configuration.destination_resource_arn);
        let destination = Destination { resource, kind, format, role: input.role_arn, policy, tags };
        let shown = destination.show(scope, &input.name);
        self.destinations.insert(input.name, destination);
        Ok(json!({ "deliveryDestination": shown }))
    }

    fn known(&self, name: &str) -> Result<&Destination, ServiceError> {
        self.destinations.get(name).ok_or_else(|| missing("Delivery Destination"))
    }

    pub(in crate::sandbox::logs) fn destination(
        &self,
        scope: &Scope,
        name: &str,
    ) -> Result<Value, ServiceError> {
        Ok(json!({ "deliveryDestination": self.known(name)?.show(scope, name) }))
    }

    pub(in crate::sandbox::logs) fn destinations(
        &self,
        scope: &Scope,
        input: &DescribeDeliveryDestinations,
    ) -> Result<Value, ServiceError> {
        let wanted =
            self.destinations.iter().filter(|(name, _)| input.names.is_empty() || input.names.contains(name));
        let cut = page(wanted, input.next_token.as_deref(), input.limit, 50)?;
        let shown: Vec<Value> =
            cut.items.into_iter().map(|(name, destination)| destination.show(scope, name)).collect();
        Ok(with_token(json!({ "deliveryDestinations": shown }), cut.next))
    }

    pub(in crate::sandbox::logs) fn delete_destination(
        &mut self,
        scope: &Scope,
        name: &str,
    ) -> Result<Value, ServiceError> {
        self.known(name)?;
        let arn = arn_of(scope, "delivery-destination", name);
        if self.deliveries.values().any(|delivery| delivery.destination == arn) {
            return Err(conflict("The specified Delivery Destination is used by a Delivery."));
        }
        self.destinations.remove(name);
        Ok(json!({}))
    }

    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestinationPolicy.html>
    pub(in crate::sandbox::logs) fn put_destination_policy(
        &mut self,
        input: PutDeliveryDestinationPolicy,
    ) -> Result<Value, ServiceError> {
        let destination = self.destinations.get_mut(&input.delivery_destination_name);
        let destination = destination.ok_or_else(|| missing("Delivery Destination"))?;
        if let Err(problem) = Policy::parse(&input.delivery_destination_policy, PolicyKind::Resource) {
            return Err(validation(format!("Invalid policy document: {}", problem.message)));
        }
        let shown = json!({ "policy": { "deliveryDestinationPolicy": input.delivery_destination_policy } });
        destination.policy = Some(input.delivery_destination_policy);
        Ok(shown)
    }

    pub(in crate::sandbox::logs) fn destination_policy(&self, name: &str) -> Result<Value, ServiceError> {
        let policy = self.known(name)?.policy.as_ref();
        Ok(json!({
            "policy": policy.map_or_else(|| json!({}), |policy| json!({ "deliveryDestinationPolicy": policy })),
        }))
    }

    pub(in crate::sandbox::logs) fn delete_destination_policy(
        &mut self,
        name: &str,
    ) -> Result<Value, ServiceError> {
        let destination = self.destinations.get_mut(name).ok_or_else(|| missing("Delivery Destination"))?;
        destination.policy = None;
        Ok(json!({}))
    }
}
