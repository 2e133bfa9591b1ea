use std::fmt::Write as _;

use super::{Argument, Matcher, OPERATORS};

/// Returns the reference of the matchers in Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# Matchers\n\n\
         A check's `expect` is a map from selector to matcher. A selector is a bare name (`status` means `$.status`) or a\n\
         JSONPath (RFC 9535). A plain value must be equal and of the same type; everything else is a map with one operator.\n\
         Texts may hold `{{ name }}`.\n\n\
         Where a selector can select several nodes, each must match; `len`, `empty`, `includes`, `includes_all`, `exactly` and\n\
         `every` look at the selected nodes as one list. What is not there matches nothing but `absent: true`, and not even that\n\
         when what it would stand in is not there either. `not` and `none` never turn a matcher that could not judge (nothing\n\
         there, another type) into one that holds.\n\n\
         | operator | takes | holds when the value | for example | a report says: expected |\n\
         |---|---|---|---|---|\n",
    );
    for operator in &OPERATORS {
        // The examples are read in a test; a broken one shows here as an empty cell.
        let words = serde_saphyr::from_str::<Matcher>(operator.example)
            .map(|matcher| matcher.describe())
            .unwrap_or_default();
        let cell = |text: &str| text.replace('|', "\\|");
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | `{}` | {} |",
            operator.name,
            operator.argument.words(),
            cell(operator.holds),
            cell(operator.example),
            cell(&words)
        );
    }
    page
}

impl Argument {
    /// Returns what an operator takes, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Value => "any value",
            Self::Values => "a list of values",
            Self::Matcher => "a matcher",
            Self::Matchers => "a list of matchers",
            Self::Number => "a number",
            Self::Range => "two numbers",
            Self::Text => "a text",
            Self::Pattern => "a regular expression",
            Self::Flag => "true or false",
            Self::Fields => "a map from field to matcher",
            Self::Arn => "an ARN with wildcards, or a map from part to matcher",
        }
    }
}
