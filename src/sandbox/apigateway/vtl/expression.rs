//! Reads expressions, by precedence.

use super::cursor::Cursor;
use super::syntax::{Expression, Operator};
use super::template;

/// Operators by precedence, weakest first; longer spellings before shorter ones.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("||", Operator::Or), ("or", Operator::Or)],
    &[("&&", Operator::And), ("and", Operator::And)],
    &[("==", Operator::Equal), ("!=", Operator::Unequal), ("eq", Operator::Equal), ("ne", Operator::Unequal)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("le", Operator::LessOrEqual),
        ("ge", Operator::GreaterOrEqual),
        ("lt", Operator::Less),
        ("gt", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Divide), ("%", Operator::Modulo)],
];

pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Expression, String> {
    cursor.enter()?;
    let expression = binary(cursor, 0)?;
    cursor.leave();
    Ok(expression)
}

fn binary(cursor: &mut Cursor<'_>, level: usize) -> Result<Expression, String> {
    let Some(operators) = LEVELS.get(level) else { return unary(cursor) };
    let mut left = binary(cursor, level + 1)?;
    loop {
        cursor.skip_blanks();
        let found = operators.iter().find(|(spelling, _)| {
            let after = cursor.rest().strip_prefix(spelling);
            let word = spelling.starts_with(|letter: char| letter.is_ascii_alphabetic());
            after.is_some_and(|after| !word || after.starts_with(|letter: char| !letter.is_alphanumeric()))
        });
        let Some((spelling, operator)) = found else { return Ok(left) };
        cursor.eat(spelling);
        let right = binary(cursor, level + 1)?;
        left = Expression::Binary(*operator, Box::new(left), Box::new(right));
    }
}

fn unary(cursor: &mut Cursor<'_>) -> Result<Expression, String> {
    cursor.enter()?;
    cursor.skip_blanks();
    let word_not = cursor.rest().strip_prefix("not").is_some_and(|after| after.starts_with([' ', '(', '$']));
    let expression = if word_not || (cursor.peek() == Some('!') && !cursor.rest().starts_with("!=")) {
        cursor.eat(if word_not { "not" } else { "!" });
        Expression::Not(Box::new(unary(cursor)?))
    } else if cursor.eat("-") {
        Expression::Negative(Box::new(unary(cursor)?))
    } else {
        primary(cursor)?
    };
    cursor.leave();
    Ok(expression)
}

fn primary(cursor: &mut Cursor<'_>) -> Result<Expression, String> {
    let Some(letter) = cursor.peek() else { return Err(cursor.complaint("an expression is missing")) };
    match letter {
        '(' => {
            cursor.advance();
            let inner = parse(cursor)?;
            cursor.skip_blanks();
            cursor.expect(")")?;
            Ok(inner)
        }
        '$' => {
            let reference = template::reference(cursor)?;
            reference
                .map(Expression::Reference)
                .ok_or_else(|| cursor.complaint("a reference is not complete"))
        }
        '\'' => quoted(cursor, '\'').map(Expression::Text),
        '"' => {
            let text = quoted(cursor, '"')?;
            // Text in double quotes is a template of its own, and nests with it.
            if text.contains(['$', '#']) {
                template::parse(&text).map(Expression::Template)
            } else {
                Ok(Expression::Text(text))
            }
        }
        '[' => {
            cursor.advance();
            brackets(cursor)
        }
        '{' => {
            cursor.advance();
            map(cursor)
        }
        '0'..='9' => number(cursor),
        _ => match cursor.name().as_deref() {
            Some("true") => Ok(Expression::Bool(true)),
            Some("false") => Ok(Expression::Bool(false)),
            Some("null") => Ok(Expression::Null),
            _ => Err(cursor.complaint(&format!("'{letter}' begins no expression"))),
        },
    }
}

fn quoted(cursor: &mut Cursor<'_>, quote: char) -> Result<String, String> {
    cursor.advance();
    let mut text = String::new();
    while let Some(letter) = cursor.advance() {
        if letter == quote {
            // A doubled quote stands for itself.
            if cursor.peek() == Some(quote) {
                cursor.advance();
                text.push(quote);
                continue;
            }
            return Ok(text);
        }
        if letter == '\\' && cursor.peek() == Some(quote) && quote == '"' {
            text.push('\\');
            text.extend(cursor.advance());
            continue;
        }
        text.push(letter);
    }
    Err(cursor.complaint("text without its closing quote"))
}

fn number(cursor: &mut Cursor<'_>) -> Result<Expression, String> {
    let rest = cursor.rest();
    let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let fraction = rest[digits..]
        .strip_prefix('.')
        .map(|after| after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len()))
        .filter(|length| *length > 0);
    let end = digits + fraction.map_or(0, |length| length + 1);
    let text = &rest[..end];
    cursor.back_to(cursor.position() + end);
    let wrong = |_| cursor.complaint("not a number");
    if fraction.is_some() {
        text.parse().map(Expression::Fraction).map_err(|_| cursor.complaint("not a number"))
    } else {
        text.parse().map(Expression::Whole).map_err(|error: std::num::ParseIntError| wrong(error.to_string()))
    }
}

/// A list or a range; the opening bracket is behind.
fn brackets(cursor: &mut Cursor<'_>) -> Result<Expression, String> {
    cursor.skip_blanks();
    if cursor.eat("]") {
        return Ok(Expression::List(vec![]));
    }
    let first = parse(cursor)?;
    cursor.skip_blanks();
    if cursor.eat("..") {
        let last = parse(cursor)?;
        cursor.skip_blanks();
        cursor.expect("]")?;
        return Ok(Expression::Range(Box::new(first), Box::new(last)));
    }
    let mut entries = vec![first];
    if cursor.eat(",") {
        entries.extend(list(cursor, "]")?);
    } else {
        cursor.expect("]")?;
    }
    Ok(Expression::List(entries))
}

/// Expressions between commas up to `close`; the opening is behind.
pub(super) fn list(cursor: &mut Cursor<'_>, close: &str) -> Result<Vec<Expression>, String> {
    let mut entries = vec![];
    loop {
        cursor.skip_blanks();
        if cursor.eat(close) {
            return Ok(entries);
        }
        entries.push(parse(cursor)?);
        cursor.skip_blanks();
        if !cursor.eat(",") {
            cursor.expect(close)?;
            return Ok(entries);
        }
    }
}

fn map(cursor: &mut Cursor<'_>) -> Result<Expression, String> {
    let mut entries = vec![];
    loop {
        cursor.skip_blanks();
        if cursor.eat("}") {
            return Ok(Expression::Map(entries));
        }
        let key = parse(cursor)?;
        cursor.skip_blanks();
        cursor.expect(":")?;
        entries.push((key, parse(cursor)?));
        cursor.skip_blanks();
        if !cursor.eat(",") {
            cursor.expect("}")?;
            return Ok(Expression::Map(entries));
        }
    }
}
