use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::aws::{ErrorClass, Failure};

/// Typed access to resolved properties. Numbers and booleans may be written as strings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Properties<'a>(pub(super) &'a Value);

impl<'a> Properties<'a> {
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Option<String> {
        self.get(name).and_then(text_of)
    }

    /// Returns a text that must be there; lint has told the author already when it is not.
    pub(super) fn need(self, name: &str) -> Result<String, Failure> {
        self.text(name).ok_or_else(|| {
            Failure::new(
                ErrorClass::Invalid,
                "template",
                format!("property `{name}` is missing or not a text"),
            )
        })
    }

    pub(super) fn integer(self, name: &str) -> Option<i32> {
        self.long(name).and_then(|number| i32::try_from(number).ok())
    }

    pub(super) fn long(self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(super) fn float(self, name: &str) -> Option<f64> {
        match self.get(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.get(name).and_then(flag_of)
    }

    /// Returns a list's elements; a single value counts as a list of one.
    pub(super) fn list(self, name: &str) -> Vec<&'a Value> {
        match self.get(name) {
            Some(Value::Array(elements)) => elements.iter().filter(|element| !element.is_null()).collect(),
            Some(single) => vec![single],
            None => Vec::new(),
        }
    }

    pub(super) fn texts(self, name: &str) -> Vec<String> {
        self.list(name).into_iter().filter_map(text_of).collect()
    }

    pub(super) fn objects(self, name: &str) -> Vec<Properties<'a>> {
        self.list(name).into_iter().map(Properties).collect()
    }

    pub(super) fn object(self, name: &str) -> Option<Properties<'a>> {
        self.get(name).filter(|value| value.is_object()).map(Properties)
    }

    pub(super) fn map(self, name: &str) -> Option<&'a Map<String, Value>> {
        self.get(name).and_then(Value::as_object)
    }

    /// Returns keys and texts; `None` when the property is absent.
    pub(super) fn text_map(self, name: &str) -> Option<HashMap<String, String>> {
        let map = self.map(name)?;
        Some(map.iter().filter_map(|(key, value)| Some((key.clone(), text_of(value)?))).collect())
    }

    pub(super) fn flag_map(self, name: &str) -> Option<HashMap<String, bool>> {
        let map = self.map(name)?;
        Some(map.iter().filter_map(|(key, value)| Some((key.clone(), flag_of(value)?))).collect())
    }

    /// Returns a JSON document's text, whether it was written as an object or as a text.
    pub(super) fn document(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            document => Some(document.to_string()),
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn flag_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Builds an object of the members that are there.
#[derive(Debug, Default)]
pub(super) struct Shaped(Map<String, Value>);

impl Shaped {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a text that the APIs return empty where there is none.
    pub(super) fn text(self, name: &str, value: Option<&str>) -> Self {
        self.maybe(name, value.filter(|text| !text.is_empty()))
    }

    /// Adds a list or an object, unless it is empty.
    pub(super) fn filled(self, name: &str, value: Value) -> Self {
        let empty = match &value {
            Value::Array(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Null => true,
            _ => false,
        };
        if empty { self } else { self.with(name, value) }
    }

    pub(super) fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// Parses a document that an API gave as text; what is not JSON stays a text.
pub(super) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// Keys and texts, in order, as JSON.
pub(super) fn sorted<V: Clone + Into<Value>>(map: Option<&HashMap<String, V>>) -> Value {
    let mut entries: Vec<_> = map.into_iter().flatten().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries.into_iter().map(|(key, value)| (key.clone(), value.clone().into())).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_and_booleans_may_be_written_as_strings() {
        let value = json!({"Timeout": "10", "Size": 5, "On": "True", "Code": 200});
        let properties = Properties(&value);
        assert_eq!((properties.integer("Timeout"), properties.integer("Size")), (Some(10), Some(5)));
        assert_eq!(properties.flag("On"), Some(true));
        assert_eq!(properties.text("Code").as_deref(), Some("200"));
    }

    #[test]
    fn null_counts_as_absent() {
        let value = json!({"Description": null});
        assert!(Properties(&value).text("Description").is_none());
        assert!(Properties(&value).need("Description").is_err());
    }
}
