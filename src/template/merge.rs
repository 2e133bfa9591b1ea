use serde_json::{Map, Value};

use super::intrinsic::is_intrinsic;
use super::{Places, pointer};

/// Applies a merge patch (RFC 7396) to the node at a pointer, and keeps the places right. An empty patch document (`Null`) changes nothing.
pub(super) fn merge(target: &mut Value, patch: &Value, at: &str, places: &mut Places, from: &Places) {
    let Value::Object(changes) = patch else {
        if !(at.is_empty() && patch.is_null()) {
            *target = patch.clone();
            places.forget(at);
            places.adopt(at, from, true);
        }
        return;
    };
    if is_intrinsic(patch) || is_intrinsic(target) || !target.is_object() {
        *target = without_nulls(patch);
        places.forget(at);
        places.adopt(at, from, true);
        return;
    }
    if let Value::Object(members) = target {
        for (key, change) in changes {
            let below = pointer::below(at, key);
            if change.is_null() {
                members.shift_remove(key);
                places.forget(&below);
            } else if let Some(member) = members.get_mut(key) {
                merge(member, change, &below, places, from);
            } else {
                members.insert(key.clone(), without_nulls(change));
                places.adopt(&below, from, true);
            }
        }
    }
}

fn without_nulls(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let kept = members.iter().filter(|(_, member)| !member.is_null());
    Value::Object(kept.map(|(key, member)| (key.clone(), without_nulls(member))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(mut target: Value, patch: &Value) -> Value {
        merge(&mut target, patch, "", &mut Places::default(), &Places::default());
        target
    }

    /// Cases of RFC 7396, appendix A, as far as the document is an object.
    #[test]
    fn patches_are_merged_as_the_rfc_says() {
        let cases = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ];
        for (target, patch, expected) in cases {
            assert_eq!(merged(target, &patch), expected, "{patch}");
        }
    }

    #[test]
    fn an_intrinsic_is_replaced_as_a_whole() {
        let role = json!({"Role": {"Fn::GetAtt": ["A", "Arn"]}});
        assert_eq!(merged(role.clone(), &json!({"Role": {"Ref": "B"}})), json!({"Role": {"Ref": "B"}}));
        assert_eq!(merged(role, &json!({"Role": {"x": 1}})), json!({"Role": {"x": 1}}));
    }

    #[test]
    fn no_patch_changes_nothing() {
        assert_eq!(merged(json!({"a": 1}), &Value::Null), json!({"a": 1}));
    }
}
