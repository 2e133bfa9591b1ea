//! Intrinsic functions: `States.Format('{} of {}', $.a, $.b)`.
//! <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use serde_json::{Map, Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::failure::Failure;
use super::path::{NoPath, Path};
use super::payload::Scope;

/// How deep calls stand in calls.
const DEEPEST: usize = 10;
/// How many elements a range has, and characters a text that is encoded or hashed.
const RANGE: i64 = 1000;
const TEXT: usize = 10_000;

const NAMES: [&str; 18] = [
    "Array",
    "ArrayContains",
    "ArrayGetItem",
    "ArrayLength",
    "ArrayPartition",
    "ArrayRange",
    "ArrayUnique",
    "Base64Decode",
    "Base64Encode",
    "Format",
    "Hash",
    "JsonMerge",
    "JsonToString",
    "MathAdd",
    "MathRandom",
    "StringSplit",
    "StringToJson",
    "UUID",
];

/// What stands at a field whose name ends in `.$`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Path(Path),
    Literal(Value),
    Call(&'static str, Vec<Expression>),
}

impl Expression {
    /// Reads a path or a call.
    pub(super) fn parse(text: &str) -> Result<Self, NoPath> {
        if text.starts_with('$') {
            return Path::parse(text).map(Self::Path);
        }
        let (call, rest) = call(text.trim(), 0)?;
        if rest.trim().is_empty() { Ok(call) } else { Err(NoPath) }
    }

    /// `field` is what the text was given for, as failures name it.
    pub(super) fn evaluate(&self, field: &str, scope: &Scope<'_>) -> Result<Value, Failure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Path(path) => scope.at(path, field),
            Self::Call(name, arguments) => {
                let arguments: Vec<Value> = arguments
                    .iter()
                    .map(|argument| argument.evaluate(field, scope))
                    .collect::<Result<_, Failure>>()?;
                apply(name, &arguments, scope).map_err(|reason| {
                    let cause =
                        format!("The function 'States.{name}' at the field '{field}' failed: {reason}");
                    Failure::new("States.IntrinsicFailure", cause)
                })
            }
        }
    }
}

fn call(text: &str, depth: usize) -> Result<(Expression, &str), NoPath> {
    let rest = text.strip_prefix("States.").ok_or(NoPath)?;
    let (name, mut rest) = rest.split_once('(').ok_or(NoPath)?;
    let name = NAMES.iter().find(|known| **known == name).ok_or(NoPath)?;
    if depth == DEEPEST {
        return Err(NoPath);
    }
    let mut arguments = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(rest) = rest.strip_prefix(')').filter(|_| arguments.is_empty()) {
            return Ok((Expression::Call(name, arguments), rest));
        }
        let (argument, after) = argument(rest, depth)?;
        arguments.push(argument);
        let after = after.trim_start();
        if let Some(after) = after.strip_prefix(')') {
            return Ok((Expression::Call(name, arguments), after));
        }
        rest = after.strip_prefix(',').ok_or(NoPath)?;
    }
}

fn argument(text: &str, depth: usize) -> Result<(Expression, &str), NoPath> {
    if text.starts_with("States.") {
        return call(text, depth + 1);
    }
    if let Some(inner) = text.strip_prefix('\'') {
        return quoted(inner);
    }
    let end = if text.starts_with('$') { end_of_path(text) } else { text.find([',', ')']) };
    let (word, rest) = text.split_at(end.ok_or(NoPath)?);
    if word.starts_with('$') {
        return Ok((Expression::Path(Path::parse(word.trim_end())?), rest));
    }
    let literal: Value = serde_json::from_str(word.trim()).map_err(|_| NoPath)?;
    match literal {
        Value::Number(_) | Value::Null | Value::Bool(_) => Ok((Expression::Literal(literal), rest)),
        _ => Err(NoPath),
    }
}

/// A comma or a parenthesis within brackets belongs to the path.
fn end_of_path(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, sign) in text.char_indices() {
        if let Some(open) = quote {
            if sign == open {
                quote = None;
            }
            continue;
        }
        match sign {
            '\'' | '"' => quote = Some(sign),
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' | ')' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// A text in quotes. A backslash before a quote, a brace or a backslash takes its meaning away; braces keep theirs for `Format`.
fn quoted(text: &str) -> Result<(Expression, &str), NoPath> {
    let mut out = String::new();
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\'' => return Ok((Expression::Literal(out.into()), &text[at + 1..])),
            '\\' => match signs.next().ok_or(NoPath)?.1 {
                // `Format` tells these from places to fill.
                brace @ ('{' | '}') => out.extend(['\\', brace]),
                sign @ ('\'' | '\\') => out.push(sign),
                _ => return Err(NoPath),
            },
            sign => out.push(sign),
        }
    }
    Err(NoPath)
}

