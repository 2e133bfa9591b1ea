use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{
    BillingMode, CreateGlobalSecondaryIndexAction, DeleteGlobalSecondaryIndexAction,
    GlobalSecondaryIndexUpdate, IndexStatus, PointInTimeRecoverySpecification, SseSpecification, SseType,
    StreamSpecification, StreamViewType, TableDescription, TableStatus, Tag, TimeToLiveSpecification,
};

use super::indexes::{definitions, global, key_schema, local, projection, throughput};
use super::table_survey::survey;
use crate::aws::{Clients, ErrorClass, Failure, Found, Outcome, Patience};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS, TEXTS};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

const KEY_SCHEMA: Shape = Shape::List(&Shape::Object(&[
    Property::text("AttributeName").required(),
    Property::new("KeyType", Shape::Choice(&["HASH", "RANGE"])).required(),
]));
const PROJECTION: Shape = Shape::Object(&[
    Property::new("NonKeyAttributes", TEXTS),
    Property::new("ProjectionType", Shape::Choice(&["ALL", "KEYS_ONLY", "INCLUDE"])),
]);
const THROUGHPUT: Shape = Shape::Object(&[
    Property::new("ReadCapacityUnits", Shape::Integer).required(),
    Property::new("WriteCapacityUnits", Shape::Integer).required(),
]);

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::DynamoDB::Table",
    properties: &[
        Property::new(
            "AttributeDefinitions",
            Shape::List(&Shape::Object(&[
                Property::text("AttributeName").required(),
                Property::new("AttributeType", Shape::Choice(&["S", "N", "B"])).required(),
            ])),
        ),
        Property::new("BillingMode", Shape::Choice(&["PAY_PER_REQUEST", "PROVISIONED"])),
        Property::new("DeletionProtectionEnabled", Shape::Boolean),
        Property::new(
            "GlobalSecondaryIndexes",
            Shape::List(&Shape::Object(&[
                Property::text("IndexName").required(),
                Property::new("KeySchema", KEY_SCHEMA).required(),
                Property::new("Projection", PROJECTION).required(),
                Property::new("ProvisionedThroughput", THROUGHPUT),
            ])),
        ),
        Property::new("KeySchema", KEY_SCHEMA).required().create_only(),
        Property::new(
            "LocalSecondaryIndexes",
            Shape::List(&Shape::Object(&[
                Property::text("IndexName").required(),
                Property::new("KeySchema", KEY_SCHEMA).required(),
                Property::new("Projection", PROJECTION).required(),
            ])),
        )
        .create_only(),
        Property::new(
            "PointInTimeRecoverySpecification",
            Shape::Object(&[Property::new("PointInTimeRecoveryEnabled", Shape::Boolean)]),
        ),
        Property::new("ProvisionedThroughput", THROUGHPUT),
        Property::new(
            "SSESpecification",
            Shape::Object(&[
                Property::text("KMSMasterKeyId"),
                Property::new("SSEEnabled", Shape::Boolean).required(),
                Property::new("SSEType", Shape::Choice(&["KMS"])),
            ]),
        ),
        Property::new(
            "StreamSpecification",
            Shape::Object(&[Property::new(
                "StreamViewType",
                Shape::Choice(&["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]),
            )
            .required()]),
        ),
        Property::text("TableName").create_only(),
        Property::new("Tags", TAGS),
        Property::new(
            "TimeToLiveSpecification",
            Shape::Object(&[
                Property::text("AttributeName"),
                Property::new("Enabled", Shape::Boolean).required(),
            ]),
        ),
    ],
    attributes: &["Arn", "StreamArn"],
    name: Some(Name { property: "TableName", longest: 255 }),
    part_of: None,
    taggable: true,
};

/// A table: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct Table;

impl ResourceType for Table {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(create(clients, wanted))
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(update(clients, standing, wanted))
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(delete(clients, standing))
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients, &SCHEMA))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let name = wanted.name_in("TableName");
    clients
        .dynamodb
        .create_table()
        .table_name(&name)
        .set_attribute_definitions(Some(definitions(properties)?))
        .set_key_schema(Some(key_schema(properties)?))
        .set_billing_mode(billing(properties))
        .set_provisioned_throughput(throughput(properties)?)
        .set_global_secondary_indexes(global(properties)?)
        .set_local_secondary_indexes(local(properties)?)
        .set_stream_specification(stream(properties)?)
        .set_sse_specification(encryption(properties))
        .set_deletion_protection_enabled(properties.flag("DeletionProtectionEnabled"))
        .set_tags(Some(sdk_tags(&wanted.tags)?))
        .send()
        .await
        .during("dynamodb:CreateTable")?;
    let made = Made::new(&name);
    let table = active(clients, &name).await.map_err(Incomplete::after(&made))?;
    if let Some(expiry) = properties.object("TimeToLiveSpecification") {
        expire(clients, &name, expiry).await.map_err(Incomplete::after(&made))?;
    }
    if keeps_the_past(properties) {
        keep_the_past(clients, &name, true).await.map_err(Incomplete::after(&made))?;
    }
    Ok(described(&name, &table))
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let name = &standing.made.id;
    let differs = |property: &str| before.get(property) != after.get(property);
    let client = &clients.dynamodb;
    if differs("BillingMode") || differs("ProvisionedThroughput") {
        let mode = billing(after).unwrap_or(BillingMode::Provisioned);
        let call = client.update_table().table_name(name).billing_mode(mode);
        let call = call.set_provisioned_throughput(throughput(after)?);
        call.send().await.during("dynamodb:UpdateTable")?;
        active(clients, name).await?;
    }
    if differs("DeletionProtectionEnabled") {
        let protect = after.flag("DeletionProtectionEnabled").unwrap_or(false);
        let call = client.update_table().table_name(name).deletion_protection_enabled(protect);
        call.send().await.during("dynamodb:UpdateTable")?;
        active(clients, name).await?;
    }
    if differs("SSESpecification") {
        let plain = SseSpecification::builder().enabled(false).build();
        let call = client.update_table().table_name(name);
        let call = call.sse_specification(encryption(after).unwrap_or(plain));
        call.send().await.during("dynamodb:UpdateTable")?;
        active(clients, name).await?;
    }
    if differs("StreamSpecification") {
        if before.object("StreamSpecification").is_some() {
            let off = StreamSpecification::builder().stream_enabled(false).build()?;
            let call = client.update_table().table_name(name).stream_specification(off);
            call.send().await.during("dynamodb:UpdateTable")?;
            active(clients, name).await?;
        }
        if let Some(stream) = stream(after)? {
            let call = client.update_table().table_name(name).stream_specification(stream);
            call.send().await.during("dynamodb:UpdateTable")?;
            active(clients, name).await?;
        }
    }
    if differs("GlobalSecondaryIndexes") {
        settle_indexes(clients, name, before, after).await?;
    }
    if differs("TimeToLiveSpecification") {
        let off = serde_json::json!({"Enabled": false});
        let off = before.object("TimeToLiveSpecification").map(|expiry| {
            let mut off = off.clone();
            off["AttributeName"] = expiry.get("AttributeName").cloned().unwrap_or_default();
            off
        });
        match (after.object("TimeToLiveSpecification"), &off) {
            (Some(expiry), _) => expire(clients, name, expiry).await?,
            (None, Some(off)) => expire(clients, name, Properties(off)).await?,
            (None, None) => {}
        }
    }
    if keeps_the_past(before) != keeps_the_past(after) {
        keep_the_past(clients, name, keeps_the_past(after)).await?;
    }
    let table = active(clients, name).await?;
    if let Some(arn) = table.table_arn().filter(|_| standing.tags != wanted.tags) {
        let call = client.tag_resource().resource_arn(arn).set_tags(Some(sdk_tags(&wanted.tags)?));
        call.send().await.during("dynamodb:TagResource")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = client.untag_resource().resource_arn(arn).set_tag_keys(Some(dropped));
            call.send().await.during("dynamodb:UntagResource")?;
        }
    }
    Ok(described(name, &table))
}

