use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use form_urlencoded::Serializer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proofmark::context::Context;
use proofmark::sandbox::coverage::Api;
use proofmark::sandbox::{Options, Running, Sandbox};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use crate::support::{Keys, Sent};

/// What stays as it is in a path's segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An account to try one operation in.
pub(crate) struct Bench {
    sandbox: Arc<Running>,
    service: &'static str,
    operation: String,
    pub(crate) account: String,
    pub(crate) keys: Keys,
    /// The calls of the operation that succeeded.
    worked: RefCell<Vec<Sent>>,
    refused: Cell<bool>,
}

/// What anybody who has a key may call, whatever the policies say.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
const FOR_ANYBODY: [&str; 2] = ["GetCallerIdentity", "GetSessionToken"];

/// What needs no signature: whoever has a client's id may, or a token.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html>
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
const UNSIGNED: [&str; 3] = ["SignUp", "InitiateAuth", "AssumeRoleWithWebIdentity"];

/// The sandbox that the tests share while any of them runs; each has an account of its own in it.
static SHARED: Mutex<Weak<Running>> = Mutex::new(Weak::new());

fn shared() -> Arc<Running> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = shared.upgrade() {
        return running;
    }
    // The test binary is not the one that handlers start through.
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_proofmark"));
    let context = Context { executable, ..Context::system() };
    let options = Options { web_socket_definitions: true, ..Options::default() };
    let running = Arc::new(Sandbox::start(&options, &context).unwrap());
    *shared = Arc::downgrade(&running);
    running
}

impl Bench {
    /// Runs a case in which the operation must succeed at least once. Afterwards the same calls come without a signature and
    /// from a user without rights: they must be refused before the service sees them.
    pub(crate) fn run(service: &'static str, module: &str, case: impl FnOnce(&Self)) {
        let bench = Self::of_module(service, module);
        case(&bench);
        let worked = bench.worked.take();
        assert!(!worked.is_empty(), "the case never called {} with success", bench.operation);
        let nobody = bench.user_without_rights();
        for call in worked {
            bench.is_kept_out(&call, &nobody);
        }
    }

    fn is_kept_out(&self, call: &Sent, nobody: &Keys) {
        if UNSIGNED.contains(&self.operation.as_str()) {
            return;
        }
        let unsigned = Answer::of(&call.send(self.address()));
        let missing = ["MissingAuthenticationToken", "MissingAuthenticationTokenException", "AccessDenied"];
        if self.service == "s3" && unsigned.code() == "NoSuchBucket" {
            // The case took the bucket away; whether a name is taken, S3 tells anybody.
            assert_eq!(unsigned.status, 404);
            return;
        }
        if self.operation == "DeleteObjects" {
            // Each key is refused by itself, within an answer.
            assert_eq!(unsigned.at("/Error/Code"), "AccessDenied", "{unsigned:?}");
            let signed = call.clone().signed(self.address(), nobody, "s3").send(self.address());
            assert_eq!(Answer::of(&signed).at("/Error/Code"), "AccessDenied", "{signed:?}");
            return;
        }
        // An answer to HEAD has no body that a code could stand in.
        let head = call.method == "HEAD";
        assert!(
            head && unsigned.status == 403
                || (400..=403).contains(&unsigned.status) && missing.contains(&unsigned.code().as_str()),
            "{} without a signature: {unsigned:?}",
            self.operation
        );
        if FOR_ANYBODY.contains(&self.operation.as_str()) {
            return;
        }
        let signed = call.clone().signed(self.address(), nobody, &api(self.service).signing_name);
        let answer = Answer::of(&signed.send(self.address()));
        if self.service == "s3" && answer.code() == "NoSuchBucket" {
            return;
        }
        let denied =
            ["AccessDenied", "AccessDeniedException", "AuthorizationError"].contains(&answer.code().as_str());
        let message = answer.message();
        let said = message.starts_with(&format!("User: arn:aws:iam::{}:user/nobody ", self.account))
            && message.contains(" is not authorized to perform: ")
            && message.contains(" because no identity-based policy allows the ");
        assert!(
            head && answer.status == 403 || denied && said,
            "{} without rights: {answer:?}",
            self.operation
        );
    }

