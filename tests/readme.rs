//! Every command of the README is run.

use std::path::Path;
use std::process::Command;

use crate::support::{Ended, Program, Started, aws_tools};

/// Returns the lines that begin with `$ ` in the README's console blocks.
fn commands() -> Vec<String> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    readme.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let program = Program::new();
    let mut stack: Option<Started> = None;
    let commands = commands();
    assert!(commands.len() >= 7, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            // It is what runs this test.
            ["cargo", "test"] => {}
            ["cargo", "run", "--", "demo"] => {
                program.run(&["demo"]).ends_with(0, &["broken start", "repaired"]);
            }
            ["cargo", "run", "--", "provision", challenge] => {
                stack = Some(program.start(&["provision", challenge], "export AWS_SECRET_ACCESS_KEY"));
            }
            ["cargo", "run", "--", "grade", challenge] => {
                // Nobody has repaired anything.
                program.run(&["grade", challenge]).ends_with(1, &[]);
            }
            ["cargo", "run", "--", "sandbox", "--listen", address] => {
                // The port of the README may be in use where tests run.
                let (host, _) = address.split_once(':').unwrap();
                let listen = format!("{host}:0");
                let _ = program.start(&["sandbox", "--listen", &listen], "AWS_SECRET_ACCESS_KEY");
            }
            ["aws", ..] => {
                let stack = stack.as_ref().expect("provision comes before the candidate's work");
                let output = Command::new(aws_tools().join("aws"))
                    .args(&words[1..])
                    .env_clear()
                    .env("PATH", std::env::var_os("PATH").unwrap())
                    .env("HOME", program.home())
                    .envs(stack.exports())
                    .output()
                    .unwrap();
                Ended::of(&output).ends_with(0, &["orders-api"]);
            }
            _ => panic!("the README has a command that nothing runs: {command}"),
        }
    }
}
