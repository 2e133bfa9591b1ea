use std::io::Write as _;
use std::process::Command;
use std::time::Instant;

use base64::Engine as _;
use serde_json::{Value, json};

use super::client::Client;
use super::row;
use super::sandbox::Sandbox;

const PLAIN: &str = "def handler(event, context):\n    return {'ok': True}\n";
const WITH_SDK: &str =
    "import boto3\ntable = boto3.client('dynamodb')\ndef handler(event, context):\n    return {'ok': True}\n";
const NODE: &str = "export const handler = async () => ({ ok: true });\n";
const ACCOUNTS: usize = 5;
const EACH: usize = 10;

/// Functions by their runtime: warm, cold, with and without a parent, many at once; and what they hold in memory.
pub(crate) async fn measure() {
    let sandbox = Sandbox::start();
    let mut client = Client::connect(sandbox.address).await;
    role(&mut client).await;
    for (name, runtime, handler, file, code) in [
        ("python", "python3.12", "app.handler", "app.py", PLAIN.as_bytes()),
        ("node", "nodejs20.x", "app.handler", "app.mjs", NODE.as_bytes()),
    ] {
        create(&mut client, name, runtime, handler, (file, code), json!({})).await;
        warm(&mut client, name).await;
        memory(&format!("  memory of all so far, with {name}"), &sandbox);
    }
    let code = bootstrap();
    create(&mut client, "rust", "provided.al2023", "bootstrap", ("bootstrap", &code), json!({})).await;
    warm(&mut client, "rust").await;
    memory("  memory of all so far, with rust", &sandbox);
    create(&mut client, "sdk", "python3.12", "app.handler", ("app.py", WITH_SDK.as_bytes()), json!({})).await;
    let first = invoke(&mut client, "sdk").await;
    row("Invoke, cold boto3, with its parent's start", vec![first], "");
    cold(&mut client, "sdk", "Invoke, cold boto3, of a parent", "40 ms").await;
    memory("  the same, with a parent and its descendant", &sandbox);
    // A variable that an interpreter reads when it starts: such a function starts by itself.
    let alone = json!({ "Variables": { "PYTHONALONE": "1" } });
    create(&mut client, "alone", "python3.12", "app.handler", ("app.py", WITH_SDK.as_bytes()), alone).await;
    cold(&mut client, "alone", "Invoke, cold boto3, by itself", "").await;
    many(&sandbox).await;
}

/// Compiles a function in Rust, as `cargo lambda build --release` does.
fn bootstrap() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("bootstrap");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/speed/bootstrap/main.rs");
    let options = ["--edition", "2024", "-C", "opt-level=3", "-C", "strip=symbols", source, "-o"];
    let ended = Command::new("rustc").args(options).arg(&program).status().unwrap();
    assert!(ended.success(), "rustc: {ended}");
    std::fs::read(program).unwrap()
}

async fn warm(client: &mut Client, name: &str) {
    invoke(client, name).await;
    let mut samples = Vec::new();
    for _ in 0..2000 {
        samples.push(invoke(client, name).await);
    }
    row(&format!("Invoke, warm, {name}"), samples, "0.5 ms");
}

async fn cold(client: &mut Client, name: &str, what: &str, aim: &str) {
    let mut samples = Vec::new();
    for index in 0..20 {
        let body = json!({ "Description": index.to_string() }).to_string();
        let path = format!("/2015-03-31/functions/{name}/configuration");
        client.call("PUT", "lambda", &path, &body).await;
        settled(client, name).await;
        samples.push(invoke(client, name).await);
    }
    row(what, samples, aim);
}

/// Fifty functions of five accounts, each cold, all at once.
async fn many(sandbox: &Sandbox) {
    let mut calls = Vec::new();
    for account in 0..ACCOUNTS {
        // In an open sandbox a key of twelve digits is an account's.
        let id = format!("{:012}", 200_000_000_000_u64 + u64::try_from(account).unwrap());
        let connect = async || Client::connect(sandbox.address).await.of_account(&id);
        let mut client = connect().await;
        role(&mut client).await;
        for index in 0..EACH {
            let name = format!("f{account}-{index}");
            let code = ("app.py", WITH_SDK.as_bytes());
            create(&mut client, &name, "python3.12", "app.handler", code, json!({})).await;
            calls.push((connect().await, name));
        }
    }
    let start = Instant::now();
    let running: Vec<_> = calls
        .into_iter()
        .map(|(mut client, name)| tokio::spawn(async move { invoke(&mut client, &name).await }))
        .collect();
    let mut samples = Vec::new();
    for call in running {
        samples.push(call.await.unwrap());
    }
    row("Invoke, 50 cold boto3 of 5 accounts at once", samples, "");
    row("  all of them", vec![start.elapsed().as_secs_f64() * 1e3], "");
}

async fn invoke(client: &mut Client, name: &str) -> f64 {
    client.timed("POST", "lambda", &format!("/2015-03-31/functions/{name}/invocations"), "{}").await
}

async fn role(client: &mut Client) {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let form: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("Action", "CreateRole"),
            ("Version", "2010-05-08"),
            ("RoleName", "bench"),
            ("AssumeRolePolicyDocument", trust),
        ])
        .finish();
    let (status, answer) = client.send("POST", "iam", "/", "application/x-www-form-urlencoded", &form).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
}

async fn create(
    client: &mut Client,
    name: &str,
    runtime: &str,
    handler: &str,
    (file, code): (&str, &[u8]),
    environment: Value,
) {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    archive.start_file(file, options).unwrap();
    archive.write_all(code).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    let function = json!({
        "FunctionName": name,
        "Runtime": runtime,
        "Handler": handler,
        "Timeout": 30,
        "MemorySize": 256,
        "Role": format!("arn:aws:iam::{}:role/bench", client.account),
        "Code": { "ZipFile": base64::engine::general_purpose::STANDARD.encode(archive) },
        "Environment": environment,
    });
    client.call("POST", "lambda", "/2015-03-31/functions", &function.to_string()).await;
    settled(client, name).await;
}

async fn settled(client: &mut Client, name: &str) {
    loop {
        let path = format!("/2015-03-31/functions/{name}/configuration");
        let function = client.call("GET", "lambda", &path, "").await;
        if function["State"] == "Active" && function["LastUpdateStatus"] == "Successful" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// What the sandbox's processes hold, what several share counted once: the smallest and the largest of them, and all together.
fn memory(what: &str, sandbox: &Sandbox) {
    let held: Vec<f64> = sandbox.environments_kib().into_iter().map(|kib| kib as f64 / 1024.0).collect();
    let (least, most) =
        held.iter().fold((f64::MAX, 0.0_f64), |(least, most), one| (least.min(*one), most.max(*one)));
    let all: f64 = held.iter().sum();
    println!("{what:<44} {least:>7.1} MB {most:>7.1} MB {all:>7.1} MB");
}
