use std::os::unix::fs::PermissionsExt as _;

use proofmark::score::Result as Graded;
use serde_json::Value;

use super::award;
use super::kinds::SITE;
use crate::support::{Ended, Program};

/// A program with an issuer and an award, each in its home.
struct Desk(Program);

impl Desk {
    fn new() -> Self {
        let desk = Self(Program::new());
        desk.award(&serde_json::to_value(award("attempt-1")).unwrap());
        desk.run(&["issuer", "init", "--name", "Example Cloud Labs", "--site", SITE])
            .ends_with(0, &["did:web:"]);
        desk
    }

    fn path(&self, name: &str) -> String {
        self.0.home().join(name).display().to_string()
    }

    fn award(&self, award: &Value) {
        std::fs::write(self.path("award.json"), award.to_string()).unwrap();
    }

    /// Runs it; `HOME/` at the start of an argument is the program's home.
    fn run(&self, arguments: &[&str]) -> Ended {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| {
                argument.strip_prefix("HOME/").map_or((*argument).to_owned(), |name| self.path(name))
            })
            .collect();
        self.0.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn verify(&self, file: &str) -> Ended {
        self.run(&["verify", &format!("HOME/{file}"), "--site", "HOME/site"])
    }
}

#[test]
fn a_credential_goes_from_award_to_revocation_and_back() {
    let desk = Desk::new();
    desk.run(&["issue", "--award", "HOME/award.json", "--out", "HOME/out"]).ends_with(0, &["issued", "/p/"]);
    desk.run(&["issue", "--award", "HOME/award.json", "--out", "HOME/again"]).ends_with(0, &["unchanged"]);
    for ending in ["json", "png", "svg"] {
        let read = |folder: &str| std::fs::read(desk.path(&format!("{folder}/orders-api.{ending}"))).unwrap();
        assert_eq!(read("out"), read("again"), "{ending}");
    }
    desk.run(&["publish", "HOME/site"]).ends_with(0, &["1 credential"]);
    for ending in ["json", "png", "svg"] {
        desk.verify(&format!("out/orders-api.{ending}")).ends_with(0, &["VALID", "labs.example.org vouches"]);
    }
    desk.run(&["verify", "HOME/out/orders-api.png", "--offline"])
        .ends_with(5, &["UNVERIFIABLE", "--offline"]);

    desk.run(&["revoke", "attempt-1", "--reason", "shared answers"]).ends_with(0, &["revoked"]);
    desk.verify("out/orders-api.png").ends_with(0, &["VALID"]);
    desk.run(&["publish", "HOME/site"]).ends_with(0, &[]);
    desk.verify("out/orders-api.png").ends_with(1, &["REVOKED"]);
    desk.run(&["issue", "--award", "HOME/award.json"]).ends_with(2, &["shared answers", "reinstate"]);
    desk.run(&["reinstate", "attempt-1"]).ends_with(0, &["reinstated"]);
    desk.run(&["publish", "HOME/site"]).ends_with(0, &[]);
    desk.verify("out/orders-api.svg").ends_with(0, &["VALID"]);

    let early = ["--at", "2020-01-01T00:00:00Z"];
    desk.run(&[&["verify", "HOME/out/orders-api.json", "--site", "HOME/site"], early.as_slice()].concat())
        .ends_with(1, &["NOT YET VALID"]);
    let text = std::fs::read_to_string(desk.path("out/orders-api.json")).unwrap();
    std::fs::write(desk.path("out/changed.json"), text.replace("\"875\"", "\"975\"")).unwrap();
    desk.verify("out/changed.json").ends_with(1, &["UNVERIFIABLE", "changed after it was signed"]);
    std::fs::write(desk.path("out/tea.json"), "tea").unwrap();
    desk.verify("out/tea.json").ends_with(1, &["no credential"]);
    desk.verify("out/nothing.json").ends_with(2, &["cannot read"]);
}

#[test]
fn only_a_final_pass_on_an_issuers_host_is_issued() {
    let desk = Desk::new();
    let issue = || desk.run(&["issue", "--award", "HOME/award.json"]);
    let mut practice = award("practice");
    practice.setting = proofmark::credential::Setting::Practice;
    desk.award(&serde_json::to_value(&practice).unwrap());
    issue().ends_with(2, &["practice"]);
    for (result, code) in [(Graded::Failed, 1), (Graded::Provisional, 5)] {
        let mut other = award("other");
        other.scorecard.result = result;
        desk.award(&serde_json::to_value(&other).unwrap());
        issue().ends_with(code, &["no credential"]);
    }
    std::fs::write(desk.path("award.json"), "{}").unwrap();
    issue().ends_with(2, &["no graded attempt"]);
}

#[test]
fn a_key_that_is_open_or_lost_is_a_clear_error() {
    let desk = Desk::new();
    let key = desk.path(".local/state/proofmark/issuer/keys/key-1.key");
    let secret = std::fs::read_to_string(&key).unwrap();
    let mode = std::fs::metadata(&key).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = desk.run(&["issue", "--award", "HOME/award.json"]);
    refused.ends_with(4, &["open to others (mode 0644)", "chmod 600"]);
    std::fs::remove_file(&key).unwrap();
    let lost = desk.run(&["issue", "--award", "HOME/award.json"]);
    lost.ends_with(4, &["is lost", "issuer rotate"]);
    desk.run(&["issuer", "rotate"]).ends_with(0, &["publish"]);
    desk.run(&["issue", "--award", "HOME/award.json"]).ends_with(0, &["issued"]);
    let shown = desk.run(&["issuer", "show"]);
    shown.ends_with(0, &["key-1", "retired", "key-2", "signs", "attempt-1"]);
    for run in [refused, lost, shown] {
        assert!(!run.out.contains(secret.trim()) && !run.err.contains(secret.trim()));
    }
    Program::new().run(&["issuer", "show"]).ends_with(2, &["no issuer", "issuer init"]);
    desk.run(&["issuer", "init", "--name", "Again"]).ends_with(2, &["already"]);
}