/// Deletes and makes indexes one at a time, as DynamoDB demands; a changed one is made anew.
async fn settle_indexes(
    clients: &Clients,
    name: &str,
    before: Properties<'_>,
    after: Properties<'_>,
) -> Result<(), Failure> {
    let (old, new) = (before.objects("GlobalSecondaryIndexes"), after.objects("GlobalSecondaryIndexes"));
    for index in old.iter().filter(|index| !new.iter().any(|other| other.0 == index.0)) {
        let delete =
            DeleteGlobalSecondaryIndexAction::builder().set_index_name(index.text("IndexName")).build()?;
        let change = GlobalSecondaryIndexUpdate::builder().delete(delete).build();
        let call = clients.dynamodb.update_table().table_name(name).global_secondary_index_updates(change);
        call.send().await.during("dynamodb:UpdateTable").found()?;
        active(clients, name).await?;
    }
    for index in new.iter().filter(|index| !old.iter().any(|other| other.0 == index.0)) {
        let create = CreateGlobalSecondaryIndexAction::builder()
            .set_index_name(index.text("IndexName"))
            .set_key_schema(Some(key_schema(*index)?))
            .set_projection(projection(*index))
            .set_provisioned_throughput(throughput(*index)?)
            .build()?;
        let change = GlobalSecondaryIndexUpdate::builder().create(create).build();
        let call = clients.dynamodb.update_table().table_name(name).global_secondary_index_updates(change);
        let call = call.set_attribute_definitions(Some(definitions(after)?));
        call.send().await.during("dynamodb:UpdateTable")?;
        active(clients, name).await?;
    }
    Ok(())
}

