use std::fmt::Write as _;

use super::refused::REFUSED;
use super::{Property, Schema, Shape, resource_types};
use crate::template::vocabulary;

const HEAD: &str = "# Templates: what a scenario may hold

A scenario's template is CloudFormation or SAM. What stands here is carried out through the AWS SDK on whatever target; what does not is
an error of `proofmark lint`, with its place in the file. A template is never carried out by half.
";

const TYPES: &str = "
## Resource types

`*`: required. `new`: a change makes a new resource. Numbers and booleans may be written as texts, documents as objects or as their text. A
path leads to a file or folder of the scenario.
";

/// Returns the page on templates, in Markdown.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    functions(&mut page);
    serverless(&mut page);
    page.push_str(TYPES);
    for each in resource_types() {
        section(&mut page, each.schema());
    }
    push(&mut page, &["\n## Types that are refused\n\nAny other type is refused, too; of these it is told what to do instead.\n".to_owned()]);
    for (kind, instead) in REFUSED {
        push(&mut page, &[format!("- `{kind}`: {instead}")]);
    }
    page
}

fn functions(page: &mut String) {
    let words = vocabulary();
    let refused = words.refused_functions.iter().map(|tag| format!("Fn::{tag}"));
    let lines = [
        "\n## Intrinsic functions\n".to_owned(),
        format!(
            "{}, each in its long and its short form; conditions, parameters and mappings.\n",
            codes(words.functions)
        ),
        format!("Refused: {}.", codes(refused)),
    ];
    push(page, &lines);
}

fn serverless(page: &mut String) {
    let words = vocabulary();
    let link = "[SAM](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html)";
    let intro = format!(
        "\n## SAM\n\n`Transform: AWS::Serverless-2016-10-31` with `Globals`, expanded as {link}'s translator does. What comes of it is held \
         against the types below.\n"
    );
    push(page, &[intro, "| type | properties | refused |\n|---|---|---|".to_owned()]);
    for each in words.serverless {
        push(page, &[format!("| `{}` | {} | {} |", each.kind, codes(each.properties), codes(each.refused))]);
    }
    push(page, &[format!("\nA function's events: {}.", codes(words.events))]);
    push(page, &[format!("Refused: {}.", codes(words.refused_events))]);
    push(page, &[format!("\nA state machine's events: {}.\n", codes(words.machine_events))]);
    for (kind, reason) in words.refused_serverless {
        push(page, &[format!("- `{kind}` is refused: {reason}.")]);
    }
}

fn section(page: &mut String, schema: &Schema) {
    let attributes =
        if schema.attributes.is_empty() { "nothing".to_owned() } else { codes(schema.attributes) };
    push(page, &[format!("\n### {}\n\n`Fn::GetAtt`: {attributes}.\n", schema.kind)]);
    push(page, &["| property | value |\n|---|---|".to_owned()]);
    for property in schema.properties {
        row(page, property, "");
    }
}

fn row(page: &mut String, property: &Property, within: &str) {
    let name = format!("{within}{}", property.name);
    let sign = if property.required { " *" } else { "" };
    let new = if property.create_only { ", new" } else { "" };
    push(page, &[format!("| `{name}`{sign} | {}{new} |", words(&property.shape))]);
    members(page, &property.shape, &name);
}

/// Writes the members of an object below it: `Integration.Uri`, `KeySchema[].KeyType`.
fn members(page: &mut String, shape: &Shape, name: &str) {
    match shape {
        Shape::Object(properties) | Shape::PathOr(properties) => {
            for property in *properties {
                row(page, property, &format!("{name}."));
            }
        }
        Shape::List(element) => members(page, element, &format!("{name}[]")),
        Shape::Map(element) => members(page, element, &format!("{name}{{}}")),
        _ => {}
    }
}

fn words(shape: &Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Choice(choices) => codes(*choices),
        Shape::Integer => "whole number".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Document => "JSON document".to_owned(),
        Shape::List(element) => format!("list of: {}", words(element)),
        Shape::Map(element) => format!("keys, each with: {}", words(element)),
        Shape::Object(_) => "object".to_owned(),
        Shape::PathOr(_) => "path, or object".to_owned(),
    }
}

fn codes<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}

fn push(page: &mut String, lines: &[String]) {
    for line in lines {
        // Writing to a text cannot fail.
        let _ = writeln!(page, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_and_function_stands_in_the_reference() {
        let page = reference();
        for each in resource_types() {
            assert!(page.contains(&format!("### {}\n", each.schema().kind)));
        }
        for function in vocabulary().functions {
            assert!(page.contains(&format!("`{function}`")), "{function}");
        }
    }

    #[test]
    fn what_is_inside_an_object_is_named_by_its_way() {
        let page = reference();
        assert!(page.contains("| `KeySchema[].KeyType` * | `HASH`, `RANGE` |"));
        assert!(page.contains("| `TableName` | text, new |"));
        assert!(page.contains("| `RouteSettings{}.ThrottlingBurstLimit` | whole number |"));
    }
}
