use std::fmt::Write as _;

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use super::equality::kind_of;

/// Which part of a subject is looked at.
#[derive(Debug, Clone)]
pub struct Selector {
    /// As the author wrote it.
    pub written: String,
    path: JsonPath,
    /// The path with its names in brackets.
    canonical: String,
    /// Whether it can select several nodes; it may still select one or none.
    several: bool,
    /// `None` for `$`, which is always there.
    parent: Option<Parent>,
}

/// Two selectors are equal when they are one path: `status`, `$.status` and `$['status']`.
impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

/// A selector without its last segment.
#[derive(Debug, Clone)]
struct Parent {
    written: String,
    path: JsonPath,
    /// What the last segment needs to find there.
    needs: Segment,
}

/// What a segment selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment {
    Name,
    Index,
    Several,
}

/// What is wrong with a selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    #[error("`{0}` is neither a name nor a path; a path begins with `$`: `$.{0}`")]
    NotAName(String),
    #[error("`{written}` is not a JSONPath: at character {position}, {reason}")]
    NotAPath { written: String, position: usize, reason: String },
    #[error("`{0}` holds `{{{{`, but selectors are not filled in; match the value instead")]
    Placeholder(String),
}

impl Selector {
    /// Parses a bare name (`status` means `$.status`) or a JSONPath (RFC 9535).
    pub fn parse(written: &str) -> Result<Self, SelectorError> {
        if written.contains("{{") {
            return Err(SelectorError::Placeholder(written.to_owned()));
        }
        let text = match written.strip_prefix('$') {
            Some(_) => written.to_owned(),
            None if is_bare_name(written) => format!("$['{written}']"),
            None => return Err(SelectorError::NotAName(written.to_owned())),
        };
        let parse = |text: &str| {
            JsonPath::parse(text).map_err(|error| SelectorError::NotAPath {
                written: written.to_owned(),
                position: error.position(),
                reason: error.message().to_owned(),
            })
        };
        let path = parse(&text)?;
        let starts = segment_starts(&text);
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let parts: Vec<&str> = starts.iter().zip(ends).map(|(&from, to)| text[from..to].trim()).collect();
        let segments: Vec<Segment> = parts.iter().map(|part| kind(part)).collect();
        let canonical = parts.iter().fold(String::new(), |canonical, part| match part.strip_prefix('.') {
            Some(name) if kind(part) == Segment::Name => member(&canonical, name),
            _ => canonical + part,
        });
        let parent = match (starts.last(), segments.last()) {
            (Some(&start), Some(&needs)) => {
                let before = text[..start].trim_end();
                Some(Parent { written: before.to_owned(), path: parse(before)?, needs })
            }
            _ => None,
        };
        Ok(Self {
            written: written.to_owned(),
            path,
            canonical,
            several: segments.contains(&Segment::Several),
            parent,
        })
    }

    /// Returns what it selects, each node with its normalised path.
    pub fn nodes<'v>(&self, subject: &'v Value) -> Vec<(String, &'v Value)> {
        let nodes = self.path.query_located(subject).all();
        nodes.into_iter().map(|node| (normalised(node.location().iter()), node.node())).collect()
    }

    /// Returns what it selects as JSON pointers (RFC 6901).
    pub fn pointers(&self, subject: &Value) -> Vec<String> {
        let nodes = self.path.query_located(subject).all();
        let pointer = |pointer: String, element: &PathElement<'_>| match element {
            PathElement::Name(name) => format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")),
            PathElement::Index(index) => format!("{pointer}/{index}"),
        };
        nodes.into_iter().map(|node| node.location().iter().fold(String::new(), pointer)).collect()
    }

    /// Whether it can select several nodes (RFC 9535: it is not a singular query).
    pub fn selects_several(&self) -> bool {
        self.several
    }

    /// Returns why nothing can be said of what the selector selects, when it selects nothing: what it would stand in is
    /// not there, or cannot hold it. `None` means that the selected thing, and only that, is absent.
    pub fn unresolved(&self, subject: &Value) -> Option<String> {
        let parent = self.parent.as_ref()?;
        let nodes = parent.path.query(subject);
        let (wanted, fits): (_, fn(&Value) -> bool) = match parent.needs {
            Segment::Name => ("an object", Value::is_object),
            Segment::Index => ("a list", Value::is_array),
            Segment::Several => ("a list or an object", |value| value.is_object() || value.is_array()),
        };
        if nodes.is_empty() {
            return Some(format!(
                "`{}` is not there, so nothing can be said of what it holds",
                parent.written
            ));
        }
        let other = nodes.iter().find(|node| !fits(node))?;
        Some(format!("`{}` is {}, not {wanted}", parent.written, kind_of(other)))
    }
}

