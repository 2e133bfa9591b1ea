use serde_json::{Map, Value};

use crate::template::intrinsic::is_intrinsic;
use crate::template::pointer;

/// A value of the source, and the JSON pointer of the place that it stands at.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    pub(super) value: &'a Value,
    pub(super) at: String,
}

impl<'a> Part<'a> {
    pub(super) fn new(value: &'a Value, at: impl Into<String>) -> Self {
        Self { value, at: at.into() }
    }

    /// Returns a member; `None` where it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<Part<'a>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Part { value, at: pointer::below(&self.at, key) })
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }

    /// Returns a member that says yes or no, which may be written as a text.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.value.get(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// Returns the members of a mapping that is no intrinsic.
    pub(super) fn members(&self) -> Vec<(&'a str, Part<'a>)> {
        let members = self.value.as_object().filter(|_| !self.is_intrinsic());
        let members = members.into_iter().flatten();
        members
            .map(|(key, value)| (key.as_str(), Part { value, at: pointer::below(&self.at, key) }))
            .collect()
    }

    pub(super) fn items(&self) -> Vec<Part<'a>> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, value)| Part { value, at: pointer::element(&self.at, index) }).collect()
    }

    /// Returns the elements of a list, or the one value that stands for a list of one.
    pub(super) fn one_or_more(&self) -> Vec<Part<'a>> {
        if self.value.is_array() { self.items() } else { vec![self.clone()] }
    }

    pub(super) fn is_intrinsic(&self) -> bool {
        is_intrinsic(self.value)
    }
}

/// The properties of a resource in the making, and where in the source they come from.
#[derive(Debug, Clone, Default)]
pub(super) struct Built {
    pub(super) members: Map<String, Value>,
    /// Pointers below the properties, each with a pointer of the source.
    pub(super) origins: Vec<(String, String)>,
}

impl Built {
    pub(super) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.set(key, value);
        self
    }

    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.members.insert(key.to_owned(), value.into());
    }

    /// Takes a value over as the source has it.
    pub(super) fn take(&mut self, key: &str, part: Option<Part<'_>>) {
        if let Some(part) = part {
            self.members.insert(key.to_owned(), part.value.clone());
            self.origins.push((pointer::below("", key), part.at));
        }
    }

    /// Takes over each of the members named that is there.
    pub(super) fn take_all(&mut self, from: &Part<'_>, keys: &[&str]) {
        for key in keys {
            self.take(key, from.get(key));
        }
    }

    /// Sets a value that was made of a part of the source.
    pub(super) fn made_of(&mut self, key: &str, value: impl Into<Value>, part: &Part<'_>) {
        self.set(key, value);
        self.origins.push((pointer::below("", key), part.at.clone()));
    }
}