/// Deletes a table and waits until it is gone, so that its name is free again.
async fn delete(clients: &Clients, standing: &Standing) -> Result<(), Failure> {
    let name = &standing.made.id;
    let deleted = clients.dynamodb.delete_table().table_name(name).send().await;
    if deleted.during("dynamodb:DeleteTable").found()?.is_none() {
        return Ok(());
    }
    for wait in PATIENCE.waits() {
        let call = clients.dynamodb.describe_table().table_name(name);
        if call.send().await.during("dynamodb:DescribeTable").found()?.is_none() {
            return Ok(());
        }
        tokio::time::sleep(wait).await;
    }
    Err(Failure::new(ErrorClass::Other, "dynamodb:DescribeTable", format!("table {name} is still there")))
}

const PATIENCE: Patience = Patience {
    limit: Duration::from_mins(10),
    first: Duration::from_millis(10),
    longest: Duration::from_secs(3),
};

/// Waits until a table and its indexes are active.
async fn active(clients: &Clients, name: &str) -> Result<TableDescription, Failure> {
    let mut waits = PATIENCE.waits();
    loop {
        let call = clients.dynamodb.describe_table().table_name(name);
        match call.send().await.during("dynamodb:DescribeTable").found() {
            Ok(Some(output)) => {
                if let Some(table) = output.table.filter(is_active) {
                    return Ok(table);
                }
            }
            // A table that was just made may not be visible yet.
            Ok(None) if clients.eventual() => {}
            Ok(None) => {
                let message = format!("table {name} is not there after it was made");
                return Err(Failure::new(ErrorClass::Missing, "dynamodb:DescribeTable", message));
            }
            Err(failure) => return Err(failure),
        }
        let Some(wait) = waits.next() else {
            let message = format!("table {name} did not become active");
            return Err(Failure::new(ErrorClass::Other, "dynamodb:DescribeTable", message));
        };
        tokio::time::sleep(wait).await;
    }
}

fn is_active(table: &TableDescription) -> bool {
    let index_active =
        |status: Option<&IndexStatus>| status.is_none_or(|status| *status == IndexStatus::Active);
    table.table_status().is_none_or(|status| *status == TableStatus::Active)
        && table.global_secondary_indexes().iter().all(|index| index_active(index.index_status()))
}

/// Whether the table can be brought back to what it was at any time.
fn keeps_the_past(properties: Properties<'_>) -> bool {
    let given = properties.object("PointInTimeRecoverySpecification");
    given.and_then(|given| given.flag("PointInTimeRecoveryEnabled")).unwrap_or(false)
}

async fn keep_the_past(clients: &Clients, name: &str, enabled: bool) -> Result<(), Failure> {
    let setting =
        PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(enabled).build()?;
    let call = clients.dynamodb.update_continuous_backups().table_name(name);
    let call = call.point_in_time_recovery_specification(setting);
    call.send().await.during("dynamodb:UpdateContinuousBackups").map(drop)
}

async fn expire(clients: &Clients, name: &str, expiry: Properties<'_>) -> Result<(), Failure> {
    let setting = TimeToLiveSpecification::builder()
        .set_attribute_name(expiry.text("AttributeName"))
        .enabled(expiry.flag("Enabled").unwrap_or(false))
        .build()?;
    let call = clients.dynamodb.update_time_to_live().table_name(name).time_to_live_specification(setting);
    call.send().await.during("dynamodb:UpdateTimeToLive").map(drop)
}

fn described(name: &str, table: &TableDescription) -> Made {
    Made::new(name).maybe("Arn", table.table_arn()).maybe("StreamArn", table.latest_stream_arn())
}

fn billing(properties: Properties<'_>) -> Option<BillingMode> {
    properties.text("BillingMode").map(|mode| BillingMode::from(mode.as_str()))
}

fn stream(properties: Properties<'_>) -> Result<Option<StreamSpecification>, Failure> {
    let Some(stream) = properties.object("StreamSpecification") else { return Ok(None) };
    let view = stream.text("StreamViewType").map(|view| StreamViewType::from(view.as_str()));
    Ok(Some(StreamSpecification::builder().stream_enabled(true).set_stream_view_type(view).build()?))
}

/// With a key of DynamoDB's own (`SSEEnabled: false`) or of KMS.
fn encryption(properties: Properties<'_>) -> Option<SseSpecification> {
    let given = properties.object("SSESpecification")?;
    let made = SseSpecification::builder()
        .set_enabled(given.flag("SSEEnabled"))
        .set_sse_type(given.text("SSEType").map(|kind| SseType::from(kind.as_str())))
        .set_kms_master_key_id(given.text("KMSMasterKeyId"));
    Some(made.build())
}

fn sdk_tags(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, Failure> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    Ok(tags.collect::<Result<_, _>>()?)
}
