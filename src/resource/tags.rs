use std::collections::BTreeMap;

use serde_json::Value;

use super::properties::Properties;

/// Tag with the name of the stack that a resource belongs to.
pub const STACK_TAG: &str = "proofmark:stack";
/// Tag with the resource's logical id in the stack's template.
pub const LOGICAL_ID_TAG: &str = "proofmark:logical-id";

/// Returns the tags that `properties` gives, and those by which we know what is ours.
pub fn with_stack_tags(properties: &Value, stack: &str, logical_id: &str) -> BTreeMap<String, String> {
    let properties = Properties(properties);
    let listed = properties.objects("Tags").into_iter();
    let listed = listed.filter_map(|tag| Some((tag.text("Key")?, tag.text("Value")?)));
    // Types of API Gateway's second version have keys and values.
    let mapped = properties.text_map("Tags").unwrap_or_default();
    let own = [(STACK_TAG, stack), (LOGICAL_ID_TAG, logical_id)];
    let given: BTreeMap<String, String> =
        if properties.map("Tags").is_some() { mapped.into_iter().collect() } else { listed.collect() };
    given.into_iter().chain(own.map(|(key, value)| (key.to_owned(), value.to_owned()))).collect()
}

/// Returns the tags that `properties` gives, and others where it gives no tag of their keys.
pub fn with_tags(properties: &Value, others: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let tags = Properties(properties).objects("Tags").into_iter();
    let own = tags.filter_map(|tag| Some((tag.text("Key")?, tag.text("Value")?)));
    others.clone().into_iter().chain(own).collect()
}

/// Returns the keys of tags that are no longer wanted.
pub(super) fn dropped(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    before.keys().filter(|key| !after.contains_key(*key)).cloned().collect()
}
