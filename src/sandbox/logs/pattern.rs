use serde_json::Value;

use super::command::invalid;
use super::fields::Fields;
use super::like::Like;
use crate::sandbox::ServiceError;

/// A filter pattern: terms, fields that spaces part, or a condition on JSON.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pattern {
    /// All of `all`, none of `none`, and one of `any` if there are any. Case counts.
    Terms {
        all: Vec<Term>,
        any: Vec<Term>,
        none: Vec<Term>,
    },
    Fields(Fields),
    Json(Condition),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Text(String),
    Like(Like),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Compare { path: Vec<Step>, operator: Operator, value: Operand },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    IsTrue,
    IsFalse,
    IsNull,
    Exists,
    NotExists,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// `*` stands for any characters.
    Text(String),
    Number(f64),
    Like(Like),
    None,
}

/// Conditions nested deeper than this are refused; AWS has a limit of its own on the length of a pattern.
const DEEPEST: usize = 32;

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, ServiceError> {
        let trimmed = text.trim();
        let wrong = || invalid("Invalid filter pattern");
        if text.chars().count() > 1024 {
            return Err(wrong());
        }
        if let Some(inside) = trimmed.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            let mut parser = Parser { rest: inside };
            let condition = parser.any(0).ok_or_else(wrong)?;
            return if parser.rest.trim().is_empty() { Ok(Self::Json(condition)) } else { Err(wrong()) };
        }
        if let Some(inside) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return Fields::parse(inside).map(Self::Fields).ok_or_else(wrong);
        }
        terms(trimmed).ok_or_else(wrong)
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        match self {
            Self::Terms { all, any, none } => {
                all.iter().all(|term| term.is_in(message))
                    && !none.iter().any(|term| term.is_in(message))
                    && (any.is_empty() || any.iter().any(|term| term.is_in(message)))
            }
            Self::Fields(fields) => fields.matches(message),
            Self::Json(condition) => {
                serde_json::from_str::<Value>(message).is_ok_and(|value| condition.holds(&value))
            }
        }
    }
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text.as_str()),
            Self::Like(like) => like.is_in(message),
        }
    }
}

fn terms(text: &str) -> Option<Pattern> {
    let (mut all, mut any, mut none) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let list = match first {
            '?' => &mut any,
            '-' => &mut none,
            _ => &mut all,
        };
        let body = if matches!(first, '?' | '-') { &rest[1..] } else { rest };
        let (term, after) = if body.starts_with('"') {
            let (text, after) = quoted(body)?;
            (Term::Text(text), after)
        } else if body.starts_with('%') {
            let (like, after) = Like::read(body)?;
            (Term::Like(like), after)
        } else {
            let end = body.find(char::is_whitespace).unwrap_or(body.len());
            let word = &body[..end];
            // Anything but letters, digits and `_` needs quotes; AWS refuses the rest.
            let plain = |letter: char| letter.is_alphanumeric() || "_.:/@#$&*-".contains(letter);
            if word.is_empty() || !word.chars().all(plain) {
                return None;
            }
            (Term::Text(word.to_owned()), &body[end..])
        };
        list.push(term);
        rest = after.trim_start();
    }
    Some(Pattern::Terms { all, any, none })
}

