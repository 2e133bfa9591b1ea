use std::collections::BTreeMap;

use super::fault::validation;
use super::record::{Asked, Change, Record};
use super::{capability, fault};
use crate::provision::Stack;
use crate::resource::{lint, resource_type};
use crate::sandbox::ServiceError;
use crate::sandbox::query::Parameters;
use crate::source::Diagnostic;
use crate::template::{PseudoParameters, Scope as Values, Template};

/// What a call may bring along, and what may lie in S3, in bytes.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub(super) const LARGEST_BODY: usize = 51_200;
const LARGEST: usize = 1_000_000;
const MOST_TAGS: usize = 50;

/// A template that was found sound.
#[derive(Debug)]
pub(super) struct Sound {
    /// Without transforms, and without what conditions leave out.
    pub(super) expanded: Template,
}

/// Reads a template: what is wrong with it is told as CloudFormation does, before anything is made.
pub(super) fn read(text: &str) -> Result<Template, ServiceError> {
    if text.len() > LARGEST {
        return Err(fault::constraint(
            "[template]",
            "templateBody",
            "have length less than or equal to 1000000",
        ));
    }
    let template = Template::parse("template", text).map_err(|problems| wrong(&problems))?;
    let known = |kind: &str| resource_type(kind).is_some() || kind.starts_with("AWS::Serverless::");
    let unknown: Vec<&str> =
        template.resources().map(|resource| resource.kind).filter(|kind| !known(kind)).collect();
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        return Err(validation(format!("Template format error: Unrecognized resource types: [{names}]")));
    }
    let problems = lint(&template);
    if problems.is_empty() { Ok(template) } else { Err(wrong(&problems)) }
}

/// Checks everything of what is asked that can be known before a call is made.
pub(super) fn check(asked: &Asked, stack: &Stack, directly: bool) -> Result<Sound, ServiceError> {
    let template = read(&asked.template)?;
    let declared: BTreeMap<&str, &serde_json::Value> = section(&template, "Parameters");
    let mut unknown = asked.parameters.keys().filter(|name| !declared.contains_key(name.as_str())).peekable();
    if unknown.peek().is_some() {
        let names: Vec<&str> = unknown.map(String::as_str).collect();
        let names = names.join(", ");
        return Err(validation(format!("Parameters: [{names}] do not exist in the template")));
    }
    let lacking: Vec<&str> = declared
        .iter()
        .filter(|(name, declaration)| {
            declaration.get("Default").is_none() && !asked.parameters.contains_key(**name)
        })
        .map(|(name, _)| *name)
        .collect();
    if !lacking.is_empty() {
        return Err(validation(format!("Parameters: [{}] must have values", lacking.join(", "))));
    }
    let expanded = template.expanded(&asked.parameters).map_err(|problems| wrong(&problems))?.into_owned();
    let pseudo = PseudoParameters {
        account_id: stack.account.clone(),
        region: stack.region.clone(),
        partition: "aws".to_owned(),
        stack_name: stack.name.clone(),
        stack_id: stack.id.clone(),
        url_suffix: "amazonaws.com".to_owned(),
    };
    let values = Values::new(&expanded, &pseudo, &asked.parameters).map_err(|problems| wrong(&problems))?;
    let expanded = expanded.under(&values);
    capability::check(&template, &expanded, &asked.capabilities, directly)?;
    Ok(Sound { expanded })
}

/// Says what would change, resource by resource.
pub(super) fn changes(sound: &Sound, record: &Record, asked: &Asked) -> Vec<Change> {
    let old = check(&record.asked, &record.stack, false).ok();
    let given = record.asked.parameters != asked.parameters || record.asked.tags != asked.tags;
    let mut changes = Vec::new();
    let change = |action: &str, logical_id: &str, kind: &str, replacement: Option<bool>| Change {
        action: action.to_owned(),
        logical_id: logical_id.to_owned(),
        physical_id: record.stack.physical_id(logical_id).map(str::to_owned),
        kind: kind.to_owned(),
        replacement,
    };
    for resource in sound.expanded.resources() {
        let (id, kind) = (resource.logical_id, resource.kind);
        if !record.stack.resources.contains_key(id) {
            changes.push(change("Add", id, kind, None));
            continue;
        }
        let before = old.as_ref().and_then(|old| old.expanded.resource(id));
        let same = before.is_some_and(|before| before.properties == resource.properties);
        // What parameters bring into the properties is known only when they are resolved: such a resource may change.
        let refers = resource.properties.to_string().contains("{\"Ref\":")
            || resource.properties.to_string().contains("\"Fn::");
        if !same || (given && refers) {
            let replaced = before.is_some_and(|before| {
                resource_type(kind).is_some_and(|known| {
                    !known.schema().replaced_by(before.properties, resource.properties).is_empty()
                })
            });
            changes.push(change("Modify", id, kind, Some(replaced)));
        }
    }
    for (id, standing) in &record.stack.resources {
        if sound.expanded.resource(id).is_none() {
            changes.push(change("Remove", id, &standing.kind, None));
        }
    }
    changes
}

/// Reads the tags of a call.
pub(super) fn tags(parameters: &Parameters) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut tags = BTreeMap::new();
    for tag in parameters.structures("Tags") {
        let key = tag.get("Key").unwrap_or_default();
        if key.is_empty() || key.len() > 128 {
            return Err(fault::constraint(key, "tags.1.member.key", "have length less than or equal to 128"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(validation(format!(
                "aws: prefixed tag key names are not allowed for external use. ({key})"
            )));
        }
        tags.insert(key.to_owned(), tag.get("Value").unwrap_or_default().to_owned());
    }
    if tags.len() > MOST_TAGS {
        return Err(fault::constraint("[tags]", "tags", "have length less than or equal to 50"));
    }
    Ok(tags)
}

pub(super) fn section<'a>(template: &'a Template, name: &str) -> BTreeMap<&'a str, &'a serde_json::Value> {
    let found = template.document.get(name).and_then(serde_json::Value::as_object);
    found.into_iter().flatten().map(|(key, value)| (key.as_str(), value)).collect()
}

/// The first of the problems, with how many there are besides.
fn wrong(problems: &[Diagnostic]) -> ServiceError {
    let rest = problems.len().saturating_sub(1);
    let first = problems.first().map_or("the template is not valid", |problem| problem.message.as_str());
    let more = if rest == 0 { String::new() } else { format!(" (and {rest} more)") };
    validation(format!("Template format error: {first}{more}"))
}
