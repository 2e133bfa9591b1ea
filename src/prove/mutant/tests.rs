use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::source::read_folder;
use literal::{Kind, Language, literals};

fn orders() -> Challenge {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges/orders-api");
    Challenge::load(&read_folder(&folder).unwrap()).unwrap()
}

fn found(text: &str, language: Language) -> Vec<String> {
    let words = literals(text, language).into_iter().map(|literal| match literal.kind {
        Kind::Status(status) => format!("{status} at {}", &text[literal.span]),
        Kind::Key(name) => format!("{name} at {}", &text[literal.span]),
    });
    words.collect()
}

#[test]
fn keys_and_status_codes_are_found_and_nothing_else_is() {
    let python = r#"
"""A docstring with {"key": 200}."""
def answer(x):  # {"comment": 404}
    if x["a"] == 4040 or x.s404 or table[200:]:
        return {"statusCode": 404, 'headers': {f"x{x}": 1, "b": x if x else {"c": 1}}, "it's": "{'no': 1}"}
    return other({"d", "e"}, lambda: 201, [1, 2], "\"quoted\": 500")
"#;
    assert_eq!(
        found(python, Language::Python),
        [
            "200 at 200",
            "statusCode at \"statusCode\"",
            "404 at 404",
            "headers at 'headers'",
            "b at \"b\"",
            "c at \"c\"",
            "it's at \"it's\"",
            "201 at 201"
        ]
    );
    let script = "// { no: 404 }\nconst f = (a) => { return { statusCode: a ? 200 : 404, 'x-y': `{n: 500}`, body } }; /* {m: 1} */";
    assert_eq!(
        found(script, Language::JavaScript),
        ["statusCode at statusCode", "200 at 200", "404 at 404", "x-y at 'x-y'"]
    );
}

#[test]
fn ids_are_unique_and_every_mutant_differs_from_the_healthy_world() {
    let challenge = orders();
    let mutants = mutants(&challenge);
    assert!(mutants.len() > 100, "{}", mutants.len());
    let ids: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.id.as_str()).collect();
    assert_eq!(ids.len(), mutants.len());
    for mutant in &mutants {
        let World { template, files, then } = &mutant.world;
        let same = template.document == challenge.template.document && *files == challenge.files;
        assert!(!same, "{} changes nothing", mutant.id);
        assert!(then.is_none() || mutant.id.ends_with("/not-deployed"));
    }
}

#[test]
fn an_edit_elsewhere_leaves_ids_as_they_were() {
    let challenge = orders();
    let before: Vec<String> = mutants(&challenge).into_iter().map(|mutant| mutant.id).collect();
    let mut edited = challenge.clone();
    let path = "functions/get_order/app.py";
    let text = edited.files.text(path).unwrap().to_owned();
    edited.files.insert(path, format!("# A comment.\n\n{text}").into_bytes());
    let more = serde_json::json!({ "Type": "AWS::Lambda::Function", "Properties": {} });
    edited.template.document["Resources"]["Unrelated"] = more;
    let after: Vec<String> = mutants(&edited).into_iter().map(|mutant| mutant.id).collect();
    assert_eq!(after, Vec::<String>::new(), "a template that lint refuses has no mutants");
    edited.template.document["Resources"].as_object_mut().unwrap().shift_remove("Unrelated");
    let after: Vec<String> = mutants(&edited).into_iter().map(|mutant| mutant.id).collect();
    assert_eq!(after, before);
}
