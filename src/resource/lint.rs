use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::refused::instead;
use super::{Property, Schema, Shape, resource_types, schema};
use crate::source::Diagnostic;
use crate::template::Template;
use crate::text::did_you_mean;

/// Holds a template's resources against the schemas: unknown types, unknown, missing or misshapen properties, attributes that
/// `Fn::GetAtt` does not know. Each problem has its place.
///
/// What a transform makes is held against them too; what it cannot carry out is a problem of the template itself.
pub fn lint(template: &Template) -> Vec<Diagnostic> {
    let Ok(template) = template.expanded(&BTreeMap::new()) else { return Vec::new() };
    let template = template.as_ref();
    let mut lint = Lint { template, problems: Vec::new() };
    let nothing = Map::new();
    let resources = template.document.get("Resources").and_then(Value::as_object).unwrap_or(&nothing);
    for (id, resource) in resources {
        lint.resource(id, resource);
    }
    lint.references(resources, &template.document, "");
    lint.problems
}

struct Lint<'a> {
    template: &'a Template,
    problems: Vec<Diagnostic>,
}

impl Lint<'_> {
    fn resource(&mut self, id: &str, resource: &Value) {
        let pointer = format!("/Resources/{}", escaped(id));
        let Some(kind) = resource.get("Type").and_then(Value::as_str) else {
            return self.problem(&pointer, format!("resource `{id}` has no type"), None);
        };
        let Some(schema) = schema(kind) else {
            let known = resource_types().iter().map(|each| each.schema().kind);
            let help = instead(kind).map(str::to_owned).or_else(|| did_you_mean(kind, known));
            let message = format!("resource type `{kind}` is not supported");
            return self.problem(&format!("{pointer}/Type"), message, help);
        };
        let pointer = format!("{pointer}/Properties");
        match resource.get("Properties") {
            None | Some(Value::Null) => self.members(schema.kind, schema.properties, &Map::new(), &pointer),
            Some(Value::Object(properties)) => {
                self.members(schema.kind, schema.properties, properties, &pointer);
            }
            Some(_) => self.problem(&pointer, format!("the properties of `{id}` must be an object"), None),
        }
    }

    fn members(&mut self, whole: &str, properties: &[Property], members: &Map<String, Value>, pointer: &str) {
        for (name, value) in members {
            let place = format!("{pointer}/{}", escaped(name));
            if let Some(property) = properties.iter().find(|property| property.name == name) {
                self.value(property.name, &property.shape, value, &place);
            } else {
                let help = did_you_mean(name, properties.iter().map(|property| property.name));
                let problem = Diagnostic::error(format!("{whole} has no property `{name}`"));
                let problem = problem.at(self.template.key_location(&place));
                self.problems.push(Diagnostic { help, ..problem });
            }
        }
        for property in properties.iter().filter(|property| property.required) {
            if members.get(property.name).is_none_or(Value::is_null) {
                self.problem(pointer, format!("{whole} needs the property `{}`", property.name), None);
            }
        }
    }

    fn value(&mut self, name: &str, shape: &Shape, value: &Value, pointer: &str) {
        if value.is_null() || is_intrinsic(value) {
            return;
        }
        match (shape, value) {
            (Shape::Object(properties) | Shape::PathOr(properties), Value::Object(members)) => {
                self.members(&format!("`{name}`"), properties, members, pointer);
            }
            (Shape::Map(element), Value::Object(members)) => {
                for (key, member) in members {
                    self.value(key, element, member, &format!("{pointer}/{}", escaped(key)));
                }
            }
            (Shape::List(element), Value::Array(elements)) => {
                for (index, member) in elements.iter().enumerate() {
                    self.value(name, element, member, &format!("{pointer}/{index}"));
                }
            }
            _ if fits(shape, value) => {}
            _ => {
                let message = format!("`{name}` must be {}, not {}", shape.words(), words_for(value));
                self.problem(pointer, message, None);
            }
        }
    }

    /// Looks for attributes that the type of the resource does not have.
    fn references(&mut self, resources: &Map<String, Value>, value: &Value, pointer: &str) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let place = format!("{pointer}/{}", escaped(key));
                    match key.as_str() {
                        "Fn::GetAtt" => self.get_att(resources, member, &place),
                        "Fn::Sub" => self.sub(resources, member, &place),
                        _ => {}
                    }
                    self.references(resources, member, &place);
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.references(resources, element, &format!("{pointer}/{index}"));
                }
            }
            _ => {}
        }
    }

    fn get_att(&mut self, resources: &Map<String, Value>, argument: &Value, pointer: &str) {
        let parts = match argument {
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(id), Value::String(attribute)] => Some((id.as_str(), attribute.as_str())),
                _ => None,
            },
            Value::String(text) => text.split_once('.'),
            _ => None,
        };
        if let Some((id, attribute)) = parts {
            self.attribute(resources, id, attribute, pointer);
        }
    }

    fn sub(&mut self, resources: &Map<String, Value>, argument: &Value, pointer: &str) {
        let text = argument.as_str().or_else(|| argument.get(0).and_then(Value::as_str)).unwrap_or_default();
        for (_, rest) in text.match_indices("${").map(|(at, _)| text.split_at(at + 2)) {
            let reference = rest.split('}').next().unwrap_or_default();
            if let Some((id, attribute)) = reference.split_once('.') {
                self.attribute(resources, id.trim(), attribute.trim(), pointer);
            }
        }
    }

    fn attribute(&mut self, resources: &Map<String, Value>, id: &str, attribute: &str, pointer: &str) {
        let kind = resources.get(id).and_then(|resource| resource.get("Type")).and_then(Value::as_str);
        let Some(schema) = kind.and_then(schema) else { return };
        if !schema.has_attribute(attribute) {
            let help = did_you_mean(attribute, schema.attributes);
            let message = format!("`{id}` ({}) has no attribute `{attribute}`", schema.kind);
            self.problem(pointer, message, help);
        }
    }

    fn problem(&mut self, pointer: &str, message: String, help: Option<String>) {
        let mut problem = Diagnostic::error(message).at(self.template.location(pointer));
        problem.help = help;
        self.problems.push(problem);
    }
}

