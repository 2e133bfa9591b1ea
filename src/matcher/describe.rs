use serde_json::Value;

use super::Matcher;
use super::arn::ArnMatcher;

impl Matcher {
    /// Returns the expectation as words that follow "expected": `200`, `to contain "order"`. Reports and the reference print it.
    pub fn describe(&self) -> String {
        match self {
            Self::Equal(value) => show(value),
            Self::Not(inner) => format!("not {}", inner.describe()),
            Self::All(inner) => join(inner, " and "),
            Self::Any(inner) => join(inner, " or "),
            Self::None(inner) => format!("neither {}", join(inner, " nor ")),
            Self::Gt(bound) => format!("more than {bound}"),
            Self::Ge(bound) => format!("at least {bound}"),
            Self::Lt(bound) => format!("less than {bound}"),
            Self::Le(bound) => format!("at most {bound}"),
            Self::Between(low, high) => format!("between {low} and {high}"),
            Self::Prefix(text) => format!("to begin with {text:?}"),
            Self::Suffix(text) => format!("to end with {text:?}"),
            Self::Contains(text) => format!("to contain {text:?}"),
            Self::Matches(pattern) => format!("to match /{}/", pattern.source),
            Self::OneOf(values) => values.iter().map(show).collect::<Vec<_>>().join(" or "),
            Self::Len(inner) => format!("a length of {}", inner.describe()),
            Self::Empty(true) => "to be empty".to_owned(),
            Self::Empty(false) => "not to be empty".to_owned(),
            Self::Exists(true) | Self::Absent(false) => "to be there".to_owned(),
            Self::Exists(false) | Self::Absent(true) => "not to be there".to_owned(),
            Self::Null(true) => "null".to_owned(),
            Self::Null(false) => "anything but null".to_owned(),
            Self::Includes(inner) => match inner.as_ref() {
                Self::Equal(value) => format!("to include {}", show(value)),
                inner => format!("some element {}", inner.describe()),
            },
            Self::IncludesAll(inner) => format!("to include {}", join(inner, " and ")),
            Self::Exactly(inner) => format!("exactly {}, in any order", join(inner, " and ")),
            Self::Every(inner) => format!("every element {}", inner.describe()),
            Self::HasKey(key) => format!("to have the key {key:?}"),
            Self::Like(fields) => {
                let fields = fields.iter();
                let fields: Vec<_> =
                    fields.map(|(key, inner)| format!("{key} {}", inner.describe())).collect();
                format!("an object with {}", fields.join(", "))
            }
            Self::Json(inner) => format!("a text that holds JSON: {}", inner.describe()),
            Self::Number(inner) => format!("a text that holds a number: {}", inner.describe()),
            Self::Arn(ArnMatcher::Like(pattern)) => format!("an ARN like {pattern}"),
            Self::Arn(ArnMatcher::Parts(parts)) => {
                let parts = parts.iter();
                let parts: Vec<_> =
                    parts.map(|(part, inner)| format!("{part} {}", inner.describe())).collect();
                format!("an ARN with {}", parts.join(", "))
            }
        }
    }
}

/// Returns a value as compact JSON.
fn show(value: &Value) -> String {
    value.to_string()
}

fn join(matchers: &[Matcher], conjunction: &str) -> String {
    matchers.iter().map(Matcher::describe).collect::<Vec<_>>().join(conjunction)
}
