use serde_json::Value;

use super::failure::Failure;
use super::path::Path;
use super::payload::Scope;

/// A condition of a Choice state.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Test { variable: Path, test: Test },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// `IsNull` and the like, and whether it is to be so.
    Is(Kind, bool),
    Matches(String),
    Compare(Family, Relation, Operand),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Present,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    String,
    Numeric,
    Boolean,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equals,
    LessThan,
    GreaterThan,
    LessThanEquals,
    GreaterThanEquals,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Literal(Value),
    /// Of an operator whose name ends in `Path`.
    At(Path),
}

impl Condition {
    /// Fails where a path that a comparison needs leads nowhere. Values of another type than the operator's do not fit.
    /// <https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>
    pub(super) fn holds(&self, scope: &Scope<'_>) -> Result<bool, Failure> {
        match self {
            Self::And(all) => {
                for condition in all {
                    if !condition.holds(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Or(any) => {
                for condition in any {
                    if condition.holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(condition) => condition.holds(scope).map(|holds| !holds),
            Self::Test { variable, test } => test.holds(variable, scope),
        }
    }
}

impl Test {
    fn holds(&self, variable: &Path, scope: &Scope<'_>) -> Result<bool, Failure> {
        let found = scope.find(variable)?;
        if let Self::Is(Kind::Present, wanted) = self {
            return Ok(found.is_some() == *wanted);
        }
        let value = found.ok_or_else(|| invalid(variable))?;
        Ok(match self {
            Self::Is(kind, wanted) => kind.is(&value) == *wanted,
            Self::Matches(pattern) => value.as_str().is_some_and(|text| matches(pattern, text)),
            Self::Compare(family, relation, operand) => {
                let other = match operand {
                    Operand::Literal(value) => value.clone(),
                    Operand::At(path) => scope.find(path)?.ok_or_else(|| invalid(path))?,
                };
                family.compare(&value, &other).is_some_and(|order| relation.is(order))
            }
        })
    }
}

fn invalid(path: &Path) -> Failure {
    Failure::runtime(format!(
        "Invalid path '{}': The choice state's condition path references an invalid value.",
        path.text
    ))
}

impl Kind {
    fn is(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Present => true,
            Self::Numeric => value.is_number(),
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Timestamp => timestamp(value).is_some(),
        }
    }
}

impl Family {
    /// How two values of the family stand to each other; `None` where one is of another type.
    fn compare(self, one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
        match self {
            Self::String => Some(one.as_str()?.cmp(other.as_str()?)),
            Self::Numeric => match (one.as_i64(), other.as_i64()) {
                (Some(one), Some(other)) => Some(one.cmp(&other)),
                _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
            },
            Self::Boolean => Some(one.as_bool()?.cmp(&other.as_bool()?)),
            Self::Timestamp => Some(timestamp(one)?.cmp(&timestamp(other)?)),
        }
    }

    pub(super) fn takes(self, value: &Value) -> bool {
        self.compare(value, value).is_some()
    }
}

impl Relation {
    fn is(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equals => order.is_eq(),
            Self::LessThan => order.is_lt(),
            Self::GreaterThan => order.is_gt(),
            Self::LessThanEquals => order.is_le(),
            Self::GreaterThanEquals => order.is_ge(),
        }
    }
}

/// A time as the language writes it: RFC 3339 with an upper case `T`, and `Z` where there is no offset.
pub(super) fn timestamp(value: &Value) -> Option<jiff::Timestamp> {
    let text = value.as_str()?;
    let zone = text.ends_with('Z') || text.rfind(['+', '-']).is_some_and(|at| at > 10);
    (text.contains('T') && zone).then(|| text.parse().ok()).flatten()
}

/// Whether a text fits a pattern: `*` stands for any number of characters, a backslash takes its meaning away.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts: Vec<String> = vec![String::new()];
    let mut signs = pattern.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '*' => parts.push(String::new()),
            sign => {
                let sign = if sign == '\\' { signs.next().unwrap_or(sign) } else { sign };
                if let Some(part) = parts.last_mut() {
                    part.push(sign);
                }
            }
        }
    }
    let [first, middle @ .., last] = parts.as_slice() else {
        return parts.first().is_some_and(|all| all == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_an_escaped_one_for_itself() {
        for (pattern, text, fits) in [
            ("foo*.log", "foo23.log", true),
            ("*", "", true),
            ("*.log", "zebra.log", true),
            ("foo*.log", "foo.lo", false),
            ("a*b*c", "a-b-c", true),
            ("a*a", "a", false),
            ("foo\\*", "foo*", true),
            ("foo\\*", "foot", false),
            ("plain", "plain", true),
            ("plain", "plainer", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_time_is_told_from_a_text() {
        for (text, is) in [
            ("2016-08-18T17:33:00Z", true),
            ("2016-08-18T17:33:00.5+02:00", true),
            ("2016-08-18", false),
            ("2016-08-18t17:33:00z", false),
            ("2016-08-18T17:33:00", false),
        ] {
            assert_eq!(timestamp(&text.into()).is_some(), is, "{text}");
        }
    }
}
