use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proofmark::context::Context;
use proofmark::sandbox::{Options, Running, Sandbox};
use serde_json::{Value, json};

pub(super) const ACCOUNT: &str = "123456789012";
pub(super) const REGION: &str = "us-east-1";

/// A sandbox, open to whoever calls it without a signature.
pub(super) struct World {
    sandbox: Running,
}

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(there, _)| there.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn seen(&self) -> (u16, String) {
        (self.status, self.text())
    }
}

impl World {
    pub(super) fn new() -> Self {
        let options = Options { open: true, ..Options::default() };
        let executable = PathBuf::from(env!("CARGO_BIN_EXE_proofmark"));
        let context = Context { executable, ..Context::system() };
        Self { sandbox: Sandbox::start(&options, &context).unwrap() }
    }

    /// Sends a request, its header names written as given.
    pub(super) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.sandbox.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push_str(&format!("Host: {}\r\n", self.sandbox.address));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut whole = vec![];
        stream.read_to_end(&mut whole).unwrap();
        let end = whole.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8_lossy(&whole[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Answer { status, headers, body: whole[end + 4..].to_vec() }
    }

    /// Calls an operation of a REST service, which must succeed.
    pub(super) fn ok(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.send(method, path, &[("Content-Type", "application/json")], body.as_bytes());
        assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// Calls an operation that is named by a header.
    pub(super) fn target(&self, target: &str, body: &Value) -> Value {
        let headers = [("X-Amz-Target", target), ("Content-Type", "application/x-amz-json-1.0")];
        let answer = self.send("POST", "/", &headers, body.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer.json()
    }

    fn iam(&self, parameters: &[(&str, &str)]) {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Version", "2010-05-08")
            .extend_pairs(parameters)
            .finish();
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let answer = self.send("POST", "/", &headers, body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Makes a role that a service may take on, with a policy; returns its ARN.
    pub(super) fn role(&self, name: &str, service: &str, allows: &Value) -> String {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }] });
        self.iam(&[
            ("Action", "CreateRole"),
            ("RoleName", name),
            ("AssumeRolePolicyDocument", &trust.to_string()),
        ]);
        self.allow(name, allows);
        format!("arn:aws:iam::{ACCOUNT}:role/{name}")
    }

    /// Gives a role one inline policy, in place of the one before.
    pub(super) fn allow(&self, role: &str, actions: &Value) {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": actions, "Resource": "*" }] });
        self.iam(&[
            ("Action", "PutRolePolicy"),
            ("RoleName", role),
            ("PolicyName", "own"),
            ("PolicyDocument", &policy.to_string()),
        ]);
    }

    /// Makes a Python function that API Gateway may invoke.
    pub(super) fn function(&self, name: &str, source: &str) {
        self.hidden_function(name, source, 3);
        self.permit(name);
    }

    /// Makes a Python function that nobody else may invoke.
    pub(super) fn hidden_function(&self, name: &str, source: &str, timeout: u32) {
        let role = format!("{name}-role");
        let role = self.role(&role, "lambda.amazonaws.com", &json!("logs:*"));
        let body = json!({
            "FunctionName": name, "Role": role, "Runtime": "python3.12", "Handler": "app.handler",
            "Timeout": timeout, "Code": { "ZipFile": zipped(source) },
        });
        self.ok("POST", "/2015-03-31/functions", &body);
    }

    pub(super) fn permit(&self, name: &str) {
        let permission = json!({ "StatementId": "gateway", "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com" });
        self.ok("POST", &format!("/2015-03-31/functions/{name}/policy"), &permission);
    }

    pub(super) fn update_code(&self, name: &str, source: &str) {
        let body = json!({ "ZipFile": zipped(source) });
        self.ok("PUT", &format!("/2015-03-31/functions/{name}/code"), &body);
    }

    /// Makes an API; returns its id and the id of its root.
    pub(super) fn api(&self, more: &Value) -> (String, String) {
        let mut body = json!({ "name": "shop", "endpointConfiguration": { "types": ["REGIONAL"] } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.ok("POST", "/restapis", &body);
        (text(&made["id"]), text(&made["rootResourceId"]))
    }

    pub(super) fn resource(&self, api: &str, parent: &str, part: &str) -> String {
        let path = format!("/restapis/{api}/resources/{parent}");
        text(&self.ok("POST", &path, &json!({ "pathPart": part }))["id"])
    }

    /// Puts a method without authorization, and its integration; returns the method's path.
    pub(super) fn method(&self, api: &str, resource: &str, verb: &str, integration: &Value) -> String {
        self.method_with(api, resource, verb, &json!({ "authorizationType": "NONE" }), integration)
    }

    pub(super) fn method_with(
        &self,
        api: &str,
        resource: &str,
        verb: &str,
        method: &Value,
        integration: &Value,
    ) -> String {
        let path = format!("/restapis/{api}/resources/{resource}/methods/{verb}");
        self.ok("PUT", &path, method);
        self.ok("PUT", &format!("{path}/integration"), integration);
        path
    }

    /// Adds a response to method and integration.
    pub(super) fn response(&self, method: &str, status: &str, declared: &Value, mapped: &Value) {
        self.ok("PUT", &format!("{method}/responses/{status}"), declared);
        self.ok("PUT", &format!("{method}/integration/responses/{status}"), mapped);
    }

    pub(super) fn deploy(&self, api: &str) {
        self.ok("POST", &format!("/restapis/{api}/deployments"), &json!({ "stageName": "prod" }));
    }

    pub(super) fn patch(&self, path: &str, operations: &[(&str, &str, &str)]) {
        let operations: Vec<Value> = operations
            .iter()
            .map(|(op, path, value)| json!({ "op": op, "path": path, "value": value }))
            .collect();
        self.ok("PATCH", path, &json!({ "patchOperations": operations }));
    }

    /// Calls the stage `prod`.
    pub(super) fn call(
        &self,
        api: &str,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.send(verb, &format!("/restapis/{api}/prod/_user_request_{path}"), headers, body)
    }

    pub(super) fn get(&self, api: &str, path: &str) -> Answer {
        self.call(api, "GET", path, &[], b"")
    }

    /// An API with `GET /orders` in front of a function.
    pub(super) fn shop(&self, source: &str) -> Shop {
        self.function("orders", source);
        let (api, root) = self.api(&json!({}));
        let resource = self.resource(&api, &root, "orders");
        let method = self.method(&api, &resource, "GET", &proxy("orders"));
        self.deploy(&api);
        Shop { api, root, resource, method }
    }
}

/// What [`World::shop`] made.
pub(super) struct Shop {
    pub(super) api: String,
    pub(super) root: String,
    pub(super) resource: String,
    pub(super) method: String,
}

/// The URI that invokes a function.
pub(super) fn invocation(function: &str) -> String {
    format!(
        "arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:{ACCOUNT}:function:\
         {function}/invocations"
    )
}

pub(super) fn proxy(function: &str) -> Value {
    json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": invocation(function) })
}

/// A handler that returns the event as its body.
pub(super) const ECHO: &str =
    "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n";

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text")).to_owned()
}

fn zipped(source: &str) -> String {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("app.py", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(source.as_bytes()).unwrap();
    STANDARD.encode(writer.finish().unwrap().into_inner())
}
