//! What `prove` says of a challenge whose rubric is wrong, and in which form.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Ended, Program};

/// Begins a challenge and changes one of its files.
pub(super) fn begun(program: &Program, changes: &[(&str, &str, &str)]) -> PathBuf {
    let challenges = program.home().join("challenges");
    fs::create_dir_all(&challenges).unwrap();
    program
        .run(&["new", "counter", "--challenges", challenges.to_str().unwrap()])
        .ends_with(0, &["11 files", "proofmark prove counter"]);
    for (file, text, by) in changes {
        let path = challenges.join("counter").join(file);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(text), "{file} does not hold {text:?}");
        fs::write(path, before.replacen(text, by, 1)).unwrap();
    }
    challenges.join("counter")
}

fn proved(program: &Program, folder: &std::path::Path, more: &[&str]) -> Ended {
    let arguments = ["prove", folder.to_str().unwrap(), "--no-mutants"];
    program.run(&[&arguments[..], more].concat())
}

#[test]
fn a_fault_that_says_too_little_and_a_check_that_rejects_right_work_are_found() {
    let program = Program::new();
    let folder = begun(
        &program,
        &[
            // The permission is needed by all of the task, so the others fail too.
            ("faults/no-invoke-permission.yaml", "[count-visits]", "{ count-visits: [first-visit] }"),
            // No solution answers with this.
            ("challenge.yaml", "          $.body.visits: 5", "          $.body.visits: { gt: 5 }"),
        ],
    );
    let ended = proved(&program, &folder, &["--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    let proof: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(proof["proven"], false);
    let world = |id: &str| {
        let worlds = proof["worlds"].as_array().unwrap();
        worlds.iter().find(|world| world["id"] == id).unwrap_or_else(|| panic!("{proof:#}")).clone()
    };
    assert_eq!(world("healthy")["standing"], "wrong", "{proof:#}");
    assert_eq!(
        world("healthy")["words"][0],
        "false reject: count-visits/counts-on must pass, and failed",
        "{proof:#}"
    );
    let words = world("no-invoke-permission")["words"].to_string();
    assert!(words.contains("false reject: count-visits/kept must pass, and failed"), "{words}");
    assert!(proof["rates"]["false_rejects"].as_u64().unwrap() >= 5, "{proof:#}");
}

#[test]
fn a_candidate_policy_that_lacks_a_right_and_a_script_that_breaks_off_are_found() {
    let program = Program::new();
    let folder = begun(&program, &[("candidate-policy.json", "\"lambda:*\", ", "\"lambda:Get*\", ")]);
    let solution = folder.join("solutions/by-script");
    fs::create_dir_all(&solution).unwrap();
    fs::write(solution.join("solution.yaml"), "title: A script that gives up\nrun: repair.sh\n").unwrap();
    fs::write(solution.join("repair.sh"), "echo nothing can be done >&2\nexit 3\n").unwrap();
    let ended = proved(&program, &folder, &["--format", "junit"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    ended.ends_with(
        1,
        &[
            "<testsuite name=\"solutions\" tests=\"2\"",
            "lambda:AddPermission",
            "repair.sh ended with exit status: 3: nothing can be done",
            "<testcase classname=\"counter.rubric\" name=\"proven\"><failure",
        ],
    );
}

#[test]
fn new_writes_over_nothing_and_takes_plain_names_only() {
    let program = Program::new();
    let folder = begun(&program, &[]);
    let challenges = folder.parent().unwrap().to_str().unwrap();
    program
        .run(&["new", "counter", "--challenges", challenges])
        .ends_with(2, &["is there already", "nothing was written"]);
    for name in ["Counter", "../counter", "9lives", ""] {
        program
            .run(&["new", name, "--challenges", challenges])
            .ends_with(2, &["cannot name a challenge", "small letters"]);
    }
    program.run(&["lint", folder.to_str().unwrap()]).ends_with(0, &["valid"]);
}

#[test]
fn what_two_faults_take_away_is_not_served_by_the_deployment_before() {
    let program = Program::new();
    let challenge = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("challenges/orders-api");
    let ended = proved(&program, &challenge, &["--world", "no-preflight+", "--format", "json"]);
    let proof: Value = serde_json::from_str(&ended.out).unwrap();
    let pairs = proof["worlds"].as_array().unwrap();
    assert!(pairs.iter().filter(|world| world["kind"] == "pair").count() > 1, "{proof:#}");
    for pair in pairs {
        let failing = pair["failing"].to_string();
        assert!(failing.contains("answer-the-browser/preflight"), "{} fails {failing}", pair["id"]);
    }
}
