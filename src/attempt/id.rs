use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::context::Random;

/// Without vowels and what looks alike: nothing is misread, and no word comes of it.
const ALPHABET: &[u8] = b"23456789bcdfghjkmnpqrstvwxz";
const LENGTH: usize = 10;

/// The name of an attempt: `a-` and ten characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttemptId(String);

impl AttemptId {
    /// Draws a name that nobody can guess or has met before.
    pub fn draw(random: &Random) -> Self {
        Self(format!("a-{}", random.characters(ALPHABET, LENGTH)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AttemptId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("a-").filter(|rest| rest.len() == LENGTH);
        match rest {
            Some(rest) if rest.bytes().all(|byte| ALPHABET.contains(&byte)) => Ok(Self(text.to_owned())),
            _ => Err(format!("`{text}` is not the id of an attempt, such as a-7k2m9q4xbd")),
        }
    }
}

impl TryFrom<String> for AttemptId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<AttemptId> for String {
    fn from(id: AttemptId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_and_anything_else_is_refused() {
        let id = AttemptId::draw(&Random::from_seed(1));
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        for text in ["", "a-", "a-7k2m9q4xb", "a-7k2m9q4xbde", "b-7k2m9q4xbd", "a-../../../x", "a-7k2m9q4xbA"]
        {
            assert!(text.parse::<AttemptId>().is_err(), "{text}");
        }
    }
}
