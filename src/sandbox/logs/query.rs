//! The language of Logs Insights, as far as it is needed to diagnose: `fields`, `display`, `filter`, `parse`, `stats`, `sort`, `limit`.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html>

use regex::{Regex, RegexBuilder};

use crate::sandbox::ServiceError;

/// A query is at most so long, and an expression so deep.
const LONGEST: usize = 10_000;
const DEEPEST: usize = 50;

#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Fields to show, each with the name that it goes by.
    Fields(Vec<(Expression, String)>),
    Filter(Expression),
    /// Field, pattern, names of what it catches.
    Parse(String, Regex, Vec<String>),
    Stats(Vec<(Aggregate, String)>, Vec<(Expression, String)>),
    /// Field, and whether from the highest down.
    Sort(Vec<(String, bool)>),
    Limit(usize),
}

#[derive(Debug, Clone)]
pub(super) enum Aggregate {
    Count(Option<Expression>),
    CountDistinct(Expression),
    Sum(Expression),
    Avg(Expression),
    Min(Expression),
    Max(Expression),
    Percentile(Expression, f64),
    Latest(Expression),
    Earliest(Expression),
}

#[derive(Debug, Clone)]
pub(super) enum Expression {
    Field(String),
    Text(String),
    Number(f64),
    /// `bin(5m)`: milliseconds.
    Bin(i64),
    Present(String),
    Length(Box<Expression>),
    Lower(Box<Expression>),
    Upper(Box<Expression>),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Compare(&'static str, Box<Expression>, Box<Expression>),
    Arithmetic(char, Box<Expression>, Box<Expression>),
    Like(Box<Expression>, Regex),
    In(Box<Expression>, Vec<Expression>),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(f64, String),
    Pattern(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 18] =
    ["!=", "<=", ">=", "=~", "=", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*", "/", "%", "|"];

pub(super) fn malformed(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "MalformedQueryException", message)
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Vec<Step>, ServiceError> {
    if text.len() > LONGEST {
        return Err(malformed("The query is too long"));
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let mut steps = Vec::new();
    loop {
        if parser.at == parser.tokens.len() {
            return if steps.is_empty() { Err(malformed("The query is empty")) } else { Ok(steps) };
        }
        steps.push(parser.step()?);
        if parser.at < parser.tokens.len() {
            parser.expect("|")?;
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, ServiceError> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '#' {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
            continue;
        }
        let pattern = first == '/'
            && matches!(tokens.last(), Some(Token::Symbol("=~") | Token::Word(_)))
            && !matches!(tokens.last(), Some(Token::Word(word)) if !["like", "parse"].contains(&word.to_ascii_lowercase().as_str()) && !word.starts_with('@'));
        let used = match first {
            '"' | '\'' | '`' => {
                let (inner, used) = quoted(rest, first)?;
                tokens.push(if first == '`' { Token::Word(inner) } else { Token::Text(inner) });
                used
            }
            '/' if pattern => {
                let (inner, used) = quoted(rest, '/')?;
                tokens.push(Token::Pattern(inner));
                used
            }
            '0'..='9' => {
                let end =
                    rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
                let number = rest[..end].parse().map_err(|_| malformed("a number cannot be read"))?;
                let unit: String = rest[end..].chars().take_while(char::is_ascii_alphabetic).collect();
                let used = end + unit.len();
                tokens.push(Token::Number(number, unit));
                used
            }
            letter if letter.is_alphabetic() || letter == '@' || letter == '_' => {
                let end = rest
                    .find(|letter: char| !(letter.is_alphanumeric() || "@_.".contains(letter)))
                    .unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                end
            }
            _ => {
                let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let symbol = symbol.ok_or_else(|| malformed(format!("unexpected symbol found {first}")))?;
                tokens.push(Token::Symbol(symbol));
                symbol.len()
            }
        };
        rest = rest[used..].trim_start();
    }
    Ok(tokens)
}

/// Takes what stands between two quotes; returns it, and how many bytes it took.
fn quoted(text: &str, quote: char) -> Result<(String, usize), ServiceError> {
    let mut inner = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return Ok((inner, at + letter.len_utf8()));
        }
        if letter == '\\'
            && let Some((_, next)) = letters.next()
        {
            if next != quote {
                inner.push('\\');
            }
            inner.push(next);
        } else {
            inner.push(letter);
        }
    }
    Err(malformed("a quotation does not end"))
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, symbol: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Symbol(found)) if *found == symbol);
        self.at += usize::from(there);
        there
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, symbol: &str) -> Result<(), ServiceError> {
        if self.takes(symbol) { Ok(()) } else { Err(malformed(format!("expected {symbol}"))) }
    }

