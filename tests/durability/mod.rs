//! State outlives the process: acknowledged writes are there after `kill -9`, a torn journal is cut and told, a frozen sandbox
//! lets nobody in but its administrator, and an export opens again as evidence.

mod events;
mod late;
mod machines;
mod messages;
mod rules;
mod standing;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Keys, Received, Sent};

/// A sandbox in a process of its own, which can be killed.
struct Housed {
    child: Child,
    address: SocketAddr,
    keys: Keys,
    token: String,
}

impl Housed {
    fn start(arguments: &[&str]) -> Self {
        Self::within(arguments, &[])
    }

    fn within(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_proofmark"))
            .args(["sandbox", "--listen", "127.0.0.1:0", "--format", "json"])
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let shown: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not started: {line}"));
        let text = |name: &str| shown[name].as_str().unwrap().to_owned();
        let keys = Keys { id: text("accessKeyId"), secret: text("secretAccessKey"), token: None };
        let address = text("endpointUrl").strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, address, keys, token: text("adminToken") }
    }

    fn kept_in(folder: &Path) -> Self {
        Self::start(&["--state", folder.to_str().unwrap()])
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn json(&self, service: &str, target: &str, body: &Value) -> Received {
        call_json(self.address, &self.keys, service, target, body)
    }

    fn admin(&self, method: &str, name: &str, body: &str) -> Received {
        Sent::new(method, &format!("/_proofmark/{name}"))
            .header("authorization", &format!("Bearer {}", self.token))
            .body(body)
            .send(self.address)
    }
}

impl Drop for Housed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn call_json(address: SocketAddr, keys: &Keys, service: &str, target: &str, body: &Value) -> Received {
    Sent::new("POST", "/")
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-json-1.1")
        .body(body.to_string())
        .signed(address, keys, service)
        .send(address)
}

fn put_item(number: usize) -> Value {
    json!({ "TableName": "orders", "Item": { "id": { "S": format!("order-{number}") } } })
}

fn make_places(sandbox: &Housed) {
    let table = json!({
        "TableName": "orders",
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    assert_eq!(sandbox.json("dynamodb", "DynamoDB_20120810.CreateTable", &table).status, 200);
    let bucket =
        Sent::new("PUT", "/kept-bucket").signed(sandbox.address, &sandbox.keys, "s3").send(sandbox.address);
    assert_eq!(bucket.status, 200);
    for (operation, body) in [
        ("CreateLogGroup", json!({ "logGroupName": "group" })),
        ("CreateLogStream", json!({ "logGroupName": "group", "logStreamName": "stream" })),
    ] {
        assert_eq!(sandbox.json("logs", &format!("Logs_20140328.{operation}"), &body).status, 200);
    }
}

/// Writes with a service until it is told to stop or the sandbox is gone; counts what was acknowledged.
fn load(sandbox: &Housed, stop: &Arc<AtomicBool>, service: &'static str) -> std::thread::JoinHandle<usize> {
    let (address, keys, stop) = (sandbox.address, sandbox.keys.clone(), Arc::clone(stop));
    std::thread::spawn(move || {
        let mut acknowledged = 0;
        while !stop.load(Ordering::Relaxed) {
            // The sandbox dies under some of these.
            let written = std::panic::catch_unwind(|| write(address, &keys, service, acknowledged));
            if !matches!(written, Ok(200)) {
                break;
            }
            acknowledged += 1;
        }
        acknowledged
    })
}

fn write(address: SocketAddr, keys: &Keys, service: &str, number: usize) -> u16 {
    match service {
        "dynamodb" => {
            call_json(address, keys, service, "DynamoDB_20120810.PutItem", &put_item(number)).status
        }
        "logs" => {
            let event = json!({ "timestamp": jiff::Timestamp::now().as_millisecond(), "message": format!("line-{number}") });
            let body = json!({ "logGroupName": "group", "logStreamName": "stream", "logEvents": [event] });
            call_json(address, keys, service, "Logs_20140328.PutLogEvents", &body).status
        }
        "s3" => {
            let put =
                Sent::new("PUT", &format!("/kept-bucket/object-{number}")).body(format!("content {number}"));
            put.signed(address, keys, service).send(address).status
        }
        _ => {
            let form = format!("Action=CreateUser&Version=2010-05-08&UserName=user-{number}");
            let sent =
                Sent::new("POST", "/").header("content-type", "application/x-www-form-urlencoded").body(form);
            sent.signed(address, keys, service).send(address).status
        }
    }
}

/// Whether a write that was acknowledged is there.
fn is_there(sandbox: &Housed, service: &str, number: usize) -> bool {
    let text = |received: Received| String::from_utf8_lossy(&received.body).into_owned();
    match service {
        "dynamodb" => {
            let key = json!({ "TableName": "orders", "Key": { "id": { "S": format!("order-{number}") } } });
            text(sandbox.json("dynamodb", "DynamoDB_20120810.GetItem", &key)).contains("order-")
        }
        "logs" => {
            let filter = json!({ "logGroupName": "group", "filterPattern": format!("\"line-{number}\"") });
            text(sandbox.json("logs", "Logs_20140328.FilterLogEvents", &filter))
                .contains(&format!("\"line-{number}\""))
        }
        "s3" => {
            let get = Sent::new("GET", &format!("/kept-bucket/object-{number}"));
            text(get.signed(sandbox.address, &sandbox.keys, "s3").send(sandbox.address))
                == format!("content {number}")
        }
        _ => {
            let form = format!("Action=GetUser&Version=2010-05-08&UserName=user-{number}");
            let sent =
                Sent::new("POST", "/").header("content-type", "application/x-www-form-urlencoded").body(form);
            sent.signed(sandbox.address, &sandbox.keys, "iam").send(sandbox.address).status == 200
        }
    }
}

#[test]
fn every_acknowledged_write_is_there_after_kill_nine() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    let (keys, token) = (sandbox.keys.clone(), sandbox.token.clone());
    make_places(&sandbox);
    let stop = Arc::new(AtomicBool::new(false));
    let services = ["dynamodb", "logs", "s3", "iam"];
    let loads = services.map(|service| (service, load(&sandbox, &stop, service)));
    std::thread::sleep(Duration::from_millis(1500));
    sandbox.kill();
    stop.store(true, Ordering::Relaxed);
    let acknowledged = loads.map(|(service, load)| (service, load.join().unwrap()));

    let again = Housed::kept_in(folder.path());
    assert_eq!((again.keys.id.as_str(), again.token.as_str()), (keys.id.as_str(), token.as_str()));
    for (service, count) in acknowledged {
        assert!(count > 0, "{service} was not written to");
        for number in 0..count {
            assert!(is_there(&again, service, number), "{service} lost write {number} of {count}");
        }
    }
}

#[test]
fn a_torn_journal_keeps_what_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Housed::kept_in(folder.path());
    make_places(&sandbox);
    assert_eq!(write(sandbox.address, &sandbox.keys, "dynamodb", 1), 200);
    sandbox.kill();
    let journal = folder.path().join("journal");
    let mut bytes = std::fs::read(&journal).unwrap();
    let sound = bytes.len();
    // A batch that says that it is longer than what is there.
    bytes.extend_from_slice(&[0x80, 0, 0, 0, 1, 2, 3, 4, 1]);
    std::fs::write(&journal, &bytes).unwrap();

    let again = Housed::kept_in(folder.path());
    assert!(is_there(&again, "dynamodb", 1));
    assert_eq!(std::fs::read(folder.path().join(format!("journal.cut-{sound}"))).unwrap().len(), 9);
}
