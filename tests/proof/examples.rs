//! The worked examples of docs/authoring.md, and what it says of editors.

use std::collections::BTreeSet;
use std::path::Path;

use proofmark::challenge::lint;
use proofmark::source::{FileTree, Style, read_folder, render};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the fenced blocks whose mark begins with a word: the line of the page, the mark, and the text.
fn blocks(word: &str) -> Vec<(usize, String, String)> {
    let page = std::fs::read_to_string(root().join("docs/authoring.md")).unwrap();
    let mut lines = page.lines().enumerate();
    let mut found = Vec::new();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let text: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        if let Some(mark) = info.split_whitespace().nth(1).filter(|mark| mark.starts_with(word)) {
            found.push((number + 1, mark.to_owned(), text));
        }
    }
    found
}

fn indented(text: &str, by: usize) -> String {
    text.lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{}{line}\n", " ".repeat(by)) })
        .collect()
}

/// The example challenge with these blocks in place of its tasks.
fn with(files: &FileTree, head: &str, task: &str) -> FileTree {
    let mut files = files.clone();
    let text = files.text("challenge.yaml").unwrap().to_owned();
    let steady = "  - id: steady\n    title: What the faults break\n    domain: repair\n    points: 5\n    checks:\n      \
                  - { id: opens, title: The shop is open, http: { method: GET, path: / }, expect: { status: 200 } }\n";
    let task = format!("  - id: example\n    title: An example\n    domain: repair\n    points: 10\n{task}");
    files.insert("challenge.yaml", format!("{text}{head}tasks:\n{steady}{task}").into_bytes());
    files
}

#[test]
fn every_worked_example_is_taken_by_lint() {
    let files = read_folder(&root().join("fixtures/definitions/examples")).unwrap();
    let examples = blocks("example");
    let head: String = examples
        .iter()
        .filter(|(_, mark, _)| mark == "example=head")
        .map(|(.., text)| text.as_str())
        .collect();
    let mut verbs = BTreeSet::new();
    let mut told = Vec::new();
    for (line, mark, text) in &examples {
        let task = match mark.as_str() {
            "example" => format!("    checks:\n{}", indented(text, 6)),
            "example=task" => indented(text, 4),
            _ => continue,
        };
        let files = with(&files, &head, &task);
        let (_, problems) = lint(&files);
        // Inputs and faults are there for all examples, and none uses each.
        let others = ["no check uses the input", "no fault breaks the task `example`"];
        let own: Vec<_> = problems
            .into_iter()
            .filter(|problem| !others.iter().any(|other| problem.message.starts_with(other)))
            .collect();
        if !own.is_empty() {
            told.push(format!("the example at line {line}:\n{}", render(&own, &files, Style::PLAIN)));
        }
        verbs.extend(text.lines().filter_map(|line| {
            let line = line.trim_start().trim_start_matches("- ");
            line.split_once(':').map(|(key, _)| key.to_owned())
        }));
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    for verb in [
        "http",
        "invoke",
        "item",
        "messages",
        "object",
        "log",
        "function",
        "route",
        "role",
        "table",
        "queue",
        "resource",
        "audit",
        "question",
        "unchanged",
        "any",
        "all",
        "none",
        "gate",
        "deduct",
        "needs",
        "hidden_hint",
        "given",
        "when",
        "capture",
        "include",
        "bank",
        "draw",
    ] {
        assert!(verbs.contains(verb), "no example of `{verb}`");
    }
    assert!(head.contains("pools:") && head.contains("{canary}"));
}

#[test]
fn a_mistake_in_an_example_would_be_told() {
    let files = read_folder(&root().join("fixtures/definitions/examples")).unwrap();
    let task = "    checks:\n      - id: a\n        title: A\n        item: { table: OrderTable, key: { id: x } }\n        expect: { found: true }\n";
    let (_, problems) = lint(&with(&files, "", task));
    assert!(
        problems.iter().any(|problem| problem.message.contains("no resource `OrderTable`")),
        "{problems:?}"
    );
}

#[test]
fn the_settings_for_an_editor_name_schemas_and_files_that_are_there() {
    let [(_, _, settings)] = blocks("editor").try_into().unwrap();
    let settings: Value = serde_json::from_str(&settings).unwrap();
    for (schema, files) in settings["yaml.schemas"].as_object().unwrap() {
        assert!(root().join(schema).is_file(), "{schema}");
        let last = files.as_str().unwrap().rsplit('/').next().unwrap();
        assert_eq!(Path::new(last).extension().and_then(std::ffi::OsStr::to_str), Some("yaml"), "{files}");
    }
    for tag in settings["yaml.customTags"].as_array().unwrap() {
        let (tag, kind) = tag.as_str().unwrap().split_once(' ').unwrap();
        assert!(tag.starts_with('!') && ["scalar", "sequence"].contains(&kind), "{tag}");
    }
}
