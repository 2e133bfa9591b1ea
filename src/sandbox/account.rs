use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A 12-digit AWS account id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// Returns `None` unless `id` is 12 digits.
    pub fn parse(id: &str) -> Option<Self> {
        (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| Self(id.into()))
    }

    /// The account of callers that do not name one, in `--open` mode.
    pub fn fallback() -> Self {
        Self("123456789012".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AccountId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::parse(&id).ok_or("an account id has 12 digits")
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_twelve_digits_are_an_account() {
        assert!(AccountId::parse("000000000001").is_some());
        for wrong in ["", "1234", "12345678901a", "1234567890123", "١٢٣٤٥٦٧٨٩٠١٢"] {
            assert!(AccountId::parse(wrong).is_none(), "{wrong}");
        }
    }
}
