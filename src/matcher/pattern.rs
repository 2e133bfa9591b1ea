use std::collections::BTreeMap;

use regex::Regex;

use crate::text::{PlaceholderError, fill, names_in};

/// A regular expression that may hold `{{ name }}`; what is filled in matches literally.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub source: String,
    /// `None` while names are to be filled in.
    regex: Option<Regex>,
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("`{source_text}` is not a regular expression: {reason}")]
    Syntax { source_text: String, reason: String },
    #[error(transparent)]
    Placeholder(#[from] PlaceholderError),
}

impl Pattern {
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        let names = names_in(source)?;
        if names.is_empty() {
            return Ok(Self { source: source.to_owned(), regex: Some(compile(source)?) });
        }
        // A letter stands in for each name, so that a bad pattern is known before anything runs.
        let stand_ins: BTreeMap<&str, &str> = names.into_iter().map(|name| (name, "x")).collect();
        compile(&fill(source, &stand_ins)?)?;
        Ok(Self { source: source.to_owned(), regex: None })
    }

    pub fn filled(&self, values: &BTreeMap<String, String>) -> Result<Self, PatternError> {
        if self.regex.is_some() {
            return Ok(self.clone());
        }
        let literal: BTreeMap<&str, String> =
            values.iter().map(|(name, value)| (name.as_str(), regex::escape(value))).collect();
        let source = fill(&self.source, &literal)?;
        let regex = Some(compile(&source)?);
        Ok(Self { source, regex })
    }

    /// Whether it finds something; `None` when names are still to be filled in.
    pub fn finds(&self, text: &str) -> Option<bool> {
        self.regex.as_ref().map(|regex| regex.is_match(text))
    }
}

fn compile(source: &str) -> Result<Regex, PatternError> {
    Regex::new(source).map_err(|error| PatternError::Syntax {
        source_text: source.to_owned(),
        // The last line of the crate's message is the reason; those above it draw the pattern again.
        reason: error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("id".to_owned(), value.to_owned())])
    }

    #[test]
    fn what_is_filled_in_matches_literally() {
        let pattern = Pattern::parse("^order {{ id }}$").unwrap();
        assert_eq!(pattern.finds("order a.b"), None);
        let pattern = pattern.filled(&values("a.b")).unwrap();
        assert_eq!([pattern.finds("order a.b"), pattern.finds("order axb")], [Some(true), Some(false)]);
    }

    #[test]
    fn a_bad_pattern_is_refused_at_once_with_the_reason() {
        let error = Pattern::parse("{{ id }}(").unwrap_err().to_string();
        assert_eq!(error, "`x(` is not a regular expression: unclosed group");
        assert!(Pattern::parse("{{ id").is_err());
    }
}
