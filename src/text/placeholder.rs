use serde_json::Value;

use super::did_you_mean;

/// What is wrong with a text that holds `{{ names }}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceholderError {
    #[error("`{{{{` is never closed with `}}}}`")]
    Unclosed,
    /// Between the braces stands something that is not a name.
    #[error("`{{{{{0}}}}}` does not hold a name")]
    NotAName(String),
    #[error("nothing is called `{name}` here")]
    Unknown { name: String, help: Option<String> },
}

enum Piece<'a> {
    Literal(&'a str),
    Name(&'a str),
}

/// Returns the names that a text holds, in order, each as often as it occurs.
pub fn names_in(text: &str) -> Result<Vec<&str>, PlaceholderError> {
    let pieces = split(text)?.into_iter();
    Ok(pieces.filter_map(|piece| if let Piece::Name(name) = piece { Some(name) } else { None }).collect())
}

/// Returns the names that the strings and keys of a JSON value hold.
pub fn names_in_json(value: &Value) -> Result<Vec<&str>, PlaceholderError> {
    Ok(match value {
        Value::String(text) => names_in(text)?,
        Value::Array(items) => {
            items.iter().map(names_in_json).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
        }
        Value::Object(fields) => {
            let mut names = Vec::new();
            for (key, value) in fields {
                names.extend(names_in(key)?);
                names.extend(names_in_json(value)?);
            }
            names
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    })
}

/// Fills `{{ name }}` from pairs of name and value. What is filled in is not looked at again.
pub fn fill<'a, K, V, I>(text: &str, values: I) -> Result<String, PlaceholderError>
where
    K: AsRef<str> + ?Sized + 'a,
    V: AsRef<str> + ?Sized + 'a,
    I: IntoIterator<Item = (&'a K, &'a V)> + Copy,
{
    let mut filled = String::with_capacity(text.len());
    for piece in split(text)? {
        match piece {
            Piece::Literal(literal) => filled.push_str(literal),
            Piece::Name(name) => {
                let found = values.into_iter().find(|(key, _)| key.as_ref() == name);
                let unknown = || PlaceholderError::Unknown {
                    name: name.to_owned(),
                    help: did_you_mean(name, values.into_iter().map(|(key, _)| key)),
                };
                filled.push_str(found.ok_or_else(unknown)?.1.as_ref());
            }
        }
    }
    Ok(filled)
}

/// Fills `{{ name }}` in every string and key of a JSON value.
pub fn fill_json<'a, K, V, I>(value: &Value, values: I) -> Result<Value, PlaceholderError>
where
    K: AsRef<str> + ?Sized + 'a,
    V: AsRef<str> + ?Sized + 'a,
    I: IntoIterator<Item = (&'a K, &'a V)> + Copy,
{
    Ok(match value {
        Value::String(text) => Value::String(fill(text, values)?),
        Value::Array(items) => {
            let items = items.iter().map(|item| fill_json(item, values));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            let filled = fields.map(|(key, value)| Ok((fill(key, values)?, fill_json(value, values)?)));
            Value::Object(filled.collect::<Result<_, _>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

fn split(text: &str) -> Result<Vec<Piece<'_>>, PlaceholderError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}").ok_or(PlaceholderError::Unclosed)?;
        let name = inside.trim();
        if !is_name(name) {
            return Err(PlaceholderError::NotAName(inside.to_owned()));
        }
        pieces.extend([Piece::Literal(literal), Piece::Name(name)]);
        rest = after;
    }
    pieces.push(Piece::Literal(rest));
    Ok(pieces)
}

/// Letters, digits, `_`, `-` and `.`, beginning with a letter.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn values() -> BTreeMap<String, String> {
        [("order", "o-17"), ("ApiUrl", "http://{{ order }}")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    #[test]
    fn names_are_filled_and_what_they_bring_is_left_alone() {
        let filled = fill("{{ApiUrl}}/orders/{{ order }}?x={y}", &values());
        assert_eq!(filled.as_deref(), Ok("http://{{ order }}/orders/o-17?x={y}"));
    }

    #[test]
    fn json_is_filled_in_keys_and_strings_at_any_depth() {
        let filled = fill_json(&json!({"{{ order }}": [{"id": "{{ order }}", "n": 1}]}), &values());
        assert_eq!(filled, Ok(json!({"o-17": [{"id": "o-17", "n": 1}]})));
        assert_eq!(names_in_json(&json!({"{{ a }}": ["{{ b }}", null]})), Ok(vec!["a", "b"]));
    }

    #[test]
    fn an_unknown_name_is_told_with_the_one_that_was_meant() {
        let error = fill("{{ ordre }}", &values()).unwrap_err();
        assert_eq!(error.to_string(), "nothing is called `ordre` here");
        let help = Some("did you mean `order`?".to_owned());
        assert_eq!(error, PlaceholderError::Unknown { name: "ordre".to_owned(), help });
    }

    #[test]
    fn braces_that_do_not_match_are_refused() {
        assert_eq!(names_in("{{ order").unwrap_err().to_string(), "`{{` is never closed with `}}`");
        assert_eq!(names_in("{{ a b }}").unwrap_err().to_string(), "`{{ a b }}` does not hold a name");
        assert_eq!(names_in("{{}}").unwrap_err(), PlaceholderError::NotAName(String::new()));
    }
}
