use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::access::accesses;
use super::delivery::Delivery;
use super::entity::{Bus, DEFAULT, bus_named};
use super::fault::{missing, no_bus};
use super::{buses, permissions, put_events, rules, scheduler, tags, targets};
use crate::context::{Clock, Random};
use crate::sandbox::coverage::Api;
use crate::sandbox::keeping::{Durable, Keeper, Outbox, backlog};
use crate::sandbox::{
    AccountId, Activity, Authority, Call, Dispatch, Future, Invoker, LogSink, MessageSink, Operation,
    Protocol, Request, Response, Scope, Service, ServiceError,
};

const TARGET: &str = "AWSEvents.";
/// What the records' keys begin with of events that have not arrived yet.
const PENDING: &str = "events-pending";

/// The operations that are covered.
pub(super) const COVERED: [&str; 22] = [
    "CreateEventBus",
    "DeleteEventBus",
    "DeleteRule",
    "DescribeEventBus",
    "DescribeRule",
    "DisableRule",
    "EnableRule",
    "ListEventBuses",
    "ListRuleNamesByTarget",
    "ListRules",
    "ListTagsForResource",
    "ListTargetsByRule",
    "PutEvents",
    "PutPermission",
    "PutRule",
    "PutTargets",
    "RemovePermission",
    "RemoveTargets",
    "TagResource",
    "TestEventPattern",
    "UntagResource",
    "UpdateEventBus",
];

/// All buses, of all accounts, by whose they are and their name. The default bus is there from its first use.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) buses: BTreeMap<(Scope, String), Bus>,
}

/// What `EventBridge` needs of its surroundings.
pub struct Parts {
    pub authority: Arc<Authority>,
    pub clock: Arc<dyn Clock>,
    pub random: Random,
    pub keeper: Arc<Keeper>,
    pub invoker: Arc<dyn Invoker>,
    /// Queues and topics.
    pub sinks: Vec<Arc<dyn MessageSink>>,
    pub logs: Arc<dyn LogSink>,
    /// How state machines are started.
    pub dispatch: Arc<dyn Dispatch>,
    pub activity: Arc<Activity>,
}

/// Amazon `EventBridge`.
pub struct Events(pub(super) Arc<Core>);

/// What deliveries and schedules in the background share with the service.
pub(super) struct Core {
    pub(super) parts: Parts,
    pub(super) outbox: Outbox,
    state: Mutex<State>,
}

/// A call at work, with the buses locked.
pub(super) struct Desk<'a> {
    pub(super) core: &'a Core,
    pub(super) state: &'a mut State,
    pub(super) scope: &'a Scope,
    pub(super) body: &'a Map<String, Value>,
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// What the call sends; it goes out when the buses are free again.
    pub(super) out: Vec<Delivery>,
}

struct Input {
    name: String,
    body: Map<String, Value>,
}

impl State {
    /// A bus that is there; the default one always is.
    pub(super) fn bus(&mut self, scope: &Scope, name: &str, now: i64) -> Result<&mut Bus, ServiceError> {
        let key = (scope.clone(), name.to_owned());
        if name == DEFAULT {
            return Ok(self.buses.entry(key).or_insert_with(|| Bus::new(scope, name, now)));
        }
        self.buses.get_mut(&key).ok_or_else(|| no_bus(name))
    }
}

impl Desk<'_> {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// A member that must be there, named as the API's model writes it.
    pub(super) fn required(&self, name: &str) -> Result<String, ServiceError> {
        self.text(name).map(str::to_owned).ok_or_else(|| {
            let mut small = name.to_owned();
            small[..1].make_ascii_lowercase();
            missing(&small)
        })
    }

    /// The bus that the call names in `EventBusName`.
    pub(super) fn bus(&mut self) -> Result<&mut Bus, ServiceError> {
        let (scope, name) = bus_named(self.body.get("EventBusName"), self.scope);
        self.state.bus(&scope, &name, self.now)
    }
}

