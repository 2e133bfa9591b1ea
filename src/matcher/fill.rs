use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::Matcher;
use super::arn::ArnMatcher;
use super::pattern::{Pattern, PatternError};
use crate::text::{PlaceholderError, fill, fill_json, names_in, names_in_json};

/// What `{{ name }}` stands for.
pub type Values = BTreeMap<String, String>;

impl Matcher {
    /// Returns the matcher with every `{{ name }}` replaced by its value.
    pub fn filled(&self, values: &Values) -> Result<Self, PatternError> {
        let text = |text: &str| -> Result<String, PlaceholderError> { fill(text, values) };
        let inner = |matcher: &Self| matcher.filled(values).map(Box::new);
        let each = |matchers: &[Self]| -> Result<Vec<Self>, PatternError> {
            matchers.iter().map(|matcher| matcher.filled(values)).collect()
        };
        let fields = |fields: &IndexMap<String, Self>| -> Result<IndexMap<String, Self>, PatternError> {
            fields.iter().map(|(key, matcher)| Ok((key.clone(), matcher.filled(values)?))).collect()
        };
        Ok(match self {
            Self::Equal(value) => Self::Equal(fill_json(value, values)?),
            Self::OneOf(list) => {
                Self::OneOf(list.iter().map(|value| fill_json(value, values)).collect::<Result<_, _>>()?)
            }
            Self::Not(matcher) => Self::Not(inner(matcher)?),
            Self::Len(matcher) => Self::Len(inner(matcher)?),
            Self::Includes(matcher) => Self::Includes(inner(matcher)?),
            Self::Every(matcher) => Self::Every(inner(matcher)?),
            Self::Json(matcher) => Self::Json(inner(matcher)?),
            Self::Number(matcher) => Self::Number(inner(matcher)?),
            Self::All(matchers) => Self::All(each(matchers)?),
            Self::Any(matchers) => Self::Any(each(matchers)?),
            Self::None(matchers) => Self::None(each(matchers)?),
            Self::IncludesAll(matchers) => Self::IncludesAll(each(matchers)?),
            Self::Exactly(matchers) => Self::Exactly(each(matchers)?),
            Self::Prefix(part) => Self::Prefix(text(part)?),
            Self::Suffix(part) => Self::Suffix(text(part)?),
            Self::Contains(part) => Self::Contains(text(part)?),
            Self::HasKey(key) => Self::HasKey(text(key)?),
            Self::Matches(pattern) => Self::Matches(pattern.filled(values)?),
            Self::Like(pattern) => Self::Like(fields(pattern)?),
            Self::Arn(ArnMatcher::Like(pattern)) => Self::Arn(ArnMatcher::Like(text(pattern)?)),
            Self::Arn(ArnMatcher::Parts(parts)) => Self::Arn(ArnMatcher::Parts(fields(parts)?)),
            Self::Gt(_)
            | Self::Ge(_)
            | Self::Lt(_)
            | Self::Le(_)
            | Self::Between(..)
            | Self::Empty(_)
            | Self::Exists(_)
            | Self::Absent(_)
            | Self::Null(_) => self.clone(),
        })
    }

    /// Adds the names that the matcher's texts hold.
    pub(super) fn collect_names<'m>(&'m self, names: &mut Vec<&'m str>) {
        // Texts were looked at when they were read, so what is not well formed cannot be here.
        let in_text = |text: &'m str| names_in(text).unwrap_or_default();
        let in_value = |value: &'m Value| names_in_json(value).unwrap_or_default();
        match self {
            Self::Equal(value) => names.extend(in_value(value)),
            Self::OneOf(list) => names.extend(list.iter().flat_map(in_value)),
            Self::Prefix(text) | Self::Suffix(text) | Self::Contains(text) | Self::HasKey(text) => {
                names.extend(in_text(text));
            }
            Self::Matches(Pattern { source, .. }) => names.extend(in_text(source)),
            Self::Arn(ArnMatcher::Like(text)) => names.extend(in_text(text)),
            Self::Not(inner)
            | Self::Len(inner)
            | Self::Includes(inner)
            | Self::Every(inner)
            | Self::Json(inner)
            | Self::Number(inner) => inner.collect_names(names),
            Self::All(inner)
            | Self::Any(inner)
            | Self::None(inner)
            | Self::IncludesAll(inner)
            | Self::Exactly(inner) => inner.iter().for_each(|inner| inner.collect_names(names)),
            Self::Like(fields) | Self::Arn(ArnMatcher::Parts(fields)) => {
                fields.values().for_each(|inner| inner.collect_names(names));
            }
            Self::Gt(_)
            | Self::Ge(_)
            | Self::Lt(_)
            | Self::Le(_)
            | Self::Between(..)
            | Self::Empty(_)
            | Self::Exists(_)
            | Self::Absent(_)
            | Self::Null(_) => {}
        }
    }
}
