use super::operation::Op;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Text that may be absent: an empty value removes it.
    Text,
    /// Text that must be there; the message says so when it is not.
    Required(&'static str),
    /// `true` in any case is true, everything else false, as AWS reads it.
    Flag,
    /// A whole number within bounds; the message is given when it is not. An empty value removes it.
    Whole { least: i64, most: i64, message: &'static str },
    /// A number with a fraction.
    Fraction,
    /// A whole object that can only be removed.
    Object,
    /// An entry of a list of strings: the last segment is the entry itself, a value replaces it.
    Element,
    /// A list of strings, whose entries are given by value.
    List,
}

/// How a table refuses what it does not hold; AWS has three ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Refusal {
    /// `Invalid patch path  '/x' specified for op 'replace'. Must be one of: [...]`
    Listing,
    /// `Invalid patch path /x`, and `Invalid patch operation specified. Must be one of: [...]`
    Short,
    /// `Invalid method setting path: /x. Must be one of: [...]`, where the text is given.
    MethodSetting(&'static str),
}

/// One path that may be patched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The path; a segment in braces stands for any one segment, one in braces with a plus for one or more.
    pub path: &'static str,
    pub ops: &'static [Op],
    /// Where it lies in the wire shape: member names, and `{0}`, `{1}` for what the braces stood for.
    pub place: &'static [&'static str],
    pub kind: Kind,
    /// The error for replacing or removing an entry that is not there; `None` lets it pass.
    pub absent: Option<&'static str>,
    /// Whether captures stay escaped.
    pub raw: bool,
}

impl Rule {
    pub(super) const fn new(path: &'static str, place: &'static [&'static str], kind: Kind) -> Self {
        Self { path, ops: &[Op::Replace], place, kind, absent: None, raw: false }
    }

    pub(super) const fn ops(self, ops: &'static [Op]) -> Self {
        Self { ops, ..self }
    }

    pub(super) const fn absent(self, message: &'static str) -> Self {
        Self { absent: Some(message), ..self }
    }

    pub(super) const fn raw(self) -> Self {
        Self { raw: true, ..self }
    }

    /// Returns what the braces stood for when the segments fit this rule.
    pub(super) fn captures(&self, segments: &[&str]) -> Option<Vec<String>> {
        let pattern: Vec<&str> = self.path.trim_start_matches('/').split('/').collect();
        let many = pattern.iter().position(|part| part.ends_with("+}"));
        let spare = match many {
            Some(_) => segments.len().checked_sub(pattern.len())?,
            None if segments.len() == pattern.len() => 0,
            None => return None,
        };
        let mut captures = vec![];
        let mut at = 0;
        for (position, part) in pattern.iter().enumerate() {
            let width = if Some(position) == many { spare + 1 } else { 1 };
            let taken = &segments[at..at + width];
            at += width;
            if part.starts_with('{') {
                let joined = taken.join("/");
                captures.push(if self.raw { joined } else { super::pointer::unescape(&joined) });
            } else if taken != [*part] {
                return None;
            }
        }
        Some(captures)
    }

    /// Fills the captures into the place.
    pub(super) fn place(&self, captures: &[String]) -> Vec<String> {
        self.place
            .iter()
            .map(|member| {
                let mut name = (*member).to_owned();
                for (position, capture) in captures.iter().enumerate() {
                    name = name.replace(&format!("{{{position}}}"), capture);
                }
                name
            })
            .collect()
    }
}

/// The paths of one resource type.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox::apigateway) struct Table {
    pub(super) rules: &'static [Rule],
    pub(super) refusal: Refusal,
}
