use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::access::{accesses, of_url};
use super::fault::{missing, no_queue, query_code};
use super::messages::{self, Wish};
use super::queue::Queue;
use super::{batch, form, permissions, queues};
use crate::context::{Clock, Random};
use crate::sandbox::coverage::Api;
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{
    AccountId, Authority, Call, Caller, Future, Operation, Protocol, Request, Response, Scope, Service,
    ServiceError,
};

/// The operations that are covered.
pub(super) const COVERED: [&str; 20] = [
    "AddPermission",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
    "CreateQueue",
    "DeleteMessage",
    "DeleteMessageBatch",
    "DeleteQueue",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "ListQueueTags",
    "ListQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "RemovePermission",
    "SendMessage",
    "SendMessageBatch",
    "SetQueueAttributes",
    "TagQueue",
    "UntagQueue",
];

/// How often a call that waits for messages looks again.
const LOOK: Duration = Duration::from_millis(20);

/// Whose a queue is, and its name.
pub(super) type Key = (Scope, String);

/// All queues, of all accounts.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) queues: BTreeMap<Key, Queue>,
}

/// Amazon SQS.
pub struct Sqs {
    pub(super) authority: Arc<Authority>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Random,
    /// Once it is known: changes that no call of a client's makes are kept, too.
    pub(super) keeper: OnceLock<Arc<Keeper>>,
    state: Mutex<State>,
}

/// A call at work, with the queues locked.
pub(super) struct Desk<'a> {
    pub(super) state: &'a mut State,
    pub(super) scope: &'a Scope,
    pub(super) caller: &'a Caller,
    pub(super) host: &'a str,
    pub(super) random: &'a Random,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

struct Input {
    name: String,
    body: Map<String, Value>,
    /// Whether it came as a form.
    form: bool,
}

impl Desk<'_> {
    pub(super) fn key(&self, body: &Map<String, Value>) -> Result<Key, ServiceError> {
        of_url(body.get("QueueUrl").and_then(Value::as_str).ok_or_else(|| missing("QueueUrl"))?, self.scope)
    }

    pub(super) fn queue(&mut self, body: &Map<String, Value>) -> Result<&mut Queue, ServiceError> {
        let key = self.key(body)?;
        self.state.queues.get_mut(&key).ok_or_else(no_queue)
    }

    pub(super) fn url(&self, scope: &Scope, name: &str) -> String {
        format!("http://{}/{}/{name}", self.host, scope.account)
    }

    pub(super) fn sender(&self) -> String {
        self.caller.principal.user_id().unwrap_or_default()
    }
}

impl Sqs {
    pub fn new(authority: Arc<Authority>, clock: Arc<dyn Clock>, random: Random) -> Self {
        Self { authority, clock, random, keeper: OnceLock::new(), state: Mutex::default() }
    }

    /// Writes what changes through to a keeper.
    pub fn keep_in(&self, keeper: &Arc<Keeper>) {
        // Said once, when the sandbox is put together.
        let _ = self.keeper.set(Arc::clone(keeper));
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    pub(super) fn receipt(&self) -> String {
        let tail =
            self.random.characters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 180);
        format!("AQEB{tail}")
    }

    fn run(&self, call: &Call, input: &Input) -> Result<Value, ServiceError> {
        let mut state = self.state();
        let mut desk = Desk {
            state: &mut state,
            scope: &call.scope,
            caller: &call.caller,
            host: call.request.header("host").unwrap_or("localhost"),
            random: &self.random,
            now: self.now(),
        };
        let (desk, body) = (&mut desk, &input.body);
        match input.name.as_str() {
            "CreateQueue" => queues::create(desk, body),
            "ListQueues" => queues::list(desk, body),
            "GetQueueUrl" => {
                let owner =
                    body.get("QueueOwnerAWSAccountId").and_then(Value::as_str).and_then(AccountId::parse);
                let account = owner.unwrap_or_else(|| call.scope.account.clone());
                Ok(queues::url(desk, body, &Scope { account, region: call.scope.region.clone() }))
            }
            "GetQueueAttributes" => queues::get_attributes(desk, body),
            "AddPermission" => permissions::add(desk, body),
            "RemovePermission" => permissions::remove(desk, body),
            "SetQueueAttributes" => queues::set_attributes(desk, body),
            "DeleteQueue" => queues::delete(desk, body),
            "PurgeQueue" => queues::purge(desk, body),
            "ListDeadLetterSourceQueues" => queues::sources(desk, body),
            "TagQueue" => queues::tag(desk, body),
            "UntagQueue" => queues::untag(desk, body),
            "ListQueueTags" => queues::tags(desk, body),
            "SendMessage" => messages::send_one(desk, body),
            "DeleteMessage" => messages::delete(desk.queue(body)?, body).map(|()| Value::Null),
            "ChangeMessageVisibility" => {
                let now = desk.now;
                messages::change_visibility(desk.queue(body)?, body, now).map(|()| Value::Null)
            }
            _ => batch::run(desk, &input.name, body),
        }
    }