fn apply(name: &str, given: &[Value], scope: &Scope<'_>) -> Result<Value, String> {
    match (name, given) {
        ("Array", items) => Ok(Value::Array(items.to_vec())),
        ("ArrayContains", [list, item]) => Ok(array(list)?.contains(item).into()),
        ("ArrayGetItem", [list, index]) => {
            let index = usize::try_from(integer(index)?).map_err(|_| "the index is negative")?;
            Ok(array(list)?.get(index).cloned().ok_or("the index is out of bounds")?)
        }
        ("ArrayLength", [list]) => Ok(array(list)?.len().into()),
        ("ArrayPartition", [list, size]) => {
            let size = usize::try_from(integer(size)?).ok().filter(|size| *size > 0);
            let size = size.ok_or("the chunk size has to be positive")?;
            Ok(array(list)?.chunks(size).map(|chunk| Value::Array(chunk.to_vec())).collect())
        }
        ("ArrayRange", [from, to, step]) => range(integer(from)?, integer(to)?, integer(step)?),
        ("ArrayUnique", [list]) => {
            let mut unique: Vec<Value> = Vec::new();
            for item in array(list)? {
                if !unique.contains(item) {
                    unique.push(item.clone());
                }
            }
            Ok(Value::Array(unique))
        }
        ("Base64Encode", [plain]) => Ok(STANDARD.encode(bounded(plain)?).into()),
        ("Base64Decode", [encoded]) => {
            let bytes = STANDARD.decode(bounded(encoded)?).map_err(|error| error.to_string())?;
            Ok(String::from_utf8(bytes).map_err(|error| error.to_string())?.into())
        }
        ("Format", [template, values @ ..]) => format(text(template)?, values),
        ("Hash", [data, algorithm]) => hash(data, text(algorithm)?),
        ("JsonMerge", [first, second, deep]) => {
            if *deep != Value::Bool(false) {
                return Err(
                    "only a shallow merge is supported, the third argument has to be false".to_owned()
                );
            }
            let object = |value: &Value| value.as_object().cloned().ok_or("the argument is not an object");
            let mut merged: Map<String, Value> = object(first)?;
            merged.extend(object(second)?);
            Ok(Value::Object(merged))
        }
        ("JsonToString", [value]) => Ok(value.to_string().into()),
        ("StringToJson", [value]) => match text(value)? {
            "" => Ok(Value::Null),
            text => serde_json::from_str(text).map_err(|error| error.to_string()),
        },
        ("MathAdd", [first, second]) => {
            let sum = integer(first)?.checked_add(integer(second)?);
            Ok(sum.ok_or("the sum is out of range")?.into())
        }
        ("MathRandom", [from, to] | [from, to, _]) => {
            let (from, to) = (integer(from)?, integer(to)?);
            let width = to.checked_sub(from).and_then(|width| u64::try_from(width).ok());
            let width = width.filter(|width| *width > 0).ok_or("the end is not after the start")?;
            let drawn = match given.get(2) {
                Some(seed) => mix(integer(seed)?.unsigned_abs()),
                None => scope.draw(),
            };
            let offset = i64::try_from(drawn % width).map_err(|_| "the range is too wide")?;
            Ok((from + offset).into())
        }
        ("StringSplit", [whole, signs]) => {
            let signs = text(signs)?;
            let parts = text(whole)?.split(|sign| signs.contains(sign));
            Ok(parts.filter(|part| !part.is_empty()).collect())
        }
        ("UUID", []) => {
            let (high, low) = (scope.draw(), scope.draw());
            let text = format!("{:016x}{:016x}", high & !0xf000 | 0x4000, low & !(3 << 62) | 1 << 63);
            let parts = [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]];
            Ok(parts.join("-").into())
        }
        _ => Err(format!("{} arguments were given", given.len())),
    }
}

fn array(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| "the argument is not an array".to_owned())
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "the argument is not a string".to_owned())
}

fn bounded(value: &Value) -> Result<&str, String> {
    let text = text(value)?;
    if text.chars().count() > TEXT {
        Err(format!("the text is longer than {TEXT} characters"))
    } else {
        Ok(text)
    }
}

/// Numbers are rounded to whole ones, as AWS does.
fn integer(value: &Value) -> Result<i64, String> {
    let whole = value.as_i64().or_else(|| {
        let rounded = value.as_f64()?.round();
        #[expect(clippy::cast_possible_truncation, reason = "it is within what an f64 counts exactly")]
        (rounded.abs() < 9e15).then_some(rounded as i64)
    });
    whole.ok_or_else(|| "the argument is not a number".to_owned())
}

fn range(from: i64, to: i64, step: i64) -> Result<Value, String> {
    if step == 0 {
        return Err("the increment is zero".to_owned());
    }
    let mut items = Vec::new();
    let mut at = Some(from);
    while let Some(item) = at.filter(|item| if step > 0 { *item <= to } else { *item >= to }) {
        items.push(Value::from(item));
        if i64::try_from(items.len()).unwrap_or(i64::MAX) > RANGE {
            return Err(format!("the range has more than {RANGE} elements"));
        }
        at = item.checked_add(step);
    }
    Ok(Value::Array(items))
}

fn format(template: &str, values: &[Value]) -> Result<Value, String> {
    let mut out = String::new();
    let mut values = values.iter();
    let mut signs = template.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if matches!(signs.peek(), Some('{' | '}')) => out.extend(signs.next()),
            '{' if signs.peek() == Some(&'}') => {
                signs.next();
                match values.next().ok_or("there are more places than values")? {
                    Value::String(text) => out.push_str(text),
                    Value::Null => out.push_str("null"),
                    value => out.push_str(&value.to_string()),
                }
            }
            '{' | '}' => return Err("a brace of the template is not closed".to_owned()),
            sign => out.push(sign),
        }
    }
    if values.next().is_some() {
        return Err("there are more values than places".to_owned());
    }
    Ok(out.into())
}

fn hash(data: &Value, algorithm: &str) -> Result<Value, String> {
    let text = match data {
        Value::String(_) => bounded(data)?.to_owned(),
        other => other.to_string(),
    };
    let bytes = text.as_bytes();
    let digest = match algorithm {
        "MD5" => hex::encode(Md5::digest(bytes)),
        "SHA-1" => hex::encode(Sha1::digest(bytes)),
        "SHA-256" => hex::encode(Sha256::digest(bytes)),
        "SHA-384" => hex::encode(Sha384::digest(bytes)),
        "SHA-512" => hex::encode(Sha512::digest(bytes)),
        other => return Err(format!("there is no algorithm {other}")),
    };
    Ok(json!(digest))
}

/// The next number of a stream of them (splitmix64, <https://prng.di.unimi.it/splitmix64.c>).
pub(super) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
