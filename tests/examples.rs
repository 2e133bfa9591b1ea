//! The files that challenge authors copy are what they say, and name nothing that the program does not know.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Program;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn parsed(name: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

/// Returns the words of every call of the program in a text of YAML, without the shell's own.
fn calls(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let of_line = |line: &str| {
        let begin = line.find("proofmark ")?;
        let before = line[..begin].trim_start().trim_start_matches("- ").trim_start();
        let is_call = before.is_empty() || before == "run: ";
        let words = line[begin..].split(" > ").next()?.split(" || ").next()?.split_whitespace().skip(1);
        is_call.then(|| words.map(|word| word.replace("\"$CHALLENGE\"", "orders-api")).collect())
    };
    lines.filter_map(of_line).collect()
}

#[test]
fn every_example_is_yaml_and_every_command_in_it_is_one_that_the_program_takes() {
    let program = Program::new();
    let mut seen = 0;
    for path in files(&folder()) {
        let text = fs::read_to_string(&path).unwrap();
        let _: Value =
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for mut call in calls(&text) {
            // Help is shown when everything before it was understood.
            call.push("--help".to_owned());
            let words: Vec<&str> = call.iter().map(String::as_str).collect();
            let ended = program.run(&words);
            assert_eq!(ended.code, Some(0), "{}: {call:?}: {}", path.display(), ended.err);
            seen += 1;
        }
    }
    assert!(seen >= 10, "only {seen} calls were found");
    let wrong = program.run(&["grade", "orders-api", "--write", "picture=x", "--help"]);
    assert_eq!(wrong.code, Some(2), "what is not understood shows no help");
}

#[test]
fn the_workflow_keeps_reports_and_pins_the_image_that_needs_no_token() {
    let workflow = parsed("github/challenge.yml");
    let job = &workflow["jobs"]["localstack"];
    assert_eq!(job["services"]["localstack"]["image"], "localstack/localstack:4.14.0");
    let steps = job["steps"].as_array().unwrap();
    assert!(
        steps.iter().any(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("upload-artifact")))
    );
    let gitlab = parsed("gitlab/challenge.gitlab-ci.yml");
    assert_eq!(gitlab["grade-on-localstack"]["artifacts"]["reports"]["junit"], "grade.xml");
    let compose = parsed("compose.yaml");
    assert_eq!(compose["services"]["localstack"]["image"], "localstack/localstack:4.14.0");
    assert!(compose["services"]["localstack-token"]["environment"]["LOCALSTACK_AUTH_TOKEN"].is_string());
    for service in compose["services"].as_object().unwrap().values() {
        assert!(service["ports"][0].as_str().unwrap().starts_with("127.0.0.1:"), "for this machine only");
    }
}