/// Returns a name as it stands in a JSON pointer (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Whether a value is computed, so that its shape is not known yet.
fn is_intrinsic(value: &Value) -> bool {
    let members = value.as_object().filter(|members| members.len() == 1);
    members
        .and_then(|members| members.keys().next())
        .is_some_and(|key| key == "Ref" || key.starts_with("Fn::"))
}

fn fits(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Text => matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)),
        Shape::Choice(choices) => value.as_str().is_some_and(|text| choices.contains(&text)),
        Shape::Integer => match value {
            Value::Number(number) => number.is_i64(),
            Value::String(text) => text.trim().parse::<i64>().is_ok(),
            _ => false,
        },
        Shape::Number => match value {
            Value::Number(_) => true,
            Value::String(text) => text.trim().parse::<f64>().is_ok(),
            _ => false,
        },
        Shape::Boolean => match value {
            Value::Bool(_) => true,
            Value::String(text) => ["true", "false"].contains(&text.to_ascii_lowercase().as_str()),
            _ => false,
        },
        Shape::Document => match value {
            Value::Object(_) => true,
            Value::String(text) => serde_json::from_str::<Map<String, Value>>(text).is_ok(),
            _ => false,
        },
        Shape::PathOr(_) => value.is_string(),
        Shape::List(_) | Shape::Map(_) | Shape::Object(_) => false,
    }
}

fn words_for(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Number(number) => format!("`{number}`"),
        Value::String(text) if text.chars().count() > 40 => "a text".to_owned(),
        Value::String(text) => format!("`{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

impl Schema {
    /// Returns the create-only properties that differ.
    pub fn replaced_by(&self, before: &Value, after: &Value) -> Vec<&'static str> {
        let create_only = self.properties.iter().filter(|property| property.create_only);
        create_only.map(|property| property.name).filter(|name| before.get(name) != after.get(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::Location;
    use crate::template::Places;

    #[expect(clippy::needless_pass_by_value, reason = "callers write the value in place")]
    fn problems(resources: Value) -> Vec<String> {
        let template = Template {
            file: "template.yaml".to_owned(),
            document: json!({ "Resources": resources }),
            places: Places::default(),
        };
        lint(&template).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn a_template_within_the_schemas_has_no_problems() {
        let found = problems(json!({
            "Role": {"Type": "AWS::IAM::Role", "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
                "ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/X"}]}},
            "Function": {"Type": "AWS::Lambda::Function", "Properties": {
                "Code": "functions/get", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Timeout": "10",
                "Runtime": "python3.12", "Handler": "app.handler"}},
        }));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn unknown_types_and_properties_are_named() {
        let found = problems(json!({
            "A": {"Type": "AWS::Lambda::Functoin"},
            "B": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDay": 3}},
        }));
        assert_eq!(
            found,
            [
                "resource type `AWS::Lambda::Functoin` is not supported",
                "AWS::Logs::LogGroup has no property `RetentionInDay`"
            ]
        );
    }

    #[test]
    fn of_a_type_that_a_scenario_cannot_hold_it_is_told_what_to_do_instead() {
        let text = "Resources:\n  Alarm:\n    Type: AWS::CloudWatch::Alarm\n";
        let problems = lint(&Template::parse("template.yaml", text).unwrap());
        assert_eq!(problems[0].message, "resource type `AWS::CloudWatch::Alarm` is not supported");
        assert_eq!(problems[0].help.as_deref(), Some("a scenario has no alarms; look at logs instead"));
    }

    #[test]
    fn missing_and_misshapen_properties_are_named_inside_lists_too() {
        let found = problems(json!({"T": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASHED"}, {"KeyType": "RANGE"}],
            "AttributeDefinitions": "id"}}}));
        assert_eq!(
            found,
            [
                "`KeyType` must be one of HASH, RANGE, not `HASHED`",
                "`KeySchema` needs the property `AttributeName`",
                "`AttributeDefinitions` must be a list, not `id`"
            ]
        );
    }

    #[test]
    fn an_attribute_that_the_type_does_not_have_is_named() {
        let found = problems(json!({
            "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Sub": "x-${Log.Name}"}}},
            "Other": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::GetAtt": ["Log", "ARN"]}}},
        }));
        assert_eq!(
            found,
            [
                "`Log` (AWS::Logs::LogGroup) has no attribute `Name`",
                "`Log` (AWS::Logs::LogGroup) has no attribute `ARN`"
            ]
        );
    }

    #[test]
    fn a_problem_stands_at_its_node() {
        let text = "Resources:\n  L:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      Retention: 1\n";
        let template = Template::parse("template.yaml", text).unwrap();
        assert_eq!(lint(&template)[0].location, Some(Location::at("template.yaml", 5, 7)));
    }

    #[test]
    fn the_orders_challenge_is_within_the_schemas() {
        let text = include_str!("../../challenges/orders-api/scenario/template.yaml");
        let found = lint(&Template::parse("template.yaml", text).unwrap());
        assert!(found.is_empty(), "{found:?}");
    }
}
