use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::folder::{Code, Portfolio};
use crate::evidence::{Inspection, Resource, redact, redact_text};
use crate::text::difference;

/// Lines that are shown around a change.
const AROUND: usize = 3;
/// Lines of a difference, before it is cut.
const LONGEST: usize = 400;
/// Types that come and go by themselves.
const BY_THEMSELVES: [&str; 4] =
    ["AWS::Logs::LogGroup", "AWS::Logs::LogStream", "AWS::Lambda::Version", "AWS::ApiGateway::Deployment"];
/// What of a resource's attributes an author or a candidate decides.
const DECIDED: [&str; 3] = ["Policy", "policies", "boundary"];
/// Names of variables whose values nobody publishes.
const PRIVATE: [&str; 7] = ["secret", "token", "password", "passwd", "credential", "private", "apikey"];

/// What became of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// What it is: `AWS::Lambda::Function create-order`, `create-order/app.py`.
    pub(super) what: String,
    pub(super) how: &'static str,
    /// As a unified diff.
    pub(super) difference: String,
}

/// Returns what of the resources differs from what stood at the beginning.
pub(super) fn of_resources(portfolio: &Portfolio<'_>) -> Vec<Change> {
    let Some(before) = portfolio.before else { return vec![] };
    let after = portfolio.after;
    let keys = |inspection: &Inspection| {
        let kept = inspection.resources.iter().filter(|one| !BY_THEMSELVES.contains(&one.kind.as_str()));
        kept.map(|one| one.key.clone()).collect::<BTreeSet<_>>()
    };
    let keys: BTreeSet<String> = keys(before).union(&keys(after)).cloned().collect();
    let changes = keys.iter().filter_map(|key| {
        let (old, new) = (before.get(key), after.get(key));
        let resource = new.or(old)?;
        let text = |resource: Option<&Resource>| resource.map(shown).unwrap_or_default();
        change(redact_text(&format!("{} {}", resource.kind, resource.id)), &text(old), &text(new))
    });
    changes.collect()
}

/// Returns what of the functions' code differs from what stood at the beginning.
pub(super) fn of_code(before: &Code, after: &Code) -> Vec<Change> {
    let functions: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for function in functions {
        // What could not be read is not told to be gone.
        let (Some(old), Some(new)) = (before.get(function), after.get(function)) else { continue };
        let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        changes.extend(paths.into_iter().filter_map(|path| {
            let text = |files: &std::collections::BTreeMap<String, String>| {
                files.get(path).map(|text| redact_text(text)).unwrap_or_default()
            };
            change(redact_text(&format!("{function}/{path}")), &text(old), &text(new))
        }));
    }
    changes
}

fn change(what: String, old: &str, new: &str) -> Option<Change> {
    let difference = difference(old, new, AROUND)?;
    let how = match (old.is_empty(), new.is_empty()) {
        (true, _) => "made",
        (_, true) => "taken away",
        _ => "changed",
    };
    let mut lines: Vec<&str> = difference.lines().collect();
    let more = lines.len().saturating_sub(LONGEST);
    lines.truncate(LONGEST);
    let mut difference = lines.join("\n");
    if more > 0 {
        difference.push_str(&format!("\n… and {more} more lines"));
    }
    Some(Change { what, how, difference })
}

/// A resource as far as somebody decided it, without secrets.
fn shown(resource: &Resource) -> String {
    let mut all = Map::new();
    if let Some(properties) = resource.properties.as_object() {
        all.extend(properties.clone());
    }
    for name in DECIDED {
        if let Some(value) = resource.attributes.get(name).filter(|value| !value.is_null()) {
            all.insert(name.to_owned(), value.clone());
        }
    }
    format!("{:#}", veiled(&redact(&Value::Object(all))))
}

/// Takes out the values of fields whose names say that they are private.
fn veiled(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| {
                    let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
                    let private = value.is_string() && PRIVATE.iter().any(|word| plain.contains(word));
                    (name.clone(), if private { Value::from("[redacted]") } else { veiled(value) })
                })
                .collect(),
        ),
        Value::Array(items) => items.iter().map(veiled).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn function(properties: Value, attributes: Value) -> Resource {
        Resource {
            key: "AWS::Lambda::Function/get".to_owned(),
            kind: "AWS::Lambda::Function".to_owned(),
            id: "get".to_owned(),
            arn: None,
            logical_id: None,
            properties,
            attributes,
            tags: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn what_was_decided_is_shown_and_what_is_private_is_not() {
        let variables = json!({ "TABLE": "orders", "DB_PASSWORD": "hunter2", "Api-Token": "t0ken" });
        let text = shown(&function(
            json!({ "Environment": { "Variables": variables } }),
            json!({ "Policy": null, "CodeSha256": "x", "policies": [{ "name": "own" }] }),
        ));
        assert!(text.contains("orders") && text.contains("\"own\""), "{text}");
        for hidden in ["hunter2", "t0ken", "CodeSha256", "\"Policy\""] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }

    #[test]
    fn code_is_compared_file_by_file_and_what_was_not_read_is_passed_over() {
        let code =
            |text: &str| Code::from([("get".to_owned(), [("app.py".to_owned(), text.to_owned())].into())]);
        let changes = of_code(&code("a\nb\n"), &code("a\nc\n"));
        assert_eq!((changes[0].what.as_str(), changes[0].how), ("get/app.py", "changed"));
        assert!(changes[0].difference.contains("-b\n+c"));
        assert!(of_code(&code("a\n"), &Code::new()).is_empty());
    }
}
