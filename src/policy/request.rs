use std::collections::BTreeMap;

use super::Principal;

/// One question to the policies: may `principal` do `action` to `resource`?
#[derive(Debug, Clone)]
pub struct Request {
    pub principal: Principal,
    /// Service prefix and operation, for example `dynamodb:PutItem`.
    pub action: String,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: String,
    pub context: Context,
}

/// The context keys of a request. Key names match without regard to case, as AWS has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key to one value.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, vec![value.into()]);
        self
    }

    /// Sets a key to several values; an empty list is a key that is there without a value.
    pub fn set(&mut self, key: &str, values: Vec<String>) {
        self.values.insert(key.to_ascii_lowercase(), values);
    }

    /// Returns a key's values; `None` means that the request does not carry the key.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.values.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// Takes over every key of `other`, replacing those that are there.
    pub fn extend(&mut self, other: Self) {
        self.values.extend(other.values);
    }

    /// Returns the keys in lower case, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.values.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }
}
