//! Finds status codes and field names in source text, without understanding more of it than strings, comments and brackets.

use std::ops::Range;

/// A language whose literals are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    JavaScript,
}

impl Language {
    /// Tells the language of a file by its ending.
    pub(super) fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "py" => Some(Self::Python),
            "js" | "mjs" | "cjs" => Some(Self::JavaScript),
            _ => None,
        }
    }
}

/// Something in the text that can be changed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number that is an HTTP status: 100 to 599.
    Status(u16),
    /// The name of a member in a dictionary or an object.
    Key(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A word or a number.
    Word(Range<usize>),
    /// A string with its quotes; `plain` when it holds no expressions.
    Text {
        span: Range<usize>,
        inside: Range<usize>,
        plain: bool,
    },
    Mark(char),
}

/// Returns the literals of a source text in the order in which they stand.
pub(super) fn literals(text: &str, language: Language) -> Vec<Literal> {
    let tokens = tokens(text, language);
    let mut found = Vec::new();
    // What each open bracket is.
    let mut open: Vec<char> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &tokens[before]);
        let after = tokens.get(index + 1);
        let begins_member = open.last() == Some(&'{') && matches!(before, Some(Token::Mark('{' | ',')));
        let names_member = begins_member && after == Some(&Token::Mark(':'));
        match token {
            Token::Mark(mark @ ('{' | '[' | '(')) => open.push(*mark),
            Token::Mark('}' | ']' | ')') => {
                open.pop();
            }
            Token::Text { span, inside, plain: true } if names_member && !inside.is_empty() => {
                let kind = Kind::Key(text[inside.clone()].to_owned());
                found.push(Literal { span: span.clone(), kind });
            }
            Token::Mark(_) | Token::Text { .. } => {}
            Token::Word(span) => {
                let word = &text[span.clone()];
                let member = matches!(before, Some(Token::Mark('.' | '-')));
                if let (3, Ok(status @ 100..=599), false) = (word.len(), word.parse::<u16>(), member) {
                    found.push(Literal { span: span.clone(), kind: Kind::Status(status) });
                } else if names_member
                    && language == Language::JavaScript
                    && !word.starts_with(|first: char| first.is_ascii_digit())
                {
                    found.push(Literal { span: span.clone(), kind: Kind::Key(word.to_owned()) });
                }
            }
        }
    }
    found
}

fn tokens(text: &str, language: Language) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let comment = match language {
            Language::Python => rest.starts_with('#'),
            Language::JavaScript => rest.starts_with("//"),
        };
        if comment {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if language == Language::JavaScript && rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if first == '"' || first == '\'' || (first == '`' && language == Language::JavaScript) {
            let prefix = match tokens.last() {
                Some(Token::Word(span)) if span.end == at && language == Language::Python => {
                    Some(span.clone())
                }
                _ => None,
            };
            let (length, quotes) = string_length(rest, first, language);
            let formatted = prefix.as_ref().is_some_and(|span| text[span.clone()].contains(['f', 'F']));
            // A prefix such as `f` or `b` is a part of the string.
            let start = prefix.map_or(at, |span| {
                tokens.pop();
                span.start
            });
            let end = at + length;
            let inside = at + quotes..end.saturating_sub(quotes).max(at + quotes);
            tokens.push(Token::Text { span: start..end, inside, plain: !formatted && first != '`' });
            at = end;
        } else if first.is_alphanumeric() || first == '_' || first == '$' {
            let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            let length = rest.find(|c: char| !word(c)).unwrap_or(rest.len());
            tokens.push(Token::Word(at..at + length));
            at += length;
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Mark(first));
            }
            at += first.len_utf8();
        }
    }
    tokens
}

/// Returns how long a string that begins here is, and how long its opening quotes are.
fn string_length(rest: &str, quote: char, language: Language) -> (usize, usize) {
    let triple: String = [quote; 3].iter().collect();
    let quotes = if language == Language::Python && rest.starts_with(&triple) { 3 } else { 1 };
    let closing = &triple[..quotes];
    let mut at = quotes;
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with(closing) {
            return (at + quotes, quotes);
        }
        let mut letters = here.chars();
        let first = letters.next().map_or(1, char::len_utf8);
        let escaped = here.starts_with('\\');
        at += if escaped { first + letters.next().map_or(0, char::len_utf8) } else { first };
    }
    (rest.len(), quotes)
}
