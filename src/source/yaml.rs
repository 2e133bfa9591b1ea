use serde::de::DeserializeOwned;
use serde_saphyr::Error;

use super::{Content, Diagnostic, Location, Node, parse_yaml};
use crate::text::{all_of, did_you_mean, one_of};

/// Reads a document into a type whose serde implementation says what is allowed.
///
/// Booleans are `true` and `false` alone, so that `no` and `on` are words; `0123` and `1_000` are words too. Tags such as `!Ref`,
/// which serde would drop silently, are refused but below the members of the document that are named in `tagged`.
pub fn read_yaml<T: DeserializeOwned>(file: &str, text: &str, tagged: &[&str]) -> Result<T, Diagnostic> {
    // The nodes first: syntax errors, duplicate keys and aliases are told in one way for every kind of file.
    let document = parse_yaml(file, text)?;
    if let Some(node) = stray_tag(&document, tagged) {
        let message = format!("the tag `!{}` means nothing here", node.tag.as_deref().unwrap_or_default());
        return Err(Diagnostic::error(message).at(Location::at(
            file,
            node.position.line,
            node.position.column,
        )));
    }
    let mut options = serde_saphyr::Options::default();
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.with_snippet = false;
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().filter(|place| place.line() > 0);
        let location = place.map_or_else(
            || Location::file(file),
            |place| Location::at(file, narrow(place.line()), narrow(place.column())),
        );
        told(&error).at(location)
    })
}

fn stray_tag<'a>(node: &'a Node, tagged: &[&str]) -> Option<&'a Node> {
    if node.tag.is_some() {
        return Some(node);
    }
    match &node.content {
        Content::Scalar { .. } => None,
        Content::Sequence(items) => items.iter().find_map(|item| stray_tag(item, &[])),
        Content::Mapping(members) => {
            let mut members = members.iter().filter(|member| !tagged.contains(&member.key.as_str()));
            members.find_map(|member| stray_tag(&member.value, &[]))
        }
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Tells an error without its place. A message of our own may bring its help in a second line, after `help: `.
fn told(error: &Error) -> Diagnostic {
    match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => {
            let known = || format!("known here: {}", all_of(expected));
            let help = did_you_mean(field, expected.iter().copied()).unwrap_or_else(known);
            Diagnostic::error(format!("there is no key `{field}` here")).help(help)
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            let help = format!("write {}", one_of(expected));
            Diagnostic::error(format!("`{variant}` is not known here")).help(help)
        }
        Error::SerdeMissingField { field, .. } => Diagnostic::error(format!("the key `{field}` is missing")),
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            Diagnostic::error(format!("expected {expected}, found {unexpected}"))
        }
        Error::InvalidScalar { ty, .. } => Diagnostic::error(format!("expected {}", article(ty))),
        Error::Unexpected { expected, .. } => Diagnostic::error(format!("expected {}", article(expected))),
        Error::Message { msg, .. } => match msg.split_once("\nhelp: ") {
            Some((message, help)) => Diagnostic::error(message).help(help),
            None => Diagnostic::error(msg.as_str()),
        },
        other => {
            let words = other.to_string();
            let end = words.find(" at line ").or_else(|| words.find('\n')).unwrap_or(words.len());
            Diagnostic::error(words[..end].trim_end_matches('.'))
        }
    }
}

/// Returns the parser's name of a type in words.
fn article(kind: &str) -> &str {
    match kind {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not below 0",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "bool" => "`true` or `false`",
        "mapping start" => "keys with values",
        "sequence start" => "a list",
        "scalar" | "string scalar" => "a word or text",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        #[expect(dead_code, reason = "only how it is refused is of interest")]
        count: u32,
    }

    fn refused(text: &str) -> String {
        let diagnostic = read_yaml::<BTreeMap<String, Thing>>("a.yaml", text, &[]).unwrap_err();
        format!("{}: {} ({:?})", diagnostic.location.unwrap(), diagnostic.message, diagnostic.help)
    }

    #[test]
    fn errors_stand_at_the_word_that_is_wrong() {
        let all = [
            "a: {count: soon}",
            "a: {count: 1, size: 2}",
            "a: {}",
            "a: {count: 1}\na: {count: 2}",
            "a: [",
            "a: 1",
            "a: {count: {}}",
            "a: {count: !x 1}",
            "äöü: {count: soon}",
        ];
        insta::assert_snapshot!(all.map(refused).join("\n"), @r#"
        a.yaml:1:12: expected a whole number, not below 0 (None)
        a.yaml:1:15: there is no key `size` here (Some("known here: `count`"))
        a.yaml:1:4: the key `count` is missing (None)
        a.yaml:2:1: the key `a` stands twice (None)
        a.yaml:1:4: unclosed bracket '[' (None)
        a.yaml:1:4: expected keys with values (None)
        a.yaml:1:12: expected a word or text (None)
        a.yaml:1:12: the tag `!x` means nothing here (None)
        a.yaml:1:14: expected a whole number, not below 0 (None)
        "#);
    }
}