/// Reads `"..."` with `\"` inside, and returns it with what comes after.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    let mut term = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((term, &text[at + 1..])),
            '\\' => term.push(letters.next()?.1),
            other => term.push(other),
        }
    }
    None
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn eat(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(token);
        if let Some(after) = found {
            self.rest = after;
        }
        found.is_some()
    }

    fn any(&mut self, depth: usize) -> Option<Condition> {
        let mut parts = vec![self.all(depth)?];
        while self.eat("||") {
            parts.push(self.all(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Option<Condition> {
        let mut parts = vec![self.one(depth)?];
        while self.eat("&&") {
            parts.push(self.one(depth)?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self, depth: usize) -> Option<Condition> {
        if depth > DEEPEST {
            return None;
        }
        if self.eat("(") {
            let inside = self.any(depth + 1)?;
            return self.eat(")").then_some(inside);
        }
        let path = self.path()?;
        let plain = |operator| Some((operator, Operand::None));
        let (operator, value) = if self.eat("IS TRUE") {
            plain(Operator::IsTrue)?
        } else if self.eat("IS FALSE") {
            plain(Operator::IsFalse)?
        } else if self.eat("IS NULL") {
            plain(Operator::IsNull)?
        } else if self.eat("NOT EXISTS") {
            plain(Operator::NotExists)?
        } else if self.eat("EXISTS") {
            plain(Operator::Exists)?
        } else {
            let operators = [
                ("!=", Operator::NotEqual),
                ("<=", Operator::LessOrEqual),
                (">=", Operator::GreaterOrEqual),
                ("=", Operator::Equal),
                ("<", Operator::Less),
                (">", Operator::Greater),
            ];
            let operator = operators.into_iter().find(|(token, _)| self.eat(token))?.1;
            (operator, self.operand()?)
        };
        Some(Condition::Compare { path, operator, value })
    }

    /// `$.a.b[0].c`
    fn path(&mut self) -> Option<Vec<Step>> {
        if !self.eat("$") {
            return None;
        }
        let mut path = Vec::new();
        loop {
            if let Some(after) = self.rest.strip_prefix('.') {
                let end =
                    after.find(|c: char| !(c.is_alphanumeric() || "_-@".contains(c))).unwrap_or(after.len());
                if end == 0 {
                    return None;
                }
                path.push(Step::Key(after[..end].to_owned()));
                self.rest = &after[end..];
            } else if let Some(after) = self.rest.strip_prefix('[') {
                let (index, after) = after.split_once(']')?;
                path.push(Step::Index(index.trim().parse().ok()?));
                self.rest = after;
            } else {
                return (!path.is_empty()).then_some(path);
            }
        }
    }

    fn operand(&mut self) -> Option<Operand> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with('"') {
            let (text, after) = quoted(self.rest)?;
            self.rest = after;
            return Some(Operand::Text(text));
        }
        if self.rest.starts_with('%') {
            let (like, after) = Like::read(self.rest)?;
            self.rest = after;
            return Some(Operand::Like(like));
        }
        let end = self.rest.find(|c: char| c.is_whitespace() || "&|)".contains(c)).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at(end);
        self.rest = after;
        match word.parse::<f64>() {
            Ok(number) => Some(Operand::Number(number)),
            Err(_) if !word.is_empty() => Some(Operand::Text(word.to_owned())),
            Err(_) => None,
        }
    }
}

impl Condition {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(value)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(value)),
            Self::Compare { path, operator, value: operand } => compare(at(value, path), *operator, operand),
        }
    }
}

fn at<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

fn compare(found: Option<&Value>, operator: Operator, operand: &Operand) -> bool {
    match operator {
        Operator::Exists => return found.is_some(),
        Operator::NotExists => return found.is_none(),
        _ => {}
    }
    let Some(found) = found else { return false };
    let number = match (found.as_f64(), operand) {
        (Some(found), Operand::Number(wanted)) => found.partial_cmp(wanted),
        _ => None,
    };
    match operator {
        Operator::Equal => number.is_some_and(std::cmp::Ordering::is_eq) || text_equal(found, operand),
        Operator::NotEqual => !(number.is_some_and(std::cmp::Ordering::is_eq) || text_equal(found, operand)),
        Operator::Less => number.is_some_and(std::cmp::Ordering::is_lt),
        Operator::LessOrEqual => number.is_some_and(std::cmp::Ordering::is_le),
        Operator::Greater => number.is_some_and(std::cmp::Ordering::is_gt),
        Operator::GreaterOrEqual => number.is_some_and(std::cmp::Ordering::is_ge),
        Operator::IsTrue => *found == Value::Bool(true),
        Operator::IsFalse => *found == Value::Bool(false),
        Operator::IsNull => found.is_null(),
        Operator::Exists | Operator::NotExists => false,
    }
}

fn text_equal(found: &Value, operand: &Operand) -> bool {
    match (found, operand) {
        (Value::String(found), Operand::Text(wanted)) => wild(wanted, found),
        (Value::String(found), Operand::Like(like)) => like.is_in(found),
        _ => false,
    }
}

/// Whether a text is as wanted, where `*` stands for any characters.
pub(super) fn wild(wanted: &str, found: &str) -> bool {
    let mut parts = wanted.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = found.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(previous) = last.replace(part) {
            match rest.find(previous) {
                Some(at) => rest = &rest[at + previous.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(message)
    }

    #[test]
    fn terms_are_all_required_unless_marked() {
        assert!(matches("", "anything"));
        assert!(matches("ERROR order", "[ERROR] order o-1"));
        assert!(!matches("ERROR order", "[ERROR] basket"));
        assert!(!matches("error", "ERROR"));
        assert!(matches("?ERROR ?WARN", "WARN: late"));
        assert!(!matches("?ERROR ?WARN", "INFO"));
        assert!(matches("order -cancelled", "order taken"));
        assert!(!matches("order -cancelled", "order cancelled"));
        assert!(matches(r#""order \"o-1\" taken""#, r#"order "o-1" taken"#));
        assert!(matches("%order o-\\d+$% -cancelled", "order o-17"));
        assert!(!matches("%order o-\\d+$%", "order o-x"));
        assert!(matches("[level = ERROR, ...]", "ERROR order o-1"));
        assert!(matches("{ $.path = %^/orders/[0-9]+$% }", r#"{"path": "/orders/7"}"#));
    }

    #[test]
    fn json_conditions_compare_by_type() {
        let event = r#"{"status": 500, "path": "/orders/7", "user": {"id": "ada"}, "ok": false, "tags": ["a", "b"], "n": null}"#;
        for pattern in [
            "{ $.status = 500 }",
            "{ $.status >= 500 && $.path = \"/orders/*\" }",
            "{ ($.status = 404) || ($.user.id = ada) }",
            "{ $.ok IS FALSE }",
            "{ $.n IS NULL }",
            "{ $.tags[1] = \"b\" }",
            "{ $.gone NOT EXISTS }",
            "{ $.path = \"*orders*\" }",
        ] {
            assert!(matches(pattern, event), "{pattern}");
        }
        for pattern in
            ["{ $.status = \"500\" }", "{ $.status < 500 }", "{ $.gone = 1 }", "{ $.path = \"/orders\" }"]
        {
            assert!(!matches(pattern, event), "{pattern}");
        }
        assert!(!matches("{ $.status = 500 }", "status 500"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(500), ")".repeat(500));
        for wrong in
            ["\"open", "{ $.a }", "{ a = 1 }", "{ $.a = 1 ", "[Error]x", "%(%", "%open", deep.as_str()]
        {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}