impl Core {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> i64 {
        self.parts.clock.now().as_millisecond()
    }
}

impl Events {
    /// Schedules run from then on, on the runtime that this is called in.
    pub fn new(parts: Parts) -> Self {
        let outbox = Outbox::new(PENDING, Arc::clone(&parts.keeper));
        let core = Arc::new(Core { outbox, parts, state: Mutex::default() });
        scheduler::start(&core);
        Self(core)
    }

    /// Returns what takes back the events that were on their way when the process ended.
    pub fn pending(&self) -> Arc<dyn Durable> {
        let core = Arc::clone(&self.0);
        backlog(PENDING, move |delivery: Delivery| delivery.resume(&core))
    }

    fn run(&self, call: &Call, input: &Input) -> Result<Value, ServiceError> {
        let core = &self.0;
        let (answer, out) = {
            let mut state = core.state();
            let mut desk = Desk {
                core,
                state: &mut state,
                scope: &call.scope,
                body: &input.body,
                now: core.now(),
                out: Vec::new(),
            };
            let answer = operate(&mut desk, &input.name);
            (answer, desk.out)
        };
        for delivery in out {
            delivery.set_out(core);
        }
        answer
    }
}

fn operate(desk: &mut Desk<'_>, name: &str) -> Result<Value, ServiceError> {
    match name {
        "CreateEventBus" => buses::create(desk),
        "DeleteEventBus" => buses::delete(desk),
        "DescribeEventBus" => buses::describe(desk),
        "ListEventBuses" => buses::list(desk),
        "UpdateEventBus" => buses::update(desk),
        "PutRule" => rules::put(desk),
        "DeleteRule" => rules::delete(desk),
        "DescribeRule" => rules::describe(desk),
        "DisableRule" => rules::switch(desk, "DISABLED"),
        "EnableRule" => rules::switch(desk, "ENABLED"),
        "ListRules" => rules::list(desk),
        "TestEventPattern" => rules::test_pattern(desk),
        "PutTargets" => targets::put(desk),
        "RemoveTargets" => targets::remove(desk),
        "ListTargetsByRule" => targets::list(desk),
        "ListRuleNamesByTarget" => targets::rules_of(desk),
        "PutEvents" => put_events::put(desk),
        "PutPermission" => permissions::put(desk),
        "RemovePermission" => permissions::remove(desk),
        "TagResource" => tags::tag(desk),
        "UntagResource" => tags::untag(desk),
        "ListTagsForResource" => tags::list(desk),
        other => Err(ServiceError::not_covered("events", other)),
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl Service for Events {
    fn signing_name(&self) -> &'static str {
        "events"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Json11
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let target = request.header("x-amz-target").unwrap_or_default();
        let name = target.strip_prefix(TARGET).unwrap_or_default();
        if !COVERED.contains(&name) {
            return Err(Api::lacks("events", name));
        }
        let body: Map<String, Value> = serde_json::from_slice(&request.body)
            .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
        let accesses = accesses(name, &body, scope, &self.0.state())?;
        let looks = ["List", "Describe", "Test"].iter().any(|verb| name.starts_with(verb));
        Ok(Operation {
            name: name.to_owned(),
            accesses,
            mutates: !looks,
            input: Box::new(Input { name: name.to_owned(), body }),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let Some(input) = call.operation.input.downcast_ref::<Input>() else {
                return Err(ServiceError::new(500, "InternalException", "The parameters are missing."));
            };
            let answer = self.run(&call, input)?;
            let body = if answer.is_null() { String::new() } else { answer.to_string() };
            Ok(Response { body: body.into(), ..Response::empty(200) }
                .with_header("content-type", "application/x-amz-json-1.1"))
        })
    }

    fn reset(&self, account: Option<&AccountId>) {
        let mut state = self.0.state();
        state.buses.retain(|(scope, _), _| account.is_some_and(|account| scope.account != *account));
    }
}