    /// Receives, and waits for messages as long as the call or the queue wants.
    async fn receive(&self, call: &Call, input: &Input) -> Result<Value, ServiceError> {
        let wish = Wish::of(&input.body)?;
        let url = input.body.get("QueueUrl").and_then(Value::as_str).ok_or_else(|| missing("QueueUrl"))?;
        let key = of_url(url, &call.scope)?;
        let wait = if let Some(wait) = input.body.get("WaitTimeSeconds").and_then(Value::as_u64) {
            wait
        } else {
            let state = self.state();
            let queue = state.queues.get(&key).ok_or_else(no_queue)?;
            u64::try_from(queue.number("ReceiveMessageWaitTimeSeconds")).unwrap_or(0)
        };
        let until = Instant::now() + Duration::from_secs(wait);
        loop {
            let taken = messages::receive(&mut self.state(), &key, &wish, &|| self.receipt(), self.now());
            if !taken.is_empty() {
                let shown: Vec<Value> = taken.iter().map(|message| messages::show(message, &wish)).collect();
                return Ok(json!({ "Messages": shown }));
            }
            if Instant::now() >= until {
                return Ok(json!({}));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl fmt::Debug for Sqs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqs").finish_non_exhaustive()
    }
}

impl Service for Sqs {
    fn signing_name(&self) -> &'static str {
        "sqs"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Json10
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let target = request.header("x-amz-target").and_then(|target| target.strip_prefix("AmazonSQS."));
        let read = match target {
            Some(name) => {
                let name = name.to_owned();
                serde_json::from_slice(&request.body).map(|body| (name, body, false))
            }
            None => Ok(form::read(request).map_or_else(Default::default, |(name, body)| (name, body, true))),
        };
        let (name, body, form) =
            read.map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
        if !COVERED.contains(&name.as_str()) {
            return Err(if form && !Api::knows("sqs", &name) {
                let message = format!("The action {name} is not valid for this endpoint.");
                ServiceError::new(400, "InvalidAction", message)
            } else {
                Api::lacks("sqs", &name)
            });
        }
        let accesses = accesses(&name, &body, scope, &self.state())?;
        let looks = name.starts_with("List") || name.starts_with("Get");
        Ok(Operation {
            accesses,
            mutates: !looks,
            input: Box::new(Input { name: name.clone(), body, form }),
            name,
        })
    }

    fn handle(&self, mut call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let input = std::mem::replace(&mut call.operation.input, Box::new(()));
            let Ok(input) = input.downcast::<Input>() else {
                return Err(ServiceError::new(500, "InternalError", "The parameters are missing."));
            };
            let answer = match input.name.as_str() {
                "ReceiveMessage" => self.receive(&call, &input).await?,
                _ => self.run(&call, &input)?,
            };
            if input.form {
                return Ok(form::answer(&call.request, &input.name, &answer));
            }
            let body = if answer.is_null() { String::new() } else { answer.to_string() };
            Ok(Response { body: body.into(), ..Response::empty(200) }
                .with_header("content-type", "application/x-amz-json-1.0"))
        })
    }

    fn render_error(&self, error: &ServiceError, request: &Request) -> Option<Response> {
        if !request.headers.contains_key("x-amz-target") {
            return Some(form::error(error, request));
        }
        let kind = if error.status < 500 { "Sender" } else { "Receiver" };
        let body = json!({ "__type": format!("com.amazonaws.sqs#{}", error.code), "message": error.message });
        let response = Response { body: body.to_string().into(), ..Response::empty(error.status) };
        Some(
            response
                .with_header("content-type", "application/x-amz-json-1.0")
                .with_header("x-amzn-query-error", &format!("{};{kind}", query_code(&error.code))),
        )
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.state().queues.retain(|(scope, _), _| account.is_some_and(|account| scope.account != *account));
    }
}
