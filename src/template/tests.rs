use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::source::{FileTree, Style, read_folder, render};

fn fixtures(folder: &str) -> FileTree {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/templates").join(folder)).unwrap()
}

fn pseudo() -> PseudoParameters {
    PseudoParameters {
        account_id: "123456789012".to_owned(),
        region: "eu-west-1".to_owned(),
        partition: "aws".to_owned(),
        stack_name: "shop".to_owned(),
        stack_id: "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1".to_owned(),
        url_suffix: "amazonaws.com".to_owned(),
    }
}

fn template(text: &str) -> Template {
    Template::parse("t.yaml", text).unwrap()
}

fn functions() -> Template {
    template(fixtures("valid").text("functions.yaml").unwrap())
}

fn scope(template: &Template, stage: &str) -> Scope {
    Scope::new(template, &pseudo(), &[("Stage".to_owned(), stage.to_owned())].into()).unwrap()
}

fn answers() -> BTreeMap<String, Answer> {
    let answer = |name: &str| Answer {
        reference: name.into(),
        attributes: [("Arn".to_owned(), format!("arn:{name}").into())].into(),
    };
    ["Table", "Backup"].map(|name| (name.to_owned(), answer(&name.to_lowercase()))).into()
}

#[test]
fn every_invalid_template_is_told_with_its_places() {
    let files = fixtures("invalid");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/templates/invalid"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut seen = 0;
    for (path, _) in files.iter().filter(|(path, _)| !path.contains(".snap")) {
        let problems = Template::parse(path, files.text(path).unwrap()).unwrap_err();
        settings.bind(|| insta::assert_snapshot!(path, render(&problems, &files, Style::PLAIN)));
        seen += 1;
    }
    assert!(seen >= 15);
}

#[test]
fn every_valid_template_parses_and_can_be_ordered() {
    let files = fixtures("valid");
    for (path, _) in files.iter() {
        let template = Template::parse(path, files.text(path).unwrap());
        let template =
            template.unwrap_or_else(|problems| panic!("{}", render(&problems, &files, Style::PLAIN)));
        assert!(graph(&template).is_ok_and(|levels| !levels.is_empty()), "{path}");
    }
}

#[test]
fn functions_are_evaluated_with_conditions_and_answers() {
    let template = functions();
    let dev = scope(&template, "dev");
    let properties = resolve(template.resource("Function").unwrap().properties, &dev, &answers());
    let expected = json!({
        "FunctionName": "shop-function-128",
        "MemorySize": 256,
        "Description": "small in eu-west-1",
        "Architectures": ["arm64"],
        "Environment": {"Variables": {
            "TABLE": "table", "ARN": "arn:table/index/*", "NAMES": "a+b", "LAST": "c",
            "CODE": "aGVsbG8=", "ZONE": "eu-west-1a", "LITERAL": "${Kept}",
        }},
    });
    assert_eq!(properties, Ok(expected));
    let prod = scope(&template, "prod");
    let properties = resolve(template.resource("Function").unwrap().properties, &prod, &answers()).unwrap();
    assert_eq!(
        (&properties["KmsKeyArn"], &properties["Description"]),
        (&json!("arn:backup"), &json!("large"))
    );
}

#[test]
fn what_conditions_leave_out_is_neither_made_nor_waited_for() {
    let template = functions();
    let dev = scope(&template, "dev");
    let under = template.under(&dev);
    assert_eq!(graph(&under), Ok(vec![vec!["Table".to_owned()], vec!["Function".to_owned()]]));
    let told: Vec<_> = outputs(&under, &dev, &answers()).unwrap().into_iter().collect();
    let expected = [("TableArn", "arn:table"), ("Size", "128")];
    assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let prod = template.under(&scope(&template, "prod"));
    assert_eq!(graph(&prod).unwrap()[0], ["Table", "Backup"]);
}

#[test]
fn levels_hold_what_can_be_made_together() {
    let template = template(
        "Resources:
           C: { Type: A::B::C, Properties: { x: !Sub '${A}', y: { Ref: B } } }
           A: { Type: A::B::C }
           B: { Type: A::B::C, DependsOn: A }
           D: { Type: A::B::C, Properties: { x: !GetAtt [A, Arn] } }",
    );
    assert_eq!(graph(&template).unwrap(), [vec!["A"], vec!["B", "D"], vec!["C"]]);
}

#[test]
fn an_unanswered_reference_is_told_with_its_pointer() {
    let template = functions();
    let dev = scope(&template, "dev");
    let error = resolve(&json!({"a": [{"Ref": "Gone"}]}), &dev, &answers()).unwrap_err();
    assert_eq!((error.pointer.as_str(), &error.problem), ("/a/0", &Problem::UnknownName("Gone".to_owned())));
    let error = resolve(&json!({"Fn::Sub": "${Table.Nope}"}), &dev, &answers()).unwrap_err();
    assert_eq!(error.to_string(), "`Table` has no attribute `Nope`");
}

#[test]
fn parameters_that_do_not_fit_are_refused() {
    let template = functions();
    let refused = |name: &str, value: &str| {
        let given = [(name.to_owned(), value.to_owned())].into();
        Scope::new(&template, &pseudo(), &given).unwrap_err().remove(0).message
    };
    assert_eq!(refused("Stage", "test"), "the parameter `Stage` must be `dev` or `prod`, and is `test`");
    assert_eq!(refused("Size", "12"), "the parameter `Size` is out of range: `12`");
    assert_eq!(refused("Stag", "dev"), "the template has no parameter `Stag`");
}

#[test]
fn an_overlay_replaces_adds_and_removes_and_keeps_the_places() {
    let template = template(
        "Resources:
  A: { Type: A::B::C, Properties: { x: !Ref B, y: 1 } }
  B: { Type: A::B::C }",
    );
    let node = crate::source::parse_yaml(
        "faults/f.yaml",
        "Resources:\n  A:\n    Properties: { x: !GetAtt C.Arn, y: null }\n  B: null\n  C: { Type: A::B::C }\n",
    );
    let patched = template.patched(&Overlay::read("faults/f.yaml", &node.unwrap()).unwrap());
    let expected = json!({"Resources": {
        "A": {"Type": "A::B::C", "Properties": {"x": {"Fn::GetAtt": ["C", "Arn"]}}},
        "C": {"Type": "A::B::C"},
    }});
    assert_eq!(patched.document, expected);
    assert_eq!(patched.location("/Resources/A/Properties/x").to_string(), "faults/f.yaml:3:22");
    assert_eq!(patched.location("/Resources/A/Type").to_string(), "t.yaml:2:14");
    assert_eq!(patched.problems(), []);
}

#[test]
fn a_resource_taken_away_is_missed_by_what_needs_it() {
    let template =
        template("Resources:\n  A: { Type: A::B::C, Properties: { x: !Ref B } }\n  B: { Type: A::B::C }\n");
    let node = crate::source::parse_yaml("f.yaml", "Resources: { B: null }").unwrap();
    let problems = template.patched(&Overlay::read("f.yaml", &node).unwrap()).problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message, "there is no resource or parameter `B`");
    assert_eq!(problems[0].location.as_ref().unwrap().to_string(), "t.yaml:2:40");
}
