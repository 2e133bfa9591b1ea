use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::access::accesses;
use super::drive;
use super::entity::{Live, StateMachine};
use super::fault::missing;
pub(super) use super::language::seconds;
use super::{executions, history, machines, start, tags};
use crate::context::{Clock, Random};
use crate::sandbox::coverage::Api;
use crate::sandbox::keeping::Keeper;
use crate::sandbox::{
    AccountId, Activity, Authority, Call, Dispatch, Future, Operation, Protocol, Request, Response, Scope,
    Service, ServiceError,
};

const TARGET: &str = "AWSStepFunctions.";

/// The operations that are covered.
pub(super) const COVERED: [&str; 16] = [
    "CreateStateMachine",
    "DeleteStateMachine",
    "DescribeExecution",
    "DescribeStateMachine",
    "DescribeStateMachineForExecution",
    "GetExecutionHistory",
    "ListExecutions",
    "ListStateMachines",
    "ListTagsForResource",
    "StartExecution",
    "StartSyncExecution",
    "StopExecution",
    "TagResource",
    "UntagResource",
    "UpdateStateMachine",
    "ValidateStateMachineDefinition",
];

/// All machines and executions, of all accounts, by their ARNs.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) machines: BTreeMap<String, StateMachine>,
    pub(super) executions: BTreeMap<String, Arc<Live>>,
}

/// What Step Functions needs of its surroundings.
pub struct Parts {
    pub authority: Arc<Authority>,
    pub clock: Arc<dyn Clock>,
    pub random: Random,
    pub keeper: Arc<Keeper>,
    /// How machines call other services.
    pub dispatch: Arc<dyn Dispatch>,
    pub activity: Arc<Activity>,
}

/// AWS Step Functions.
pub struct StepFunctions(pub(super) Arc<Core>);

/// What executions in the background share with the service.
pub(super) struct Core {
    pub(super) parts: Parts,
    state: Mutex<State>,
}

/// A call at work, with everything locked.
pub(super) struct Desk<'a> {
    pub(super) core: &'a Core,
    pub(super) state: &'a mut State,
    pub(super) scope: &'a Scope,
    pub(super) body: &'a Map<String, Value>,
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// Executions that the call began; they run when the lock is free again.
    pub(super) begun: Vec<Arc<Live>>,
}

struct Input {
    name: String,
    body: Map<String, Value>,
}

impl Desk<'_> {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// A member that must be there.
    pub(super) fn required(&self, name: &str) -> Result<String, ServiceError> {
        self.text(name).map(str::to_owned).ok_or_else(|| missing(name))
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

impl StepFunctions {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Core { parts, state: Mutex::default() }))
    }

    async fn run(&self, call: &Call, input: &Input) -> Result<Value, ServiceError> {
        let core = &self.0;
        let (answer, begun) = {
            let mut state = core.state();
            let mut desk = Desk {
                core,
                state: &mut state,
                scope: &call.scope,
                body: &input.body,
                now: core.now(),
                begun: Vec::new(),
            };
            let answer = operate(&mut desk, &input.name);
            (answer, desk.begun)
        };
        for live in begun {
            // Out of the caller's task: whoever hangs up ends nothing.
            let driven = tokio::spawn(drive::drive(Arc::clone(core), Arc::clone(&live)));
            if input.name == "StartSyncExecution" {
                driven.await.map_err(|_| {
                    ServiceError::new(500, "InternalFailure", "the execution was cut by the sandbox's end")
                })?;
                return Ok(start::outcome(&live.lock()));
            }
        }
        answer
    }
}

fn operate(desk: &mut Desk<'_>, name: &str) -> Result<Value, ServiceError> {
    match name {
        "CreateStateMachine" => machines::create(desk),
        "DescribeStateMachine" => machines::describe(desk),
        "UpdateStateMachine" => machines::update(desk),
        "DeleteStateMachine" => machines::delete(desk),
        "ListStateMachines" => machines::list(desk),
        "ValidateStateMachineDefinition" => machines::validate(desk),
        "StartExecution" => start::start(desk),
        "StartSyncExecution" => start::start_and_wait(desk),
        "StopExecution" => executions::stop(desk),
        "DescribeExecution" => executions::describe(desk),
        "DescribeStateMachineForExecution" => executions::describe_machine(desk),
        "ListExecutions" => executions::list(desk),
        "GetExecutionHistory" => history::get(desk),
        "TagResource" => tags::tag(desk),
        "UntagResource" => tags::untag(desk),
        "ListTagsForResource" => tags::list(desk),
        other => Err(ServiceError::not_covered("stepfunctions", other)),
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl fmt::Debug for StepFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepFunctions").finish_non_exhaustive()
    }
}

impl Service for StepFunctions {
    fn signing_name(&self) -> &'static str {
        "states"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Json10
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let target = request.header("x-amz-target").unwrap_or_default();
        let name = target.strip_prefix(TARGET).unwrap_or_default();
        if !COVERED.contains(&name) {
            return Err(Api::lacks("stepfunctions", name));
        }
        let body: Map<String, Value> = serde_json::from_slice(&request.body)
            .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
        let accesses = accesses(name, &body, scope)?;
        let looks = ["List", "Describe", "Get", "Validate"].iter().any(|verb| name.starts_with(verb));
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
                return Err(ServiceError::new(500, "InternalFailure", "The parameters are missing."));
            };
            let answer = self.run(&call, input).await?;
            Ok(Response { body: answer.to_string().into(), ..Response::empty(200) }
                .with_header("content-type", "application/x-amz-json-1.0"))
        })
    }

    fn reset(&self, account: Option<&AccountId>) {
        let mut state = self.0.state();
        let stays = |scope: &Scope| account.is_some_and(|account| scope.account != *account);
        state.machines.retain(|_, machine| stays(&machine.scope));
        state.executions.retain(|_, live| {
            let stays = stays(&live.lock().scope);
            live.gone.store(!stays, Ordering::Release);
            stays
        });
    }
}
