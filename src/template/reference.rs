use serde_json::Value;

use super::intrinsic::function;
use super::pointer;
use super::substitution::{Part, parts};

/// What a part of a template refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target<'a> {
    /// A parameter, a pseudo parameter or a resource: `Ref`, `${Name}`.
    Name(&'a str),
    /// A resource, of which an attribute is asked for: `Fn::GetAtt`, `${Id.Attribute}`.
    Attribute(&'a str),
    Condition(&'a str),
    Map(&'a str),
}

/// A reference and the JSON pointer of the node that makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    pub(super) target: Target<'a>,
    pub(super) pointer: String,
}

/// Returns what a value and all below it refer to, in the order written.
pub(super) fn references<'a>(value: &'a Value, at: &str) -> Vec<Reference<'a>> {
    let mut found = Vec::new();
    collect(value, at, false, &mut found);
    found
}

/// Returns what the body of a condition refers to: `{"Condition": "Name"}` counts there.
pub(super) fn condition_references<'a>(value: &'a Value, at: &str) -> Vec<Reference<'a>> {
    let mut found = Vec::new();
    collect(value, at, true, &mut found);
    found
}

fn collect<'a>(value: &'a Value, at: &str, conditions: bool, found: &mut Vec<Reference<'a>>) {
    let mut push = |target| found.push(Reference { target, pointer: at.to_owned() });
    if let Some((key, argument)) = function(value) {
        match (key, argument) {
            ("Ref", Value::String(name)) => push(Target::Name(name)),
            ("Fn::GetAtt", Value::Array(list)) => {
                if let Some(Value::String(id)) = list.first() {
                    push(Target::Attribute(id));
                }
            }
            ("Fn::If", Value::Array(list)) => {
                if let Some(Value::String(name)) = list.first() {
                    push(Target::Condition(name));
                }
            }
            ("Fn::FindInMap", Value::Array(list)) => {
                if let Some(Value::String(name)) = list.first() {
                    push(Target::Map(name));
                }
            }
            ("Fn::Sub", Value::String(text)) => variables(text, None).for_each(push),
            ("Fn::Sub", Value::Array(list)) => {
                if let Some(Value::String(text)) = list.first() {
                    variables(text, list.get(1)).for_each(push);
                }
            }
            _ => {}
        }
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &pointer::element(at, index), conditions, found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(name) if conditions && key == "Condition" => {
                        found.push(Reference { target: Target::Condition(name), pointer: at.to_owned() });
                    }
                    _ => collect(member, &pointer::below(at, key), conditions, found),
                }
            }
        }
        _ => {}
    }
}

/// Returns the variables of a text that its own map does not give.
fn variables<'a>(text: &'a str, own: Option<&'a Value>) -> impl Iterator<Item = Target<'a>> {
    let parts = parts(text).unwrap_or_default();
    parts.into_iter().filter_map(move |part| match part {
        Part::Variable(name) if own.and_then(|own| own.get(name)).is_none() => {
            Some(match name.split_once('.') {
                Some((id, _)) => Target::Attribute(id),
                None => Target::Name(name),
            })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_wherever_they_stand() {
        let value = json!({
            "a": {"Ref": "A"},
            "b": [{"Fn::GetAtt": ["B", "Arn"]}],
            "c": {"Fn::Sub": ["${C}${own}${D.Arn}${!Not}", {"own": {"Ref": "E"}}]},
            "Condition": "not one here",
        });
        let found = references(&value, "");
        let expected = [
            (Target::Name("A"), "/a"),
            (Target::Attribute("B"), "/b/0"),
            (Target::Name("C"), "/c"),
            (Target::Attribute("D"), "/c"),
            (Target::Name("E"), "/c/Fn::Sub/1/own"),
        ];
        let expected = expected.map(|(target, pointer)| Reference { target, pointer: pointer.to_owned() });
        assert_eq!(found, expected);
    }
}
