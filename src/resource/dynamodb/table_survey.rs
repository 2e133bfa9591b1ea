use aws_sdk_dynamodb::types::{
    KeySchemaElement, Projection, ProvisionedThroughputDescription, TableDescription,
};
use serde_json::{Value, json};

use crate::aws::{Clients, Found, Outcome};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::Shaped;
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen, tagged};

/// Reads the account's tables: keys, indexes, billing, stream, expiry. Items are a probe's affair.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.dynamodb.list_tables().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("dynamodb:ListTables");
    let Some(names) = survey.keep(schema.kind, listed) else { return survey };
    let parts = each(names, READS, |name| {
        let clients = clients.clone();
        async move { table(&clients, schema, &name).await }
    })
    .await;
    survey.absorb_all(parts);
    survey
}

async fn table(clients: &Clients, schema: &Schema, name: &str) -> Survey {
    let mut survey = Survey::default();
    let key = format!("{}/{name}", schema.kind);
    let read = clients.dynamodb.describe_table().table_name(name).send().await;
    let read = survey.keep(&key, read.during("dynamodb:DescribeTable"));
    let Some(table) = read.and_then(|output| output.table) else { return survey };
    let arn = table.table_arn().unwrap_or_default().to_owned();

    let expiry = clients.dynamodb.describe_time_to_live().table_name(name).send().await;
    let expiry = survey.keep(&key, expiry.during("dynamodb:DescribeTimeToLive").found()).flatten();
    let expiry = expiry.and_then(|output| output.time_to_live_description).and_then(|expiry| {
        let enabled = expiry.time_to_live_status().is_some_and(|status| status.as_str().starts_with("ENABL"));
        enabled.then(|| json!({"AttributeName": expiry.attribute_name(), "Enabled": true}))
    });
    let tags = clients.dynamodb.list_tags_of_resource().resource_arn(&arn).send().await;
    let tags = survey.keep(&key, tags.during("dynamodb:ListTagsOfResource"));
    let tags = tags.and_then(|output| output.tags).unwrap_or_default();

    let mut resource = seen(schema, name, name, shape(&table, expiry));
    resource.arn = Some(arn);
    resource.attributes = Shaped::new()
        .maybe("TableStatus", table.table_status().map(aws_sdk_dynamodb::types::TableStatus::as_str))
        .maybe("StreamArn", table.latest_stream_arn())
        .done();
    survey.resources.push(tagged(resource, tags.into_iter().map(|tag| (tag.key, tag.value))));
    survey
}

fn shape(table: &TableDescription, expiry: Option<Value>) -> Value {
    let on_demand = table.billing_mode_summary().and_then(|billing| billing.billing_mode());
    let billing = on_demand.map_or("PROVISIONED", |mode| mode.as_str());
    let provisioned = billing == "PROVISIONED";
    let capacity = |throughput: Option<&ProvisionedThroughputDescription>| {
        let throughput = throughput.filter(|_| provisioned)?;
        Some(json!({
            "ReadCapacityUnits": throughput.read_capacity_units(),
            "WriteCapacityUnits": throughput.write_capacity_units(),
        }))
    };
    let definitions: Vec<Value> = table
        .attribute_definitions()
        .iter()
        .map(|each| {
            json!({"AttributeName": each.attribute_name(), "AttributeType": each.attribute_type().as_str()})
        })
        .collect();
    let global: Vec<Value> = table
        .global_secondary_indexes()
        .iter()
        .map(|index| {
            Shaped::new()
                .maybe("IndexName", index.index_name())
                .with("KeySchema", keys(index.key_schema()))
                .maybe("Projection", index.projection().map(projection))
                .maybe("ProvisionedThroughput", capacity(index.provisioned_throughput()))
                .done()
        })
        .collect();
    let local: Vec<Value> = table
        .local_secondary_indexes()
        .iter()
        .map(|index| {
            Shaped::new()
                .maybe("IndexName", index.index_name())
                .with("KeySchema", keys(index.key_schema()))
                .maybe("Projection", index.projection().map(projection))
                .done()
        })
        .collect();
    let stream = table.stream_specification().filter(|stream| stream.stream_enabled());
    let view = stream
        .and_then(|stream| stream.stream_view_type())
        .map(aws_sdk_dynamodb::types::StreamViewType::as_str);
    Shaped::new()
        .maybe("TableName", table.table_name())
        .with("AttributeDefinitions", definitions)
        .with("KeySchema", keys(table.key_schema()))
        .with("BillingMode", billing)
        .maybe("ProvisionedThroughput", capacity(table.provisioned_throughput()))
        .filled("GlobalSecondaryIndexes", global.into())
        .filled("LocalSecondaryIndexes", local.into())
        .maybe("SSESpecification", encryption(table))
        .maybe("StreamSpecification", view.map(|view| json!({"StreamViewType": view})))
        .maybe("TimeToLiveSpecification", expiry)
        .maybe("DeletionProtectionEnabled", table.deletion_protection_enabled())
        .done()
}

fn encryption(table: &TableDescription) -> Option<Value> {
    let described = table.sse_description()?;
    let enabled = described.status().is_some_and(|status| status.as_str().starts_with("ENABL"));
    enabled.then(|| {
        Shaped::new()
            .with("SSEEnabled", true)
            .maybe("SSEType", described.sse_type().map(aws_sdk_dynamodb::types::SseType::as_str))
            .done()
    })
}

fn keys(elements: &[KeySchemaElement]) -> Value {
    let keys = elements
        .iter()
        .map(|each| json!({"AttributeName": each.attribute_name(), "KeyType": each.key_type().as_str()}));
    keys.collect()
}

fn projection(projection: &Projection) -> Value {
    let mut attributes = projection.non_key_attributes().to_vec();
    attributes.sort();
    Shaped::new()
        .maybe(
            "ProjectionType",
            projection.projection_type().map(aws_sdk_dynamodb::types::ProjectionType::as_str),
        )
        .filled("NonKeyAttributes", attributes.into())
        .done()
}
