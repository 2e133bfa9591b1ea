use indexmap::IndexMap;
use serde_json::{Number, Value};

use super::arn::ArnMatcher;
use super::pattern::Pattern;

/// One expectation of one value. Matchers nest.
#[derive(Debug, Clone)]
pub enum Matcher {
    Equal(Value),
    Not(Box<Matcher>),
    All(Vec<Matcher>),
    Any(Vec<Matcher>),
    None(Vec<Matcher>),
    Gt(Number),
    Ge(Number),
    Lt(Number),
    Le(Number),
    Between(Number, Number),
    Prefix(String),
    Suffix(String),
    Contains(String),
    Matches(Pattern),
    OneOf(Vec<Value>),
    Len(Box<Matcher>),
    Empty(bool),
    Exists(bool),
    Absent(bool),
    Null(bool),
    Includes(Box<Matcher>),
    IncludesAll(Vec<Matcher>),
    Exactly(Vec<Matcher>),
    Every(Box<Matcher>),
    HasKey(String),
    Like(IndexMap<String, Matcher>),
    Json(Box<Matcher>),
    Number(Box<Matcher>),
    Arn(ArnMatcher),
}

/// What an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Any JSON value, literally.
    Value,
    /// A list of JSON values, literally; not empty.
    Values,
    Matcher,
    /// A list of matchers; not empty.
    Matchers,
    Number,
    /// A list of two numbers, the lower first.
    Range,
    Text,
    /// A regular expression.
    Pattern,
    Flag,
    /// A map from key to matcher; not empty.
    Fields,
    /// A text with wildcards, or a map from part to matcher.
    Arn,
}

/// An operator as authors know it: parser, reference and schema all read this table.
#[derive(Debug)]
pub struct Operator {
    pub name: &'static str,
    pub argument: Argument,
    /// When it holds: the end of a sentence that begins with "Holds when the value".
    pub holds: &'static str,
    /// A matcher in YAML.
    pub example: &'static str,
}

const fn operator(
    name: &'static str,
    argument: Argument,
    holds: &'static str,
    example: &'static str,
) -> Operator {
    Operator { name, argument, holds, example }
}

/// Every operator, in the order of the reference.
pub const OPERATORS: [Operator; 29] = [
    operator(
        "equal",
        Argument::Value,
        "is this, of the same type; `1` and `1.0` are one number",
        "equal: [1, 2]",
    ),
    operator(
        "not",
        Argument::Matcher,
        "was judged by the matcher and does not match it",
        "not: { equal: 500 }",
    ),
    operator("all", Argument::Matchers, "matches each of these", "all: [{ ge: 200 }, { lt: 300 }]"),
    operator(
        "any",
        Argument::Matchers,
        "matches at least one of these",
        "any: [{ prefix: o- }, { prefix: p- }]",
    ),
    operator("none", Argument::Matchers, "was judged by these and matches none of them", "none: [500, 502]"),
    operator("gt", Argument::Number, "is a number above this", "gt: 0"),
    operator("ge", Argument::Number, "is a number not below this", "ge: 1"),
    operator("lt", Argument::Number, "is a number below this", "lt: 500"),
    operator("le", Argument::Number, "is a number not above this", "le: 30"),
    operator(
        "between",
        Argument::Range,
        "is a number from the first to the second, both included",
        "between: [3, 30]",
    ),
    operator("prefix", Argument::Text, "is a text that begins with this", "prefix: order-"),
    operator("suffix", Argument::Text, "is a text that ends with this", "suffix: .handler"),
    operator("contains", Argument::Text, "is a text that holds this", "contains: not found"),
    operator(
        "matches",
        Argument::Pattern,
        "is a text in which this regular expression finds something; anchor it with `^` and `$`",
        "matches: '^o-[0-9]+$'",
    ),
    operator("one_of", Argument::Values, "equals one of these", "one_of: [200, 201]"),
    operator("len", Argument::Matcher, "is a text, list or object whose length matches", "len: { ge: 1 }"),
    operator(
        "empty",
        Argument::Flag,
        "is an empty text, list or object (`false`: one that is not empty)",
        "empty: true",
    ),
    operator(
        "exists",
        Argument::Flag,
        "is there, be it null (`false`: the same as `absent: true`)",
        "exists: true",
    ),
    operator(
        "absent",
        Argument::Flag,
        "is not there, though what it would stand in is (`false`: the same as `exists: true`)",
        "absent: true",
    ),
    operator("null", Argument::Flag, "is there and null (`false`: there and not null)", "null: true"),
    operator(
        "includes",
        Argument::Matcher,
        "is a list with an element that matches",
        "includes: { prefix: o- }",
    ),
    operator(
        "includes_all",
        Argument::Matchers,
        "is a list with an element for each of these",
        "includes_all: [GET, POST]",
    ),
    operator("exactly", Argument::Matchers, "is a list of just these, in any order", "exactly: [GET, POST]"),
    operator(
        "every",
        Argument::Matcher,
        "is a list that is not empty, and each element matches",
        "every: { has_key: id }",
    ),
    operator("has_key", Argument::Text, "is an object with this key", "has_key: id"),
    operator(
        "like",
        Argument::Fields,
        "is an object whose fields match; fields that are not named are free",
        "like: { id: o-17, total: { gt: 0 } }",
    ),
    operator("json", Argument::Matcher, "is a text that holds JSON which matches", "json: { has_key: id }"),
    operator("number", Argument::Matcher, "is a text that holds a number which matches", "number: { ge: 3 }"),
    operator(
        "arn",
        Argument::Arn,
        "is an ARN like this: each of its six parts may hold `*` and `?`, or give a matcher to a part by its name",
        "arn: { service: lambda, resource: { prefix: 'function:' } }",
    ),
];

impl Operator {
    /// Returns the operator of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        OPERATORS.iter().find(|operator| operator.name == name)
    }
}

impl Matcher {
    /// Whether it speaks of a list as a whole. After a selector that may select several nodes, the list is the selected nodes.
    pub(super) fn is_about_a_list(&self) -> bool {
        match self {
            Self::Len(_)
            | Self::Empty(_)
            | Self::Includes(_)
            | Self::IncludesAll(_)
            | Self::Exactly(_)
            | Self::Every(_) => true,
            Self::Not(inner) => inner.is_about_a_list(),
            Self::All(inner) | Self::Any(inner) | Self::None(inner) => {
                inner.iter().any(Self::is_about_a_list)
            }
            _ => false,
        }
    }
}
