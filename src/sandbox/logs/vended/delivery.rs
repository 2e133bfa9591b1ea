use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::access::arn_of;
use super::super::command::{CreateDelivery, DescribeDeliveries, UpdateDelivery};
use super::super::groups::with_token;
use super::super::page::page;
use super::state::{Vended, conflict, missing};
use crate::sandbox::{Scope, ServiceError};

/// A source joined with a destination.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sandbox::logs) struct Delivery {
    /// The source's name.
    pub(super) source: String,
    /// The destination's ARN.
    pub(super) destination: String,
    kind: String,
    fields: Option<Vec<String>>,
    delimiter: Option<String>,
    /// How objects are named, of a bucket.
    objects: Option<Value>,
    pub(super) tags: BTreeMap<String, String>,
}

impl Delivery {
    fn show(&self, scope: &Scope, id: &str) -> Value {
        let mut shown = json!({
            "id": id,
            "arn": arn_of(scope, "delivery", id),
            "deliverySourceName": self.source,
            "deliveryDestinationArn": self.destination,
            "deliveryDestinationType": self.kind,
            "tags": self.tags,
        });
        if let Some(fields) = &self.fields {
            shown["recordFields"] = json!(fields);
        }
        if let Some(delimiter) = &self.delimiter {
            shown["fieldDelimiter"] = delimiter.clone().into();
        }
        if let Some(objects) = &self.objects {
            shown["s3DeliveryConfiguration"] = objects.clone();
        }
        shown
    }
}

impl Vended {
    /// Joins a source with a destination, of each kind of which a source may have one.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateDelivery.html>
    pub(in crate::sandbox::logs) fn create_delivery(
        &mut self,
        scope: &Scope,
        input: CreateDelivery,
        id: String,
    ) -> Result<Value, ServiceError> {
        if !self.sources.contains_key(&input.delivery_source_name) {
            return Err(missing("Delivery Source"));
        }
        let arn = &input.delivery_destination_arn;
        let own = self.destinations.iter();
        let mut own = own.filter(|(name, _)| arn_of(scope, "delivery-destination", name) == **arn);
        let (_, destination) = own.next().ok_or_else(|| missing("Delivery Destination"))?;
        let kind = destination.kind.clone();
        for other in self.deliveries.values().filter(|other| other.source == input.delivery_source_name) {
            if other.destination == *arn {
                return Err(conflict("The specified Delivery already exists"));
            }
            if other.kind == kind {
                return Err(conflict(
                    "Delivery already exists for this Delivery Source with the same Delivery Destination Type.",
                ));
            }
        }
        let delivery = Delivery {
            source: input.delivery_source_name,
            destination: input.delivery_destination_arn,
            kind,
            fields: input.record_fields,
            delimiter: input.field_delimiter,
            objects: input.s3_delivery_configuration,
            tags: input.tags,
        };
        let shown = delivery.show(scope, &id);
        self.deliveries.insert(id, delivery);
        Ok(json!({ "delivery": shown }))
    }

    pub(in crate::sandbox::logs) fn delivery(&self, scope: &Scope, id: &str) -> Result<Value, ServiceError> {
        let delivery = self.deliveries.get(id).ok_or_else(|| missing("Delivery"))?;
        Ok(json!({ "delivery": delivery.show(scope, id) }))
    }

    pub(in crate::sandbox::logs) fn deliveries(
        &self,
        scope: &Scope,
        input: &DescribeDeliveries,
    ) -> Result<Value, ServiceError> {
        let names = &input.delivery_source_names;
        let wanted = self
            .deliveries
            .iter()
            .filter(|(_, delivery)| names.is_empty() || names.contains(&delivery.source));
        let cut = page(wanted, input.next_token.as_deref(), input.limit, 50)?;
        let shown: Vec<Value> =
            cut.items.into_iter().map(|(id, delivery)| delivery.show(scope, id)).collect();
        Ok(with_token(json!({ "deliveries": shown }), cut.next))
    }

    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateDeliveryConfiguration.html>
    pub(in crate::sandbox::logs) fn update_delivery(
        &mut self,
        input: UpdateDelivery,
    ) -> Result<Value, ServiceError> {
        let delivery = self.deliveries.get_mut(&input.id).ok_or_else(|| missing("Delivery"))?;
        delivery.fields = input.record_fields.or_else(|| delivery.fields.take());
        delivery.delimiter = input.field_delimiter.or_else(|| delivery.delimiter.take());
        delivery.objects = input.s3_delivery_configuration.or_else(|| delivery.objects.take());
        Ok(json!({}))
    }

    pub(in crate::sandbox::logs) fn delete_delivery(&mut self, id: &str) -> Result<Value, ServiceError> {
        self.deliveries.remove(id).map(|_| json!({})).ok_or_else(|| missing("Delivery"))
    }
}