    fn word(&mut self) -> Result<String, ServiceError> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            _ => Err(malformed("expected a name")),
        }
    }

    fn step(&mut self) -> Result<Step, ServiceError> {
        let word = self.word()?;
        match word.to_ascii_lowercase().as_str() {
            "fields" | "display" => Ok(Step::Fields(self.list(Self::expression)?)),
            "filter" => Ok(Step::Filter(self.expression()?)),
            "parse" => self.parse_step(),
            "stats" => {
                let aggregates = self.list(Self::aggregate)?;
                let by = if self.takes_word("by") { self.list(Self::expression)? } else { Vec::new() };
                Ok(Step::Stats(aggregates, by))
            }
            "sort" | "order" => {
                self.takes_word("by");
                let mut keys = Vec::new();
                loop {
                    let from = self.at;
                    self.expression()?;
                    let name = self.text_of(from);
                    let down = self.takes_word("desc");
                    if !down {
                        self.takes_word("asc");
                    }
                    keys.push((name, down));
                    if !self.takes(",") {
                        return Ok(Step::Sort(keys));
                    }
                }
            }
            "limit" | "head" | "tail" => match self.next() {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range
                Some(Token::Number(number, _)) if (1.0..=10_000.0).contains(&number) => {
                    Ok(Step::Limit(number as usize))
                }
                _ => Err(malformed("limit wants a number from 1 to 10000")),
            },
            other => Err(malformed(format!("unknown command {other}"))),
        }
    }

    /// Reads things with their names, which are their text unless `as` gives another.
    fn list<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, ServiceError>,
    ) -> Result<Vec<(T, String)>, ServiceError> {
        let mut items = Vec::new();
        loop {
            let from = self.at;
            let item = read(self)?;
            let mut name = self.text_of(from);
            if self.takes_word("as") {
                name = self.word()?;
            }
            items.push((item, name));
            if !self.takes(",") {
                return Ok(items);
            }
        }
    }

    /// The text of the tokens since a place, as a name of a column.
    fn text_of(&self, from: usize) -> String {
        let shown = self.tokens[from..self.at].iter().map(|token| match token {
            Token::Word(word) => word.clone(),
            Token::Text(text) => format!("\"{text}\""),
            Token::Number(number, unit) => format!("{number}{unit}"),
            Token::Pattern(pattern) => format!("/{pattern}/"),
            Token::Symbol(symbol) => (*symbol).to_owned(),
        });
        shown.collect()
    }

    fn parse_step(&mut self) -> Result<Step, ServiceError> {
        let field = self.word()?;
        let (pattern, is_glob) = match self.next() {
            Some(Token::Text(glob)) => (glob, true),
            Some(Token::Pattern(pattern)) => (pattern, false),
            _ => return Err(malformed("parse wants a pattern")),
        };
        let regex = if is_glob {
            let parts: Vec<String> = pattern.split('*').map(regex::escape).collect();
            let last = parts.last().is_none_or(String::is_empty);
            compile(&(parts.join("(.*?)") + if last { "$" } else { "" }))?
        } else {
            // Names of groups are written `(?<name>` there.
            compile(&pattern)?
        };
        let mut names: Vec<String> = regex.capture_names().flatten().map(str::to_owned).collect();
        if self.takes_word("as") {
            names = Vec::new();
            loop {
                names.push(self.word()?);
                if !self.takes(",") {
                    break;
                }
            }
        }
        if names.is_empty() || names.len() != regex.captures_len() - 1 {
            return Err(malformed("parse wants one name for each part that it catches"));
        }
        Ok(Step::Parse(field, regex, names))
    }

    fn aggregate(&mut self) -> Result<Aggregate, ServiceError> {
        let name = self.word()?.to_ascii_lowercase();
        self.expect("(")?;
        if name == "count" && (self.takes("*") || matches!(self.peek(), Some(Token::Symbol(")")))) {
            self.expect(")")?;
            return Ok(Aggregate::Count(None));
        }
        let value = self.expression()?;
        let aggregate = match name.as_str() {
            "count" => Aggregate::Count(Some(value)),
            "count_distinct" => Aggregate::CountDistinct(value),
            "sum" => Aggregate::Sum(value),
            "avg" => Aggregate::Avg(value),
            "min" => Aggregate::Min(value),
            "max" => Aggregate::Max(value),
            "latest" => Aggregate::Latest(value),
            "earliest" => Aggregate::Earliest(value),
            "pct" | "percentile" => {
                self.expect(",")?;
                match self.next() {
                    Some(Token::Number(percent, _)) => Aggregate::Percentile(value, percent),
                    _ => return Err(malformed("pct wants a percentage")),
                }
            }
            other => return Err(malformed(format!("unknown function {other}"))),
        };
        self.expect(")")?;
        Ok(aggregate)
    }

    fn expression(&mut self) -> Result<Expression, ServiceError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(malformed("The query is nested too deeply"));
        }
        let mut left = self.conjunction()?;
        while self.takes_word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Expression, ServiceError> {
        let mut left = self.negation()?;
        while self.takes_word("and") {
            left = Expression::And(Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Expression, ServiceError> {
        let mut negated = false;
        while self.takes_word("not") {
            negated = !negated;
        }
        let inner = self.comparison()?;
        Ok(if negated { Expression::Not(Box::new(inner)) } else { inner })
    }

    fn comparison(&mut self) -> Result<Expression, ServiceError> {
        let left = self.sum()?;
        for operator in ["!=", "<=", ">=", "=", "<", ">"] {
            if self.takes(operator) {
                return Ok(Expression::Compare(operator, Box::new(left), Box::new(self.sum()?)));
            }
        }
        let before = self.at;
        let negated = self.takes_word("not");
        let found = if self.takes_word("like") || self.takes("=~") {
            match self.next() {
                Some(Token::Pattern(pattern)) => {
                    Some(Expression::Like(Box::new(left.clone()), compile(&pattern)?))
                }
                Some(Token::Text(text)) => {
                    Some(Expression::Like(Box::new(left.clone()), compile(&regex::escape(&text))?))
                }
                _ => return Err(malformed("like wants a pattern")),
            }
        } else if self.takes_word("in") {
            self.expect("[")?;
            let items = self.list(Self::sum)?.into_iter().map(|(item, _)| item).collect();
            self.expect("]")?;
            Some(Expression::In(Box::new(left.clone()), items))
        } else {
            None
        };
        Ok(match found {
            Some(found) if negated => Expression::Not(Box::new(found)),
            Some(found) => found,
            None => {
                self.at = before;
                left
            }
        })
    }

    fn sum(&mut self) -> Result<Expression, ServiceError> {
        let mut left = self.operand()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Symbol("+")) => '+',
                Some(Token::Symbol("-")) => '-',
                Some(Token::Symbol("*")) => '*',
                Some(Token::Symbol("/")) => '/',
                _ => return Ok(left),
            };
            self.at += 1;
            left = Expression::Arithmetic(operator, Box::new(left), Box::new(self.operand()?));
        }
    }

    fn operand(&mut self) -> Result<Expression, ServiceError> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Expression::Text(text)),
            Some(Token::Number(number, _)) => Ok(Expression::Number(number)),
            Some(Token::Symbol("-")) => match self.next() {
                Some(Token::Number(number, _)) => Ok(Expression::Number(-number)),
                _ => Err(malformed("expected a number")),
            },
            Some(Token::Symbol("(")) => {
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(Token::Word(word)) if matches!(self.peek(), Some(Token::Symbol("("))) => {
                self.at += 1;
                let call = self.call(&word)?;
                self.expect(")")?;
                Ok(call)
            }
            Some(Token::Word(word)) => Ok(Expression::Field(word)),
            _ => Err(malformed("expected a field, a text or a number")),
        }
    }

    fn call(&mut self, name: &str) -> Result<Expression, ServiceError> {
        match name.to_ascii_lowercase().as_str() {
            "bin" => match self.next() {
                #[allow(clippy::cast_possible_truncation)] // within what a clock shows
                Some(Token::Number(number, unit)) if number >= 1.0 => {
                    let unit = match unit.as_str() {
                        "ms" => 1.0,
                        "s" | "sec" => 1000.0,
                        "m" | "min" => 60_000.0,
                        "h" | "hr" => 3_600_000.0,
                        "d" => 86_400_000.0,
                        other => return Err(malformed(format!("unknown unit {other}"))),
                    };
                    Ok(Expression::Bin((number * unit) as i64))
                }
                _ => Err(malformed("bin wants a period, such as 5m")),
            },
            "ispresent" => Ok(Expression::Present(self.word()?)),
            "isblank" | "isempty" => Ok(Expression::Not(Box::new(Expression::Present(self.word()?)))),
            "strlen" => Ok(Expression::Length(Box::new(self.expression()?))),
            "tolower" => Ok(Expression::Lower(Box::new(self.expression()?))),
            "toupper" => Ok(Expression::Upper(Box::new(self.expression()?))),
            other => Err(malformed(format!("unknown function {other}"))),
        }
    }
}

fn compile(pattern: &str) -> Result<Regex, ServiceError> {
    RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|_| malformed(format!("the pattern /{pattern}/ is no regular expression")))
}