    /// Runs a case in which the operation must be refused at least once.
    pub(crate) fn run_refused(service: &'static str, module: &str, case: impl FnOnce(&Self)) {
        let bench = Self::of_module(service, module);
        case(&bench);
        assert!(bench.refused.get(), "the case never saw {} refused", bench.operation);
    }

    fn of_module(service: &'static str, module: &str) -> Self {
        let squeezed = module.replace('_', "");
        let names = api(service).operations.keys();
        let operation = names.into_iter().find(|name| name.to_ascii_lowercase() == squeezed);
        let operation = operation.unwrap_or_else(|| panic!("{service} has no operation {module}"));
        Self::new(service, operation)
    }

    /// Opens a new account, with the keys of its administrator.
    pub(crate) fn new(service: &'static str, operation: &str) -> Self {
        let sandbox = shared();
        let opened = Sent::new("POST", "/_proofmark/accounts")
            .header("authorization", &format!("Bearer {}", sandbox.admin_token))
            .send(sandbox.address);
        let opened: Value = serde_json::from_slice(&opened.body).unwrap();
        let text = |name: &str| opened[name].as_str().unwrap_or_else(|| panic!("{opened}")).to_owned();
        Self {
            service,
            operation: operation.to_owned(),
            account: text("account"),
            keys: Keys { id: text("accessKeyId"), secret: text("secretAccessKey"), token: None },
            worked: RefCell::default(),
            refused: Cell::new(false),
            sandbox,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.sandbox.address
    }

    /// Calls the operation that the case is about; it must succeed.
    pub(crate) fn call(&self, input: Value) -> Answer {
        self.of(self.service, &self.operation, input)
    }

    /// Calls another operation of the service; it must succeed.
    pub(crate) fn also(&self, operation: &str, input: Value) -> Answer {
        self.of(self.service, operation, input)
    }

    /// Calls an operation of any service; it must succeed.
    pub(crate) fn of(&self, service: &str, operation: &str, input: Value) -> Answer {
        let request = request(service, operation, input);
        let signed = request.clone().signed(self.address(), &self.keys, &api(service).signing_name);
        let answer = Answer::of(&signed.send(self.address()));
        assert!(answer.status < 300, "{operation}: {answer:?}");
        if service == self.service && operation == self.operation {
            self.worked.borrow_mut().push(request);
        }
        answer
    }

    /// Calls the operation that the case is about; it must be refused with this status and code.
    pub(crate) fn refused(&self, input: Value, status: u16, code: &str) -> Answer {
        self.refused_as(&self.keys, input, status, code)
    }

    /// The same, with other keys.
    pub(crate) fn refused_as(&self, keys: &Keys, input: Value, status: u16, code: &str) -> Answer {
        let answer = self.ask_as(keys, self.service, &self.operation, input);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}: {answer:?}", self.operation);
        self.refused.set(true);
        answer
    }

    /// A user without any policy is refused the operation. For operations that cannot be asked wrongly.
    pub(crate) fn refused_to_others(&self, input: Value, status: u16, code: &str) -> Answer {
        let answer = self.refused_as(&self.user_without_rights(), input, status, code);
        assert!(answer.message().contains("is not authorized to perform"), "{answer:?}");
        answer
    }

    /// Makes a user who may do nothing.
    pub(crate) fn user_without_rights(&self) -> Keys {
        self.of("iam", "CreateUser", json!({ "UserName": "nobody" }));
        let key = self.of("iam", "CreateAccessKey", json!({ "UserName": "nobody" }));
        let text = |name: &str| key.text(&format!("/AccessKey/{name}"));
        Keys { id: text("AccessKeyId"), secret: text("SecretAccessKey"), token: None }
    }

    /// Makes a role that a service may take on, and returns its ARN.
    pub(crate) fn role(&self, service: &str) -> String {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole"
        }] });
        let input = json!({ "RoleName": "role", "AssumeRolePolicyDocument": trust.to_string() });
        self.of("iam", "CreateRole", input).text("/Role/Arn")
    }

    /// Calls an operation and returns whatever comes.
    pub(crate) fn ask(&self, service: &str, operation: &str, input: Value) -> Answer {
        self.ask_as(&self.keys, service, operation, input)
    }

    pub(crate) fn ask_as(&self, keys: &Keys, service: &str, operation: &str, input: Value) -> Answer {
        let request = request(service, operation, input);
        Answer::of(&request.signed(self.address(), keys, &api(service).signing_name).send(self.address()))
    }
}

