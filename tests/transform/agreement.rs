use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proofmark::source::{FileTree, read_folder};
use proofmark::template::Template;
use serde_json::{Value, json};

use crate::support::sam_translator;

/// Returns the SAM templates of this repository, with code as the packaged template names it: AWS's translator takes no paths.
fn packaged() -> BTreeMap<String, String> {
    let files = templates();
    let uri = regex::Regex::new(r"(?m)(CodeUri|ContentUri|DefinitionUri): (functions[^ ,}\n]*)").unwrap();
    let paths: Vec<String> = files.iter().map(|(path, _)| path.to_owned()).collect();
    let packaged = |path: String| {
        let text = uri.replace_all(files.text(&path).unwrap(), "$1: \"s3://scenario/$2\"").into_owned();
        (path, text)
    };
    paths.into_iter().map(packaged).collect()
}

fn templates() -> FileTree {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/templates/sam")).unwrap()
}

fn translated(templates: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transform/expand.py");
    let mut child = Command::new(sam_translator())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(serde_json::to_string(templates).unwrap().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Takes away what does not tell templates apart: the order of a role's managed policies, and one name or a list of one.
fn settled(mut template: Value) -> Value {
    for (_, resource) in template["Resources"].as_object_mut().unwrap() {
        if let Some(arns) = resource["Properties"]["ManagedPolicyArns"].as_array_mut() {
            arns.sort_by_key(ToString::to_string);
        }
        if resource["DependsOn"].is_string() {
            resource["DependsOn"] = json!([resource["DependsOn"]]);
        }
        let resource = resource.as_object_mut().unwrap();
        resource.retain(|_, value| !value.is_null());
        if resource.get("Properties").is_some_and(|properties| properties.as_object().unwrap().is_empty()) {
            resource.remove("Properties");
        }
    }
    json!({ "Resources": template["Resources"], "Conditions": template.get("Conditions"), "Outputs": template.get("Outputs") })
}

/// Returns where two values differ.
fn differences(ours: &Value, theirs: &Value, at: &str, told: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(own), Value::Object(other)) => {
            for (key, value) in own {
                match other.get(key) {
                    Some(there) => differences(value, there, &format!("{at}/{key}"), told),
                    None => told.push(format!("{at}/{key}: ours alone: {value}")),
                }
            }
            for (key, value) in other.iter().filter(|(key, _)| !own.contains_key(*key)) {
                told.push(format!("{at}/{key}: theirs alone: {value}"));
            }
        }
        (Value::Array(own), Value::Array(other)) if own.len() == other.len() => {
            for (index, (one, there)) in own.iter().zip(other).enumerate() {
                differences(one, there, &format!("{at}/{index}"), told);
            }
        }
        _ if ours == theirs => {}
        _ => told.push(format!("{at}: ours {ours}, theirs {theirs}")),
    }
}

#[test]
fn every_sam_template_becomes_what_the_translator_of_aws_makes_of_it() {
    let templates = packaged();
    assert!(templates.len() >= 40, "{}", templates.len());
    let theirs = translated(&templates);
    let mut told = Vec::new();
    for (name, text) in &templates {
        let template = match Template::parse(name, text) {
            Ok(template) => template,
            Err(problems) => {
                told.push(format!("{name}: {problems:#?}"));
                continue;
            }
        };
        let ours = template.expanded(&BTreeMap::new()).unwrap().document.clone();
        if let Some(refused) = theirs[name].get("refused") {
            told.push(format!("{name}: refused by the translator: {refused}"));
            continue;
        }
        differences(&settled(ours), &settled(theirs[name].clone()), name, &mut told);
    }
    assert!(told.is_empty(), "{} differences:\n{}", told.len(), told.join("\n"));
}
