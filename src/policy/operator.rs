use std::cmp::Ordering;

use super::Context;
use super::address::Range;
use super::moment::Moment;
use super::pattern::{Pattern, Reading, glob, glob_arn};

/// A condition operator without its prefix and suffix.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) test: Test,
    /// Whether it is a `Not` form, which also holds where the key is missing.
    pub(super) negated: bool,
}

/// What an operator compares, before a `Not` turns the answer around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Comparison),
    Date(Comparison),
    Bool,
    Binary,
    IpAddress,
    /// `ArnEquals` and `ArnLike`, which AWS treats alike.
    Arn,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Operator {
    pub(super) fn parse(name: &str) -> Option<Self> {
        use Comparison::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};
        let (test, negated) = match name {
            "StringEquals" => (Test::StringEquals, false),
            "StringNotEquals" => (Test::StringEquals, true),
            "StringEqualsIgnoreCase" => (Test::StringEqualsIgnoreCase, false),
            "StringNotEqualsIgnoreCase" => (Test::StringEqualsIgnoreCase, true),
            "StringLike" => (Test::StringLike, false),
            "StringNotLike" => (Test::StringLike, true),
            "NumericEquals" => (Test::Numeric(Equals), false),
            "NumericNotEquals" => (Test::Numeric(Equals), true),
            "NumericLessThan" => (Test::Numeric(LessThan), false),
            "NumericLessThanEquals" => (Test::Numeric(LessThanEquals), false),
            "NumericGreaterThan" => (Test::Numeric(GreaterThan), false),
            "NumericGreaterThanEquals" => (Test::Numeric(GreaterThanEquals), false),
            "DateEquals" => (Test::Date(Equals), false),
            "DateNotEquals" => (Test::Date(Equals), true),
            "DateLessThan" => (Test::Date(LessThan), false),
            "DateLessThanEquals" => (Test::Date(LessThanEquals), false),
            "DateGreaterThan" => (Test::Date(GreaterThan), false),
            "DateGreaterThanEquals" => (Test::Date(GreaterThanEquals), false),
            "Bool" => (Test::Bool, false),
            "BinaryEquals" => (Test::Binary, false),
            "IpAddress" => (Test::IpAddress, false),
            "NotIpAddress" => (Test::IpAddress, true),
            "ArnEquals" | "ArnLike" => (Test::Arn, false),
            "ArnNotEquals" | "ArnNotLike" => (Test::Arn, true),
            "Null" => (Test::Null, false),
            _ => return None,
        };
        Some(Self { test, negated })
    }

    /// Says how the strings of this operator's values are read; variables stand for strings and ARNs only.
    pub(super) fn reading(self, variables: bool) -> Reading {
        let wildcards = matches!(self.test, Test::StringLike | Test::Arn);
        let strings = matches!(self.test, Test::StringEquals | Test::StringEqualsIgnoreCase);
        Reading { wildcards, variables: variables && (wildcards || strings) }
    }
}

impl Test {
    /// Compares one value of the request with one of the policy; `None` when a variable has no value.
    pub(super) fn compare(self, actual: &str, expected: &Pattern, context: &Context) -> Option<bool> {
        Some(match self {
            Self::StringEquals | Self::StringLike => glob(&expected.expand(context)?, actual),
            Self::StringEqualsIgnoreCase => expected.filled(context)?.to_lowercase() == actual.to_lowercase(),
            Self::Arn => glob_arn(&expected.expand(context)?, actual),
            Self::Binary => expected.text() == actual,
            Self::Bool | Self::Null => expected.text().eq_ignore_ascii_case(actual),
            Self::IpAddress => Range::parse(expected.text()).is_some_and(|range| range.contains(actual)),
            Self::Numeric(comparison) => number(actual)
                .zip(number(expected.text()))
                .and_then(|(actual, expected)| actual.partial_cmp(&expected))
                .is_some_and(|ordering| comparison.holds(ordering)),
            Self::Date(comparison) => Moment::parse(actual)
                .zip(Moment::parse(expected.text()))
                .is_some_and(|(actual, expected)| comparison.holds(actual.cmp(&expected))),
        })
    }
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

/// Reads a whole or a decimal number; `inf` and `nan` are none.
fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}
