//! JSON paths as templates use them. A definite path (no wildcard, filter or slice) gives a value; any other a list.

use serde_json::Value;
use serde_json_path::JsonPath;

/// Finds what a path names; `None` when a definite path leads nowhere, or when it cannot be read.
pub(in crate::sandbox::apigateway) fn find(body: &Value, path: &str) -> Option<Value> {
    let path = path.trim();
    let whole = if path.starts_with('$') { path.to_owned() } else { format!("$.{path}") };
    if let Some(steps) = definite(&whole) {
        let mut found = body;
        for step in &steps {
            found = match (found, step.parse::<i64>()) {
                // A negative index counts from the end.
                (Value::Array(entries), Ok(index)) => {
                    let index = if index < 0 { i64::try_from(entries.len()).ok()? + index } else { index };
                    entries.get(usize::try_from(index).ok()?)?
                }
                (Value::Object(members), _) => members.get(step)?,
                _ => return None,
            };
        }
        return Some(found.clone());
    }
    let parsed = JsonPath::parse(&whole).ok()?;
    Some(parsed.query(body).all().into_iter().cloned().collect())
}

/// Reads `$.a.b-c['d'][0]`; `None` when the path is of another kind.
fn definite(path: &str) -> Option<Vec<String>> {
    let mut steps = vec![];
    let mut rest = path.strip_prefix('$')?;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let name = &after[..end];
            if name.is_empty() || name.contains(['*', '?', '(', '@']) {
                return None;
            }
            steps.push(name.to_owned());
            rest = &after[end..];
        } else {
            let after = rest.strip_prefix('[')?;
            let (inner, remainder) = match after.chars().next()? {
                quote @ ('\'' | '"') => {
                    let (name, remainder) = after[1..].split_once(quote)?;
                    (name, remainder.strip_prefix(']')?)
                }
                _ => after.split_once(']').filter(|(index, _)| index.parse::<i64>().is_ok())?,
            };
            steps.push(inner.to_owned());
            rest = remainder;
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn definite_paths_give_values_and_others_lists() {
        let body = json!({ "a": { "b-c": [{ "d": 1 }, { "d": 2 }] } });
        assert_eq!(find(&body, "$.a.b-c[1].d"), Some(json!(2)));
        assert_eq!(find(&body, "a['b-c'][0]"), Some(json!({ "d": 1 })));
        assert_eq!(find(&body, "$.a.b-c[-1].d"), Some(json!(2)));
        assert_eq!(find(&body, "$.a.b-c[-3]"), None);
        assert_eq!(find(&body, "$..d"), Some(json!([1, 2])));
        assert_eq!(find(&body, "$.a.x"), None);
        assert_eq!(find(&body, "$["), None);
    }
}