pub(crate) fn api(service: &str) -> &'static Api {
    Api::of(service)
        .unwrap_or_else(|| panic!("fixtures/operations/{service}.json is not there, or cannot be read"))
}

/// Puts parameters where the service's protocol has them. `input` is an object. A name of the path goes to the path,
/// `?name` to the query, `@name` to a header, `$` is the body as it is; the rest goes to the query of a method without a
/// body, and else to the body, named as on the wire.
pub(crate) fn request(service: &str, operation: &str, input: Value) -> Sent {
    let api = api(service);
    let shape = api.operations.get(operation).unwrap_or_else(|| panic!("{service} has no {operation}"));
    let Value::Object(input) = input else { panic!("{operation} wants an object") };
    match api.protocol.as_str() {
        "query" => {
            let mut form = Serializer::new(String::new());
            form.append_pair("Action", operation).append_pair("Version", &api.version);
            for (name, value) in &input {
                append(&mut form, name, value);
            }
            Sent::new("POST", "/")
                .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
                .body(form.finish())
        }
        protocol @ ("json 1.0" | "json 1.1") => Sent::new("POST", "/")
            .header("content-type", &format!("application/x-amz-{}", protocol.replace(' ', "-")))
            .header("x-amz-target", &format!("{}.{operation}", api.target))
            .body(Value::Object(input).to_string()),
        _ => rest(&shape.method, &shape.path, input),
    }
}

fn rest(method: &str, path: &str, mut input: Map<String, Value>) -> Sent {
    let (path, fixed) = path.split_once('?').unwrap_or((path, ""));
    let mut target = String::new();
    for segment in path.split_inclusive('/') {
        let (segment, slash) = segment.strip_suffix('/').map_or((segment, ""), |segment| (segment, "/"));
        match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            Some(name) => {
                let greedy = name.ends_with('+');
                let value = input.remove(name.trim_end_matches('+'));
                let value = value.unwrap_or_else(|| panic!("{name} of {path} is missing"));
                let encoded = utf8_percent_encode(&plain(&value), SEGMENT).to_string();
                target.push_str(&if greedy { encoded.replace("%2F", "/") } else { encoded });
            }
            None => target.push_str(segment),
        }
        target.push_str(slash);
    }
    let mut query: Vec<String> =
        fixed.split('&').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let mut sent = Sent::new(method, "");
    let mut body = Map::new();
    let bodiless = matches!(method, "GET" | "DELETE" | "HEAD");
    for (name, value) in input {
        let mut add = |name: &str, value: &Value| {
            let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
            match value {
                Value::Array(values) => query
                    .extend(values.iter().map(|value| format!("{}={}", encode(name), encode(&plain(value))))),
                value => query.push(format!("{}={}", encode(name), encode(&plain(value)))),
            }
        };
        if name == "$" {
            sent.body = plain(&value).into_bytes();
        } else if let Some(name) = name.strip_prefix('?') {
            add(name, &value);
        } else if let Some(name) = name.strip_prefix('@') {
            sent = sent.header(name, &plain(&value));
        } else if bodiless {
            add(&name, &value);
        } else {
            body.insert(name, value);
        }
    }
    if !body.is_empty() {
        sent = sent.header("content-type", "application/json").body(Value::Object(body).to_string());
    }
    sent.target = if query.is_empty() { target } else { format!("{target}?{}", query.join("&")) };
    sent
}

/// Appends a parameter; the elements of a list have numbers, and structures in it the names of their members.
fn append(form: &mut Serializer<'_, String>, name: &str, value: &Value) {
    let Value::Array(elements) = value else {
        form.append_pair(name, &plain(value));
        return;
    };
    for (number, element) in (1..).zip(elements) {
        let name = format!("{name}.member.{number}");
        match element {
            Value::Object(members) => {
                for (member, value) in members {
                    append(form, &format!("{name}.{member}"), value);
                }
            }
            _ => append(form, &name, element),
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
