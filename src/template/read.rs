use std::sync::Arc;

use serde_json::{Map, Number, Value};

use super::intrinsic::{FUNCTIONS, long_form};
use super::{Places, pointer};
use crate::source::{Content, Diagnostic, Location, Node, Position, parse_yaml};
use crate::text::did_you_mean;

/// Reads the text of a template into JSON with intrinsics in their long form.
pub(super) fn read(file: &str, text: &str) -> Result<(Value, Places), Vec<Diagnostic>> {
    let node = parse_yaml(file, text).map_err(|problem| vec![problem])?;
    normalise(file, &node)
}

/// Turns a node into JSON with intrinsics in their long form. Pointers count from this node.
pub(super) fn normalise(file: &str, node: &Node) -> Result<(Value, Places), Vec<Diagnostic>> {
    let mut reader = Reader { file: file.into(), places: Places::default(), problems: Vec::new() };
    let value = reader.node(node, "", node.position);
    if reader.problems.is_empty() { Ok((value, reader.places)) } else { Err(reader.problems) }
}

struct Reader {
    file: Arc<str>,
    places: Places,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn node(&mut self, node: &Node, at: &str, key: Position) -> Value {
        self.places.insert(at, &self.file, key, node.position);
        let Some(tag) = &node.tag else { return self.content(node, at) };
        match long_form(tag) {
            Ok(function) => {
                let below = pointer::below(at, &function);
                self.places.insert(&below, &self.file, node.position, node.position);
                let argument = attribute(&function, self.content(node, &below));
                Value::Object(Map::from_iter([(function, argument)]))
            }
            Err(message) => {
                let Position { line, column } = node.position;
                let short = FUNCTIONS.map(|function| function.trim_start_matches("Fn::"));
                let problem = Diagnostic::error(message).at(Location::at(&*self.file, line, column));
                self.problems.push(Diagnostic { help: did_you_mean(tag, short), ..problem });
                Value::Null
            }
        }
    }

    fn content(&mut self, node: &Node, at: &str) -> Value {
        match &node.content {
            Content::Scalar { text, plain } => scalar(text, *plain),
            Content::Sequence(items) => {
                let items = items.iter().enumerate();
                items
                    .map(|(index, item)| self.node(item, &pointer::element(at, index), item.position))
                    .collect()
            }
            Content::Mapping(members) => {
                let read = members.iter().map(|member| {
                    let below = pointer::below(at, &member.key);
                    let value = self.node(&member.value, &below, member.position);
                    (member.key.clone(), attribute(&member.key, value))
                });
                Value::Object(read.collect())
            }
        }
    }
}

/// Splits `Id.Attribute` at its first point: attributes may hold further ones (`Endpoint.Address`).
fn attribute(function: &str, argument: Value) -> Value {
    match argument {
        Value::String(text) if function == "Fn::GetAtt" => match text.split_once('.') {
            Some((id, attribute)) => Value::from(vec![id, attribute]),
            None => Value::String(text),
        },
        other => other,
    }
}

/// Types a plain scalar as YAML 1.2 does, except that `0123` and `1_000` are text, as are dates.
fn scalar(text: &str, plain: bool) -> Value {
    if !plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => number(text).map_or_else(|| text.into(), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) =
        unsigned.split_once('.').map_or((unsigned, None), |(whole, part)| (whole, Some(part)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || (whole.len() > 1 && whole.starts_with('0')) || !fraction.is_none_or(digits) {
        return None;
    }
    match fraction {
        None => text.parse::<i64>().ok().map(Number::from),
        Some(_) => text.parse().ok().and_then(Number::from_f64),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Value {
        read("t.yaml", text).unwrap().0
    }

    #[test]
    fn short_tags_become_their_long_form() {
        let cases = [
            ("!Ref X", json!({"Ref": "X"})),
            ("!GetAtt X.Arn", json!({"Fn::GetAtt": ["X", "Arn"]})),
            ("!GetAtt [X, Endpoint.Address]", json!({"Fn::GetAtt": ["X", "Endpoint.Address"]})),
            ("Fn::GetAtt: X.Endpoint.Address", json!({"Fn::GetAtt": ["X", "Endpoint.Address"]})),
            ("!Sub 'a-${X}'", json!({"Fn::Sub": "a-${X}"})),
            ("!Sub ['${x}', {x: !Ref Y}]", json!({"Fn::Sub": ["${x}", {"x": {"Ref": "Y"}}]})),
            ("!Join ['', [a, !Ref B]]", json!({"Fn::Join": ["", ["a", {"Ref": "B"}]]})),
            ("!If [Prod, 1, !Ref AWS::NoValue]", json!({"Fn::If": ["Prod", 1, {"Ref": "AWS::NoValue"}]})),
            ("!Not [!Condition X]", json!({"Fn::Not": [{"Condition": "X"}]})),
            ("!Base64\n  Fn::Sub: x", json!({"Fn::Base64": {"Fn::Sub": "x"}})),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_scalars_are_typed_strictly() {
        let text =
            "[1, -2, 1.5, 0123, 1_000, 2010-09-09, yes, on, true, null, ~, '1', !!str 1, 123456789012]";
        let expected = json!([
            1,
            -2,
            1.5,
            "0123",
            "1_000",
            "2010-09-09",
            "yes",
            "on",
            true,
            null,
            null,
            "1",
            "1",
            123_456_789_012_i64
        ]);
        assert_eq!(value(text), expected);
    }

    #[test]
    fn every_unknown_tag_is_told_with_its_place() {
        let problems = read("t.yaml", "a: !Reff X\nb: [!ImportValue y]\n").unwrap_err();
        let told = |problem: &Diagnostic| {
            (problem.location.clone().unwrap().to_string(), problem.message.clone(), problem.help.clone())
        };
        let expected = [
            ("t.yaml:1:4", "there is no function `!Reff`", Some("did you mean `Ref`?")),
            ("t.yaml:2:5", "`!ImportValue` is not supported in a scenario", None),
        ];
        let expected =
            expected.map(|(place, message, help)| (place.into(), message.into(), help.map(Into::into)));
        assert_eq!(problems.iter().map(told).collect::<Vec<_>>(), expected);
    }
}
