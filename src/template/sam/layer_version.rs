use serde_json::json;

use super::expansion::{Expansion, Inherited};
use super::function::code;
use super::hash::{canonical, suffix};
use super::part::{Built, Part};

/// A layer: a new logical id for whatever is changed about it, as a layer's version cannot be changed.
pub(super) fn expand(expansion: &mut Expansion<'_>, id: &str, resource: &Part<'_>, properties: &Part<'_>) {
    let mut built = Built::new();
    if let Some(content) = expansion.need(properties, "ContentUri", "a layer") {
        let made = code(expansion, &content);
        built.made_of("Content", made, &content);
    }
    match properties.get("LayerName") {
        Some(name) => built.take("LayerName", Some(name)),
        None => built.set("LayerName", id),
    }
    let same = ["Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"];
    built.take_all(properties, &same);
    let policy = properties.get("RetentionPolicy");
    let kept = policy.as_ref().map_or(Some("Retain".to_owned()), |policy| expansion.text_of(policy));
    let retention = match kept.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("retain") => "Retain",
        Some("delete") => "Delete",
        _ => {
            let at = policy.map_or_else(|| properties.at.clone(), |policy| policy.at);
            expansion.refuse(&at, "`RetentionPolicy` must be `Retain` or `Delete`");
            return;
        }
    };
    let mut hashed = json!({ "Type": "AWS::Serverless::LayerVersion", "Properties": properties.value });
    for key in ["Condition", "DependsOn"] {
        if let Some(value) = resource.value.get(key) {
            hashed[key] = value.clone();
        }
    }
    let body = json!({ id: hashed });
    let made = format!("{id}{}", suffix(&canonical(&body)));
    expansion.referables.insert(id.to_owned(), made.clone());
    let inherited = Inherited::of(resource).and(resource, "DependsOn").and(resource, "Metadata");
    expansion.put(&made, "AWS::Lambda::LayerVersion", built, &inherited.with("DeletionPolicy", retention));
}
