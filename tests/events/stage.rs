use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proofmark::context::Context;
use proofmark::sandbox::{Options, Running, Sandbox};
use serde_json::{Value, json};

use crate::coverage::{Answer, api, request};
use crate::support::{Keys, Sent};

/// How long something may take that happens in the background.
const PATIENCE: Duration = Duration::from_mins(1);

/// A sandbox whose clock can be advanced, with its administrator's keys.
pub(super) struct Stage {
    pub(super) sandbox: Running,
    pub(super) account: String,
    keys: Keys,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with(&Options { private_backends: true, ..Options::default() })
    }

    /// State that outlives the sandbox.
    pub(super) fn kept_in(folder: &Path) -> Self {
        Self::with(&Options { state: Some(folder.to_owned()), ..Options::default() })
    }

    fn with(options: &Options) -> Self {
        // The test binary is not the one that handlers start through.
        let executable = PathBuf::from(env!("CARGO_BIN_EXE_proofmark"));
        let context = Context { executable, ..Context::system() };
        // A sandbox that just ended lets its folder go in a moment.
        let until = Instant::now() + PATIENCE;
        let sandbox = loop {
            match Sandbox::start(options, &context) {
                Ok(sandbox) => break sandbox,
                Err(problem) => assert!(Instant::now() < until, "{problem}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let key = &sandbox.first_key;
        let keys = Keys { id: key.access_key_id.clone(), secret: key.record.secret.clone(), token: None };
        Self { account: key.record.account.to_string(), keys, sandbox }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Calls an operation and returns whatever comes.
    pub(super) fn ask(&self, service: &str, operation: &str, input: Value) -> Answer {
        let signed = request(service, operation, input).signed(
            self.sandbox.address,
            &self.keys,
            &api(service).signing_name,
        );
        Answer::of(&signed.send(self.sandbox.address))
    }

    /// Calls an operation; it must succeed.
    #[track_caller]
    pub(super) fn call(&self, service: &str, operation: &str, input: Value) -> Answer {
        let answer = self.ask(service, operation, input);
        assert!(answer.status < 300, "{operation}: {answer:?}");
        answer
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.admin("clock", &json!({ "advance": seconds }));
    }

    /// Does something that only the sandbox's owner may.
    pub(super) fn admin(&self, what: &str, body: &Value) {
        let answer = Sent::new("POST", &format!("/_proofmark/{what}"))
            .header("authorization", &format!("Bearer {}", self.sandbox.admin_token))
            .body(body.to_string())
            .send(self.sandbox.address);
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Entries of the audit log about an operation.
    pub(super) fn audit(&self, operation: &str) -> Vec<Value> {
        let shown = Sent::new("GET", "/_proofmark/audit")
            .header("authorization", &format!("Bearer {}", self.sandbox.admin_token))
            .send(self.sandbox.address);
        let shown: Value = serde_json::from_slice(&shown.body).unwrap();
        let entries = shown["entries"].as_array().unwrap().iter();
        entries.filter(|entry| entry["operation"] == operation).cloned().collect()
    }

    pub(super) fn arn(&self, service: &str, name: &str) -> String {
        format!("arn:aws:{service}:eu-west-1:{}:{name}", self.account)
    }

    /// Makes a queue, and returns its address.
    pub(super) fn queue(&self, name: &str, attributes: &Value) -> String {
        self.call("sqs", "CreateQueue", json!({ "QueueName": name, "Attributes": attributes }))
            .text("/QueueUrl")
    }

    /// Makes a queue that a service may send to for one source.
    pub(super) fn queue_for(&self, name: &str, service: &str, source: &str) -> String {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sqs:SendMessage",
            "Resource": self.arn("sqs", name), "Condition": { "ArnEquals": { "aws:SourceArn": source } },
        }] });
        self.queue(name, &json!({ "Policy": policy.to_string() }))
    }

    /// Takes the messages that are in a queue now, and deletes them.
    pub(super) fn drain(&self, url: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let wish = json!({
                "QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "AttributeNames": ["All"],
            });
            let taken = self.call("sqs", "ReceiveMessage", wish);
            let Some(messages) = taken.at("/Messages").as_array().cloned() else { return all };
            for message in &messages {
                let done = json!({ "QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] });
                self.call("sqs", "DeleteMessage", done);
            }
            all.extend(messages);
        }
    }

    /// Waits for as many messages as are wanted, and returns those that came.
    pub(super) fn await_messages(&self, url: &str, count: usize) -> Vec<Value> {
        let mut all = Vec::new();
        self.wait(&format!("{count} messages in {url}"), || {
            all.extend(self.drain(url));
            (all.len() >= count).then_some(())
        });
        all
    }

    /// Waits until something is there.
    #[expect(clippy::unused_self, reason = "one waits at a stage")]
    pub(super) fn wait<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(Instant::now() < until, "never seen: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Makes a role for functions, with rights of its own besides those to write logs.
    pub(super) fn role(&self, actions: &[&str]) -> String {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": ["lambda.amazonaws.com", "events.amazonaws.com", "apigateway.amazonaws.com", "states.amazonaws.com"] },
            "Action": "sts:AssumeRole",
        }] });
        let role = json!({ "RoleName": "worker", "AssumeRolePolicyDocument": trust.to_string() });
        let arn = self.call("iam", "CreateRole", role).text("/Role/Arn");
        let actions = [&["logs:*"], actions].concat();
        let rights = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": actions, "Resource": "*",
        }] });
        let policy =
            json!({ "RoleName": "worker", "PolicyName": "rights", "PolicyDocument": rights.to_string() });
        self.call("iam", "PutRolePolicy", policy);
        arn
    }

    /// Makes a Python function of one file whose handler is `handler`.
    pub(super) fn function(&self, name: &str, role: &str, source: &str) -> String {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("app.py", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(source.as_bytes()).unwrap();
        let code = STANDARD.encode(writer.finish().unwrap().into_inner());
        let made = self.call("lambda", "CreateFunction", json!({
            "FunctionName": name, "Role": role, "Runtime": "python3.12", "Handler": "app.handler", "Timeout": 10,
            "Code": { "ZipFile": code },
        }));
        made.text("/FunctionArn")
    }

    /// Lets a service invoke a function for one source.
    pub(super) fn let_invoke(&self, function: &str, service: &str, source: &str) {
        self.call("lambda", "AddPermission", json!({
            "FunctionName": function, "StatementId": "in", "Action": "lambda:InvokeFunction", "Principal": service,
            "SourceArn": source,
        }));
    }

    /// Lines that a function wrote which begin with a word.
    pub(super) fn said(&self, function: &str, word: &str) -> Vec<String> {
        let found =
            self.ask("logs", "FilterLogEvents", json!({ "logGroupName": format!("/aws/lambda/{function}") }));
        let Some(events) = found.at("/events").as_array() else { return Vec::new() };
        let lines = events.iter().filter_map(|event| event["message"].as_str());
        lines.filter_map(|line| line.strip_prefix(word)).map(|line| line.trim().to_owned()).collect()
    }
}

/// A function that says what it got.
pub(super) const TELL: &str =
    "import json\ndef handler(event, context):\n    print('GOT', json.dumps(event))\n";
