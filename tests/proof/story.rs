//! The story that docs/authoring.md tells, followed word for word.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Ended, Program, cache};

/// A step of the story.
#[derive(Debug)]
enum Step {
    Run(String),
    Write { path: String, text: String },
    Append { path: String, text: String },
}

/// Returns what stands in the fenced blocks that are marked as parts of the story.
fn steps() -> Vec<Step> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/authoring.md")).unwrap();
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(mark) = line.strip_prefix("```").and_then(|info| info.split_whitespace().nth(1)) else {
            continue;
        };
        let text: String =
            lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        if mark == "story" {
            steps.extend(text.lines().map(|line| Step::Run(line.to_owned())));
        } else if let Some(path) = mark.strip_prefix("story=") {
            steps.push(Step::Write { path: path.to_owned(), text });
        } else if let Some(path) = mark.strip_prefix("story+=") {
            steps.push(Step::Append { path: path.to_owned(), text });
        }
    }
    steps
}

fn run(program: &Program, folder: &Path, command: &str) -> Ended {
    let binary = Path::new(env!("CARGO_BIN_EXE_proofmark"));
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("bash")
        .args(["-c", command])
        .current_dir(folder)
        .env_clear()
        .env("HOME", program.home())
        .env("PATH", format!("{}:{path}", binary.parent().unwrap().display()))
        .env("XDG_CACHE_HOME", cache())
        .output()
        .unwrap();
    Ended::of(&output)
}

#[test]
fn an_author_comes_from_nothing_to_a_proven_challenge_of_three_tasks() {
    let program = Program::new();
    let folder = program.home().join("work");
    fs::create_dir_all(folder.join("challenges")).unwrap();
    let steps = steps();
    assert!(steps.len() >= 10, "{steps:?}");
    let mut last = None;
    for step in steps {
        match step {
            Step::Run(command) => {
                let ended = run(&program, &folder, &command);
                assert_eq!(ended.code, Some(0), "{command}\n{}{}", ended.out, ended.err);
                last = Some(ended);
            }
            Step::Write { path, text } => {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Step::Append { path, text } => {
                let path = folder.join(path);
                let before = fs::read_to_string(&path).unwrap();
                fs::write(path, before + &text).unwrap();
            }
        }
    }
    let last = last.unwrap();
    last.ends_with(0, &["PROVEN", "   3  refuse-nonsense", "false accepts 0 of", "false rejects 0 of"]);
}
