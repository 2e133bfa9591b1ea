use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use proofmark::source::read_folder;
use serde_json::{Value, json};

use crate::support::{Ended, Keys, Program, Received, Sent};

/// How long anything may take before a test says that it does not happen. Nothing is measured by it.
pub(super) const LONG: Duration = Duration::from_mins(3);

/// The region that the tests' own client signs for.
pub(super) const REGION: &str = "eu-west-1";

/// Somebody who takes the little challenge, and the machine on which that happens.
pub(super) struct Taker {
    pub(super) program: Program,
    challenge: PathBuf,
    /// What the host's environment holds besides.
    pub(super) environment: Vec<(String, String)>,
}

impl Taker {
    /// `duration`: of the challenge, as its definition has it.
    pub(super) fn new(duration: &str) -> Self {
        Self::with(&[("duration: 90m", &format!("duration: {duration}"))])
    }

    /// Changes pieces of text of the challenge's definition.
    pub(super) fn with(changes: &[(&str, &str)]) -> Self {
        let program = Program::new();
        let challenge = program.home().join("challenges/notes");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/attempts/notes"), &challenge);
        let taker = Self { program, challenge, environment: Vec::new() };
        for (text, by) in changes {
            taker.change("challenge.yaml", text, by);
        }
        taker
    }

    pub(super) fn change(&self, file: &str, text: &str, by: &str) {
        let path = self.challenge.join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        assert!(before.contains(text), "{file} does not hold {text:?}");
        std::fs::write(&path, before.replace(text, by)).unwrap();
    }

    /// Where the program keeps what must outlive it.
    pub(super) fn state(&self) -> PathBuf {
        self.program.home().join(".local/state/proofmark")
    }

    pub(super) fn folder(&self, id: &str) -> PathBuf {
        self.state().join("attempts").join(id)
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        let challenges = self.challenge.parent().unwrap().to_str().unwrap();
        let mut environment = vec![("PROOFMARK_CHALLENGES", challenges), ("USER", "ada")];
        environment.extend(self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.program.run_with(arguments, &environment)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofmark"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.program.home())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("XDG_CACHE_HOME", crate::support::cache())
            .env("PROOFMARK_CHALLENGES", self.challenge.parent().unwrap())
            .env("USER", "ada")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Starts a process that goes on beside the test.
    pub(super) fn spawn(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Beside {
        Beside(self.command(arguments).envs(environment.iter().copied()).spawn().unwrap())
    }

    /// Starts an attempt in a process beside the test, and waits until it runs; returns its id.
    pub(super) fn begin(&self, more: &[&str]) -> (Beside, String) {
        let before = self.attempts().len();
        let beside = self.spawn(&[&["start", "notes", "--region", REGION], more].concat(), &[]);
        let id = wait_for("the attempt is noted", || {
            self.attempts().get(before).map(|attempt| attempt["attempt"].as_str().unwrap().to_owned())
        });
        wait_for("the attempt runs", || {
            let shown = self.status(&id);
            (shown["state"] == "running" && shown["settled"] == true).then_some(())
        });
        (beside, id)
    }

    pub(super) fn attempts(&self) -> Vec<Value> {
        let listed = self.run(&["list", "--attempts", "--format", "json"]);
        assert_eq!(listed.code, Some(0), "{}", listed.err);
        serde_json::from_str(&listed.out).unwrap()
    }

    pub(super) fn status(&self, id: &str) -> Value {
        let shown = self.run(&["status", id, "--format", "json"]);
        assert_eq!(shown.code, Some(0), "{}", shown.err);
        serde_json::from_str(&shown.out).unwrap()
    }

    /// The candidate's way in.
    pub(super) fn hand(&self, id: &str) -> Hand {
        let ground = std::fs::read_to_string(self.folder(id).join("ground.json")).unwrap();
        let ground: Value = serde_json::from_str(&ground).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let candidate = &ground["candidate"];
        let own = ground["spot"]["address"].as_str().map(str::to_owned);
        let elsewhere = || text(&ground["spot"]["entrance"]["endpoint_url"]);
        Hand {
            address: own.unwrap_or_else(elsewhere).trim_start_matches("http://").parse().unwrap(),
            keys: Keys {
                id: text(&candidate["access_key_id"]),
                secret: text(&candidate["secret_access_key"]),
                token: None,
            },
            table: text(&ground["stack"]["outputs"]["TableName"]),
        }
    }

    /// Verifies the ledger, and returns what it prints.
    pub(super) fn audit(&self, id: &str) -> String {
        let audited = self.run(&["audit", id]);
        assert_eq!(audited.code, Some(0), "{}{}", audited.out, audited.err);
        audited.out
    }
}

impl Drop for Taker {
    /// Ends what goes on in the background, also where the test stopped early.
    fn drop(&mut self) {
        let listed = self.run(&["list", "--attempts", "--format", "json"]);
        let attempts: Vec<Value> = serde_json::from_str(&listed.out).unwrap_or_default();
        for attempt in attempts {
            let over = ["graded", "released", "void"].iter().any(|state| attempt["state"] == *state);
            if let Some(id) = attempt["attempt"].as_str().filter(|_| !over) {
                self.run(&["void", id, "--reason", "the test is over"]);
            }
        }
    }
}

/// A process that is killed when the test is done with it.
pub(super) struct Beside(pub(super) Child);

impl Beside {
    /// SIGKILL: nothing is flushed, nothing is said.
    pub(super) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    pub(super) fn code(&mut self) -> Option<i32> {
        wait_for("the process ends", || self.0.try_wait().unwrap()).code()
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The candidate's keys, and what is done with them.
#[derive(Clone)]
pub(super) struct Hand {
    pub(super) address: SocketAddr,
    pub(super) keys: Keys,
    pub(super) table: String,
}

impl Hand {
    fn call(&self, operation: &str, body: &Value) -> Received {
        Sent::new("POST", "/")
            .header("x-amz-target", &format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .body(body.to_string())
            .signed(self.address, &self.keys, "dynamodb")
            .send(self.address)
    }

    /// Writes a note; returns the HTTP status.
    pub(super) fn note(&self, id: &str) -> u16 {
        self.call("PutItem", &json!({ "TableName": self.table, "Item": { "id": { "S": id } } })).status
    }

    /// Does all that the challenge asks for.
    pub(super) fn solve(&self) {
        let change = json!({ "TableName": self.table, "BillingMode": "PAY_PER_REQUEST" });
        assert_eq!(self.call("UpdateTable", &change).status, 200);
        assert_eq!(self.note("first"), 200);
    }
}

/// Waits until something is there.
pub(super) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < LONG, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn copy(from: &Path, to: &Path) {
    for (path, contents) in read_folder(from).unwrap().iter() {
        let path = to.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }
}
