use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::part::Part;
use crate::template::substitution::{Part as Piece, parts};

/// Returns tags as most types want them, from the mapping that SAM has; `maker` is the name of the tag that tells who made the resource.
pub(super) fn tag_list(tags: &Part<'_>, maker: Option<&str>) -> Value {
    let maker = maker.map(|maker| json!({ "Key": maker, "Value": "SAM" }));
    let tags = tags.members().into_iter().map(|(key, tag)| json!({ "Key": key, "Value": tag.value }));
    maker.into_iter().chain(tags).collect()
}

/// Writes the logical ids that were made in place of what the source calls them (`!Ref Function.Alias`, `!Ref Layer`).
pub(super) fn settle(value: &mut Value, ids: &BTreeMap<String, String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| settle(item, ids)),
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                match (key.as_str(), &mut *member) {
                    ("Ref", Value::String(name)) => {
                        if let Some(id) = ids.get(name.as_str()) {
                            *name = id.clone();
                        }
                    }
                    ("Fn::GetAtt", Value::Array(list)) => {
                        if let Some(Value::String(name)) = list.first_mut()
                            && let Some(id) = ids.get(name.as_str())
                        {
                            *name = id.clone();
                        }
                    }
                    ("Fn::Sub", Value::String(text)) => substitute(text, None, ids),
                    ("Fn::Sub", Value::Array(list)) => {
                        let own = list.get(1).cloned();
                        if let Some(Value::String(text)) = list.first_mut() {
                            substitute(text, own.as_ref(), ids);
                        }
                    }
                    _ => {}
                }
                settle(member, ids);
            }
        }
        _ => {}
    }
}

fn substitute(text: &mut String, own: Option<&Value>, ids: &BTreeMap<String, String>) {
    // What cannot be read is told by the template's own check.
    let Ok(pieces) = parts(text) else { return };
    let mut made = String::new();
    let mut changed = false;
    for piece in pieces {
        match piece {
            Piece::Literal("${") => made.push_str("${!"),
            Piece::Literal(literal) => made.push_str(literal),
            Piece::Variable(name) => {
                let taken = own.is_some_and(|own| own.get(name).is_some());
                let (head, rest) = name.split_once('.').unwrap_or((name, ""));
                let settled = match (ids.get(name), ids.get(head)) {
                    (Some(id), _) if !taken => Some(id.clone()),
                    (None, Some(id)) if !taken && !rest.is_empty() => Some(format!("{id}.{rest}")),
                    _ => None,
                };
                changed |= settled.is_some();
                made.push_str(&format!("${{{}}}", settled.as_deref().unwrap_or(name)));
            }
        }
    }
    if changed {
        *text = made;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_source_become_logical_ids() {
        let ids = [("F.Alias", "FAliaslive"), ("L", "L123")]
            .map(|(name, id)| (name.to_owned(), id.to_owned()))
            .into();
        let mut value = json!([
            {"Ref": "F.Alias"}, {"Ref": "F"}, {"Fn::GetAtt": ["L", "Arn"]},
            {"Fn::Sub": "${F.Alias} ${!F.Alias} ${F.Arn} ${L}"}, {"Fn::Sub": ["${L}", {"L": {"Ref": "L"}}]},
        ]);
        settle(&mut value, &ids);
        let expected = json!([
            {"Ref": "FAliaslive"}, {"Ref": "F"}, {"Fn::GetAtt": ["L123", "Arn"]},
            {"Fn::Sub": "${FAliaslive} ${!F.Alias} ${F.Arn} ${L123}"}, {"Fn::Sub": ["${L}", {"L": {"Ref": "L123"}}]},
        ]);
        assert_eq!(value, expected);
    }
}
