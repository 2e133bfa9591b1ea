use aws_sdk_dynamodb::types::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex, Projection,
    ProjectionType, ProvisionedThroughput, ScalarAttributeType,
};

use crate::aws::Failure;
use crate::resource::properties::Properties;

pub(super) fn key_schema(properties: Properties<'_>) -> Result<Vec<KeySchemaElement>, Failure> {
    let elements = properties.objects("KeySchema").into_iter().map(|element| {
        KeySchemaElement::builder()
            .set_attribute_name(element.text("AttributeName"))
            .set_key_type(element.text("KeyType").map(|kind| KeyType::from(kind.as_str())))
            .build()
    });
    Ok(elements.collect::<Result<_, _>>()?)
}

pub(super) fn definitions(properties: Properties<'_>) -> Result<Vec<AttributeDefinition>, Failure> {
    let definitions = properties.objects("AttributeDefinitions").into_iter().map(|definition| {
        AttributeDefinition::builder()
            .set_attribute_name(definition.text("AttributeName"))
            .set_attribute_type(
                definition.text("AttributeType").map(|kind| ScalarAttributeType::from(kind.as_str())),
            )
            .build()
    });
    Ok(definitions.collect::<Result<_, _>>()?)
}

pub(super) fn throughput(properties: Properties<'_>) -> Result<Option<ProvisionedThroughput>, Failure> {
    let Some(throughput) = properties.object("ProvisionedThroughput") else { return Ok(None) };
    let throughput = ProvisionedThroughput::builder()
        .set_read_capacity_units(throughput.long("ReadCapacityUnits"))
        .set_write_capacity_units(throughput.long("WriteCapacityUnits"))
        .build()?;
    Ok(Some(throughput))
}

pub(super) fn projection(properties: Properties<'_>) -> Option<Projection> {
    let projection = properties.object("Projection")?;
    let attributes = projection.texts("NonKeyAttributes");
    Some(
        Projection::builder()
            .set_projection_type(
                projection.text("ProjectionType").map(|kind| ProjectionType::from(kind.as_str())),
            )
            .set_non_key_attributes((!attributes.is_empty()).then_some(attributes))
            .build(),
    )
}

pub(super) fn global(properties: Properties<'_>) -> Result<Option<Vec<GlobalSecondaryIndex>>, Failure> {
    let indexes = properties.objects("GlobalSecondaryIndexes").into_iter().map(|index| {
        Ok(GlobalSecondaryIndex::builder()
            .set_index_name(index.text("IndexName"))
            .set_key_schema(Some(key_schema(index)?))
            .set_projection(projection(index))
            .set_provisioned_throughput(throughput(index)?)
            .build()?)
    });
    let indexes: Vec<_> = indexes.collect::<Result<_, Failure>>()?;
    Ok((!indexes.is_empty()).then_some(indexes))
}

pub(super) fn local(properties: Properties<'_>) -> Result<Option<Vec<LocalSecondaryIndex>>, Failure> {
    let indexes = properties.objects("LocalSecondaryIndexes").into_iter().map(|index| {
        Ok(LocalSecondaryIndex::builder()
            .set_index_name(index.text("IndexName"))
            .set_key_schema(Some(key_schema(index)?))
            .set_projection(projection(index))
            .build()?)
    });
    let indexes: Vec<_> = indexes.collect::<Result<_, Failure>>()?;
    Ok((!indexes.is_empty()).then_some(indexes))
}
