use serde_json::{Map, Value, json};

use super::permission::permit;
use super::source::Event;
use crate::template::pointer;
use crate::template::sam::expansion::{Expansion, attribute};
use crate::template::sam::function::Function;

/// A bucket of this template that calls the function when objects come and go.
pub(super) fn expand(expansion: &mut Expansion<'_>, function: &Function<'_>, event: &Event<'_>) {
    let properties = &event.properties;
    let of = "an event of type `S3`";
    expansion.known(properties, &["Bucket", "Events", "Filter"], of);
    let bucket = expansion.need(properties, "Bucket", of);
    let events = expansion.need(properties, "Events", of);
    let (Some(bucket), Some(events)) = (bucket, events) else { return };
    let id = bucket.value.get("Ref").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_bucket = expansion.resources.get(&id).is_some_and(|body| body["Type"] == "AWS::S3::Bucket");
    if !is_bucket {
        expansion.refuse(&bucket.at, "`Bucket` must be the `Ref` of a bucket in this template");
        return;
    }
    let permission = permit(expansion, function, event, "", "s3.amazonaws.com", None);
    // What calls an alias names it as it is: a bucket's notification takes an ARN.
    let target = function.alias.as_deref().map_or_else(|| attribute(function.id, "Arn"), |_| function.name());
    let condition = event.inherited.attributes.get("Condition").cloned();
    let mut added = Vec::new();
    for one in events.one_or_more() {
        let mut told = Map::new();
        told.insert("Function".to_owned(), target.clone());
        if let Some(filter) = properties.get("Filter") {
            told.insert("Filter".to_owned(), filter.value.clone());
        }
        told.insert("Event".to_owned(), one.value.clone());
        let told = Value::Object(told);
        added.push(match &condition {
            Some(condition) => json!({ "Fn::If": [condition, told, { "Ref": "AWS::NoValue" }] }),
            None => told,
        });
    }
    let Some(body) = expansion.resources.get_mut(&id).and_then(Value::as_object_mut) else { return };
    if condition.is_none() {
        let mut needs = match body.get("DependsOn") {
            Some(Value::Array(several)) => several.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        };
        if !needs.iter().any(|need| need == permission.as_str()) {
            needs.push(permission.clone().into());
        }
        body.insert("DependsOn".to_owned(), needs.into());
    }
    let own = body.entry("Properties").or_insert_with(|| json!({}));
    let list = |value: &mut Value, keys: [&str; 2], items: Vec<Value>| {
        let Some(outer) = value.as_object_mut() else { return 0 };
        let inner = if keys[1].is_empty() {
            outer.entry(keys[0]).or_insert_with(|| json!([]))
        } else {
            let outer = outer.entry(keys[0]).or_insert_with(|| json!({}));
            let Some(outer) = outer.as_object_mut() else { return 0 };
            outer.entry(keys[1]).or_insert_with(|| json!([]))
        };
        let Some(inner) = inner.as_array_mut() else { return 0 };
        let first = inner.len();
        inner.extend(items);
        first
    };
    let count = added.len();
    let first = list(own, ["NotificationConfiguration", "LambdaConfigurations"], added);
    if let Some(condition) = condition {
        // Where the permission depends on a condition, a tag that names it makes the bucket wait for it.
        let value = json!({ "Fn::If": [condition, { "Ref": permission }, "no dependency"] });
        let tag = json!({ "Key": format!("sam:ConditionalDependsOn:{permission}"), "Value": value });
        list(own, ["Tags", ""], vec![tag]);
    }
    let at = format!("{}/Properties/NotificationConfiguration", pointer::below("/Resources", &id));
    for index in first..first + count {
        let at = format!("{at}/LambdaConfigurations/{index}");
        expansion.places.stand_at(&at, &expansion.source.places, &event.inherited.origin);
    }
}