/// Appends a member to a normalised path (RFC 9535, section 2.7).
pub(super) fn member(path: &str, name: &str) -> String {
    let mut path = format!("{path}['");
    for c in name.chars() {
        match c {
            '\u{8}' => path.push_str("\\b"),
            '\u{c}' => path.push_str("\\f"),
            '\n' => path.push_str("\\n"),
            '\r' => path.push_str("\\r"),
            '\t' => path.push_str("\\t"),
            '\'' => path.push_str("\\'"),
            '\\' => path.push_str("\\\\"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(path, "\\u{:04x}", u32::from(c));
            }
            c => path.push(c),
        }
    }
    path.push_str("']");
    path
}

/// Returns the normalised path of its elements. The crate's own leaves backslashes as they are.
fn normalised<'a>(elements: impl Iterator<Item = &'a PathElement<'a>>) -> String {
    elements.fold("$".to_owned(), |path, element| match element {
        PathElement::Name(name) => member(&path, name),
        PathElement::Index(index) => format!("{path}[{index}]"),
    })
}

fn is_bare_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

/// Returns where the segments of a valid path begin.
fn segment_starts(path: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut depth, mut quote, mut escaped, mut dots) = (0_usize, None, false, false);
    for (at, c) in path.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => {
                // The bracket of `..[` belongs to the dots before it.
                if depth == 0 && !dots {
                    starts.push(at);
                }
                depth += 1;
            }
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '.') if depth == 0 && !dots => starts.push(at),
            _ => {}
        }
        dots = depth == 0 && quote.is_none() && c == '.';
    }
    starts
}

fn kind(segment: &str) -> Segment {
    let inside = segment.trim();
    if inside.starts_with("..") || inside == ".*" {
        return Segment::Several;
    }
    let Some(inside) = inside.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')) else {
        return Segment::Name;
    };
    let inside = inside.trim();
    let quoted = |quote: char| {
        let mut escaped = false;
        let rest = inside.strip_prefix(quote)?;
        let end = rest.char_indices().find(|&(_, c)| {
            let closes = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        })?;
        Some(end.0 + 1 == rest.len())
    };
    match quoted('\'').or_else(|| quoted('"')) {
        Some(true) => Segment::Name,
        None if inside.parse::<i64>().is_ok() => Segment::Index,
        _ => Segment::Several,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(selector: &str, subject: &Value) -> Vec<String> {
        Selector::parse(selector).unwrap().nodes(subject).into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn a_bare_name_is_a_member_of_the_subject() {
        let subject = json!({"status": 200, "x-header": 1, "a'b\\": {"c": [1, 2]}});
        assert_eq!(paths("status", &subject), ["$['status']"]);
        assert_eq!(paths("x-header", &subject), ["$['x-header']"]);
        assert_eq!(paths(r#"$["a'b\\"].c[*]"#, &subject), [r"$['a\'b\\']['c'][0]", r"$['a\'b\\']['c'][1]"]);
    }

    #[test]
    fn only_singular_queries_select_one() {
        for selector in ["$", "status", "$.a.b", "$['a, b']", "$[\"a*\"]", "$.a[0]", "$.a[-1]", r"$['\'..']"]
        {
            assert!(!Selector::parse(selector).unwrap().selects_several(), "{selector}");
        }
        for selector in
            ["$.*", "$..a", "$.a[*]", "$.a[0:2]", "$['a','b']", "$[?@.a == 'b']", "$.a[*].b", "$..[0]"]
        {
            assert!(Selector::parse(selector).unwrap().selects_several(), "{selector}");
        }
    }

    #[test]
    fn what_is_missing_is_told_from_what_it_would_stand_in() {
        let subject = json!({"body": {"items": [], "none": null}});
        let why = |selector: &str| Selector::parse(selector).unwrap().unresolved(&subject);
        for selector in
            ["error", "$.body.error", "$.body.items[0]", "$.body.items[?@.id == 'a.b']", "$..error"]
        {
            assert_eq!(why(selector), None, "{selector}");
        }
        assert_eq!(
            why("$.text.error").as_deref(),
            Some("`$.text` is not there, so nothing can be said of what it holds")
        );
        assert_eq!(why("$.body.none.error").as_deref(), Some("`$.body.none` is null, not an object"));
        assert_eq!(why("$.body[0]").as_deref(), Some("`$.body` is an object, not a list"));
    }

    #[test]
    fn a_bad_selector_is_refused_with_what_to_write() {
        let error = |written: &str| Selector::parse(written).unwrap_err().to_string();
        assert_eq!(
            error("body.id"),
            "`body.id` is neither a name nor a path; a path begins with `$`: `$.body.id`"
        );
        assert!(error("$.body[").starts_with("`$.body[` is not a JSONPath: at character "));
        assert!(error("$.body['{{ id }}']").contains("selectors are not filled in"));
        assert!(Selector::parse("").is_err());
    }
}
