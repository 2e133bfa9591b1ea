use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::fault::validation;
use crate::sandbox::ServiceError;

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>: 4 KB, 300 operators.
const LONGEST: usize = 4096;
const MOST_OPERATORS: usize = 300;

/// The members of requests that hold expressions.
pub(super) const MEMBERS: [&str; 5] = [
    "KeyConditionExpression",
    "FilterExpression",
    "ConditionExpression",
    "UpdateExpression",
    "ProjectionExpression",
];

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html>
static RESERVED: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("reserved_words.txt").split_whitespace().collect());

/// Words with a meaning of their own within an expression.
const KEYWORDS: [&str; 9] = ["AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// A bare name: an attribute, a function or a keyword.
    Name(&'a str),
    /// `#name` or `:value`.
    Placeholder(&'a str),
    Number,
    Symbol(char),
}

/// Refuses what AWS refuses before it looks at any item: too long, too many operators, redundant parentheses, reserved
/// words. What passes is small enough for the store's recursive parser.
pub(super) fn check(member: &str, text: &str) -> Result<(), ServiceError> {
    let refuse = |problem: String| Err(validation(format!("Invalid {member}: {problem}")));
    if text.len() > LONGEST {
        return refuse(format!(
            "Expression size has exceeded the maximum allowed size; expression size: {}",
            text.len()
        ));
    }
    let tokens = tokens(text);
    let operators = operators(&tokens);
    if operators > MOST_OPERATORS {
        return refuse(format!("The expression contains too many operators; operator count: {operators}"));
    }
    if has_redundant_parentheses(&tokens) {
        return refuse("The expression has redundant parentheses;".to_owned());
    }
    let depth = depth(&tokens);
    if depth > MOST_OPERATORS {
        return refuse(format!("The expression is nested too deeply; nesting levels: {depth}"));
    }
    for (index, token) in tokens.iter().enumerate() {
        let Token::Name(name) = token else { continue };
        let upper = name.to_ascii_uppercase();
        let called = tokens.get(index + 1) == Some(&Token::Symbol('('));
        if !called && !KEYWORDS.contains(&upper.as_str()) && RESERVED.contains(upper.as_str()) {
            return refuse(format!("Attribute name is a reserved keyword; reserved keyword: {name}"));
        }
    }
    Ok(())
}

/// Finds the value that a query's key condition demands of the partition key.
pub(super) fn partition_key_value(body: &Map<String, Value>, key: &str) -> Option<Value> {
    let text = body.get("KeyConditionExpression")?.as_str()?;
    let names = body.get("ExpressionAttributeNames").and_then(Value::as_object);
    let tokens = tokens(text);
    let is_key = |token: &Token<'_>| match token {
        Token::Name(name) => *name == key,
        Token::Placeholder(name) => {
            names.and_then(|names| names.get(*name)).and_then(Value::as_str) == Some(key)
        }
        _ => false,
    };
    let value = tokens.windows(3).find_map(|window| match window {
        [left, Token::Symbol('='), Token::Placeholder(value)] if is_key(left) => Some(*value),
        [Token::Placeholder(value), Token::Symbol('='), right] if is_key(right) => Some(*value),
        _ => None,
    })?;
    body.get("ExpressionAttributeValues")?.get(value).cloned()
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = |from: &str| {
            from.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(from.len())
        };
        let length = match first {
            '#' | ':' => {
                let length = 1 + word(&rest[1..]);
                tokens.push(Token::Placeholder(&rest[..length]));
                length
            }
            digit if digit.is_ascii_digit() => {
                tokens.push(Token::Number);
                rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                // A dash is no part of a bare name: `a-b` is a difference.
                let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                tokens.push(Token::Name(&rest[..length]));
                length
            }
            space if space.is_whitespace() => space.len_utf8(),
            symbol => {
                tokens.push(Token::Symbol(symbol));
                symbol.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn operators(tokens: &[Token<'_>]) -> usize {
    let counted = tokens.iter().enumerate().filter(|(index, token)| match token {
        Token::Symbol('<' | '=' | '>') => {
            // `<>`, `<=` and `>=` count once.
            !matches!(tokens.get(index + 1), Some(Token::Symbol('=' | '>')))
        }
        Token::Symbol('+' | '-') => true,
        Token::Name(name) => {
            let called = tokens.get(index + 1) == Some(&Token::Symbol('('));
            let upper = name.to_ascii_uppercase();
            called || matches!(upper.as_str(), "AND" | "OR" | "NOT" | "BETWEEN" | "IN")
        }
        _ => false,
    });
    counted.count()
}

/// Whether a pair of parentheses directly encloses another pair.
fn has_redundant_parentheses(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Symbol('(') => open.push(index),
            Token::Symbol(')') => {
                if let Some(start) = open.pop() {
                    // The pair that was closed last is the only one that this one can directly enclose.
                    if pairs.last() == Some(&(start + 1, index.wrapping_sub(1))) {
                        return true;
                    }
                    pairs.push((start, index));
                }
            }
            _ => {}
        }
    }
    false
}

fn depth(tokens: &[Token<'_>]) -> usize {
    let (mut now, mut deepest) = (0_usize, 0);
    for token in tokens {
        match token {
            Token::Symbol('(' | '[') => now += 1,
            Token::Symbol(')' | ']') => now = now.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(now);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        check("FilterExpression", text).expect_err("must be refused").message
    }

    #[test]
    fn ordinary_expressions_pass() {
        for text in [
            "#s = :v AND (begins_with(title, :t) OR NOT contains(tags, :x))",
            "SET a.b[3] = if_not_exists(a.b[3], :zero) + :one REMOVE c ADD d :e DELETE f :g",
            "size(info) > :n",
            "(pk = :a) AND (sk BETWEEN :b AND :c)",
            "(NOT (a = :a AND b IN (:b, :c)))",
        ] {
            assert_eq!(check("FilterExpression", text), Ok(()), "{text}");
        }
    }

    #[test]
    fn reserved_words_are_refused_in_any_case() {
        for (text, word) in [("status = :v", "status"), ("a.Name = :v", "Name"), ("size > :n", "size")] {
            assert_eq!(
                problem(text),
                format!(
                    "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: {word}"
                )
            );
        }
    }

    #[test]
    fn the_limits_are_awss() {
        let fits = format!("a = :{}", "x".repeat(LONGEST - 5));
        assert_eq!(check("FilterExpression", &fits), Ok(()));
        assert!(problem(&format!("{fits}x")).contains("expression size: 4097"));
        assert!(problem(&vec!["a=:b"; 152].join(" OR ")).contains("operator count: 303"));
        assert!(problem(&"NOT ".repeat(301)).contains("operator count: 301"));
        assert!(problem(&"(".repeat(301)).contains("nesting levels: 301"));
        assert!(problem("((a = :b))").ends_with("redundant parentheses;"));
    }

    #[test]
    fn a_query_names_its_partition_key() {
        let body = serde_json::json!({
            "KeyConditionExpression": "#d > :from AND #p = :who",
            "ExpressionAttributeNames": { "#p": "owner", "#d": "day" },
            "ExpressionAttributeValues": { ":who": { "S": "ada" }, ":from": { "S": "1815" } },
        });
        let body = body.as_object().unwrap();
        assert_eq!(partition_key_value(body, "owner"), Some(serde_json::json!({ "S": "ada" })));
        assert_eq!(partition_key_value(body, "day"), None);
    }
}
