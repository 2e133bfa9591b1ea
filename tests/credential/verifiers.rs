use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use proofmark::credential::{Document, Shelf, State, verify};
use proofmark::source::read_folder;

use super::kinds::{Kinds, SITE};
use crate::support::{badge_tools, credential_tools};

/// Runs a verifier over files; it prints a JSON object: what it says of each.
fn verdicts(mut verifier: Command, kinds: &Kinds, endings: &[&str]) -> BTreeMap<String, String> {
    let files = kinds.expected.keys().filter(|name| endings.iter().any(|ending| name.ends_with(ending)));
    let output = verifier
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .arg(kinds.site())
        .args(files)
        .current_dir(kinds.folder.path())
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{err}", String::from_utf8_lossy(&output.stdout)))
}

fn agrees(kinds: &Kinds, verdicts: &BTreeMap<String, String>) {
    assert!(verdicts.len() > 12, "{verdicts:?}");
    let differing: Vec<String> = verdicts
        .iter()
        .filter(|(name, said)| (said.as_str() == "accepted") != kinds.expected[*name])
        .map(|(name, said)| format!("{name}: {said}"))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/credential").join(name)
}

#[test]
fn two_verifiers_of_others_and_ours_say_the_same_of_every_kind() {
    let kinds = Kinds::issued();
    let mut python = Command::new(badge_tools());
    python.arg(script("verify.py"));
    agrees(&kinds, &verdicts(python, &kinds, &[".json", ".jwt", ".png", ".svg"]));

    let mut node = Command::new(credential_tools().join("node"));
    node.arg(script("verify.mjs")).arg(credential_tools());
    agrees(&kinds, &verdicts(node, &kinds, &[".json"]));

    let files = read_folder(&kinds.site()).unwrap();
    let shelf = Shelf { base: SITE, files: &files };
    for (name, accepted) in &kinds.expected {
        let bytes = std::fs::read(kinds.folder.path().join(name)).unwrap();
        let examination = verify(&Document::read(&bytes).unwrap(), &shelf, Timestamp::now());
        let state = match name.split('.').next().unwrap() {
            "revoked" => State::Revoked,
            "superseded" => State::Superseded,
            "expired" => State::Expired,
            "not-yet" => State::NotYetValid,
            _ if *accepted => State::Valid,
            _ => State::Unverifiable,
        };
        assert_eq!(examination.state, state, "{name}: {:?}", examination.findings);
    }
}
