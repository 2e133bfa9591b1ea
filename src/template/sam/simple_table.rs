use serde_json::json;

use super::expansion::{Expansion, Inherited};
use super::part::{Built, Part};
use super::referable::tag_list;

/// A table with one key.
pub(super) fn expand(expansion: &mut Expansion<'_>, id: &str, resource: &Part<'_>, properties: &Part<'_>) {
    let key = properties.get("PrimaryKey");
    let mut built = Built::new();
    let mut name = json!("id");
    let mut kind = "S";
    if let Some(key) = &key {
        expansion.known(key, &["Name", "Type"], "`PrimaryKey`");
        if let Some(given) = expansion.need(key, "Name", "`PrimaryKey`") {
            name = given.value.clone();
        }
        match key.text("Type") {
            Some("String") => {}
            Some("Number") => kind = "N",
            Some("Binary") => kind = "B",
            _ => {
                let at = key.get("Type").map_or_else(|| key.at.clone(), |kind| kind.at);
                expansion.refuse(&at, "the `Type` of a primary key is `String`, `Number` or `Binary`");
            }
        }
    }
    let origin = key.unwrap_or_else(|| resource.clone());
    built.made_of("AttributeDefinitions", json!([{ "AttributeName": name, "AttributeType": kind }]), &origin);
    built.made_of("KeySchema", json!([{ "AttributeName": name, "KeyType": "HASH" }]), &origin);
    match properties.get("ProvisionedThroughput") {
        Some(throughput) => built.take("ProvisionedThroughput", Some(throughput)),
        None => built.set("BillingMode", "PAY_PER_REQUEST"),
    }
    built.take_all(properties, &["TableName", "SSESpecification", "PointInTimeRecoverySpecification"]);
    if let Some(tags) = properties.get("Tags") {
        built.made_of("Tags", tag_list(&tags, None), &tags);
    }
    let inherited = Inherited::of(resource).and(resource, "DependsOn").and(resource, "Metadata");
    expansion.put(id, "AWS::DynamoDB::Table", built, &inherited);
}
