use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, LogType, Runtime};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use proofmark::aws::{Clients, Endpoint, Settling};
use proofmark::context::{Clock, Context, SystemClock};
use proofmark::sandbox::{Options, Running, Sandbox};
use serde_json::{Value, json};

/// A sandbox with a role for functions.
pub(crate) struct Workbench {
    pub(crate) clients: Clients,
    pub(crate) clock: Arc<ShiftedClock>,
    pub(crate) role: String,
    pub(crate) sandbox: Running,
}

/// What an invocation gave.
pub(crate) struct Ran {
    pub(crate) payload: Value,
    pub(crate) error: Option<String>,
    pub(crate) log: String,
}

/// The system's clock, and a shift: requests stay signed with a time that is near enough.
#[derive(Debug)]
pub(crate) struct ShiftedClock {
    system: SystemClock,
    shift: Mutex<Duration>,
}

impl ShiftedClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.shift.lock().unwrap() += by;
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        self.system.now() + *self.shift.lock().unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + *self.shift.lock().unwrap()
    }
}

impl Workbench {
    pub(crate) async fn new() -> Self {
        Self::isolated_by(None).await
    }

    /// Keeps handlers in by this alone, as `PROOFMARK_ISOLATION` says.
    pub(crate) async fn isolated_by(isolation: Option<&str>) -> Self {
        let clock = Arc::new(ShiftedClock { system: SystemClock::new(), shift: Mutex::default() });
        let executable = PathBuf::from(env!("CARGO_BIN_EXE_proofmark"));
        let mut context = Context { executable, clock: clock.clone(), ..Context::system() };
        if let Some(isolation) = isolation {
            let chosen = [("PROOFMARK_ISOLATION".to_owned(), isolation.to_owned())];
            context.environment = std::env::vars().chain(chosen).collect();
        }
        let sandbox = Sandbox::start(&Options::default(), &context).unwrap();
        let key = &sandbox.first_key;
        let (id, secret) = (key.access_key_id.clone(), key.record.secret.clone());
        let url = sandbox.endpoint_url();
        let clients =
            Clients::new(&Endpoint::with_keys(Some(&url), "eu-west-1", id, secret, Settling::Immediate));
        let role = Self::make_role(&clients, "worker").await;
        Self { clients, clock, role, sandbox }
    }

    pub(crate) async fn make_role(clients: &Clients, name: &str) -> String {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole"
        }] });
        let made = clients.iam.create_role().role_name(name).assume_role_policy_document(trust.to_string());
        let arn = made.send().await.unwrap().role.unwrap().arn;
        let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
        clients.iam.attach_role_policy().role_name(name).policy_arn(basic).send().await.unwrap();
        arn
    }

    /// Creates a Python function of one file, `app.py`, whose handler is `handler`.
    pub(crate) async fn create(&self, name: &str, source: &str) {
        self.create_with(name, source, 3, "app.handler").await;
    }

    pub(crate) async fn create_with(&self, name: &str, source: &str, timeout: i32, handler: &str) {
        let code = FunctionCode::builder().zip_file(Blob::new(zip(&[("app.py", source)]))).build();
        let create = self.clients.lambda.create_function().function_name(name).role(&self.role);
        let create = create.runtime(Runtime::Python312).handler(handler).timeout(timeout).code(code);
        create.send().await.unwrap();
    }

    /// Creates a function of any runtime.
    pub(crate) async fn create_as(&self, name: &str, runtime: &str, handler: &str, files: &[(&str, &str)]) {
        let code = FunctionCode::builder().zip_file(Blob::new(zip(files))).build();
        let create = self.clients.lambda.create_function().function_name(name).role(&self.role);
        create.runtime(Runtime::from(runtime)).handler(handler).timeout(5).code(code).send().await.unwrap();
    }

    pub(crate) async fn update(&self, name: &str, source: &str) {
        let update = self.clients.lambda.update_function_code().function_name(name);
        update.zip_file(Blob::new(zip(&[("app.py", source)]))).send().await.unwrap();
    }

    pub(crate) async fn invoke(&self, name: &str, payload: &Value) -> Ran {
        let invoke = self.clients.lambda.invoke().function_name(name).log_type(LogType::Tail);
        let output = invoke.payload(Blob::new(payload.to_string())).send().await.unwrap();
        let payload = output.payload.map(Blob::into_inner).unwrap_or_default();
        Ran {
            payload: serde_json::from_slice(&payload).unwrap_or(Value::Null),
            error: output.function_error,
            log: String::from_utf8(STANDARD.decode(output.log_result.unwrap_or_default()).unwrap()).unwrap(),
        }
    }

    /// Creates a function and invokes it once.
    pub(crate) async fn run(&self, name: &str, source: &str) -> Ran {
        self.create(name, source).await;
        self.invoke(name, &json!({})).await
    }

    /// Returns the messages of a function's log, oldest first.
    pub(crate) async fn log(&self, name: &str) -> Vec<String> {
        let group = format!("/aws/lambda/{name}");
        let events = self.clients.logs.filter_log_events().log_group_name(group).send().await.unwrap();
        events.events.unwrap_or_default().into_iter().filter_map(|event| event.message).collect()
    }
}

pub(crate) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
