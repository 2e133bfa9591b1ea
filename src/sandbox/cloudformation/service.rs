use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::operations::{Entry, NOT_COVERED, OPERATIONS};
use super::state::State;
use crate::context::{Clock, Random};
use crate::sandbox::keeping::Keeper;
use crate::sandbox::query::{Parameters, answer};
use crate::sandbox::{
    AccountId, Activity, Call, Caller, Directory, Future, ObjectReader, Operation, Protocol, Request,
    Response, Scope, Service, ServiceError,
};

const NAMESPACE: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

/// AWS CloudFormation.
pub struct CloudFormation {
    core: Arc<Core>,
}

/// What the service is made of.
pub struct Parts {
    pub clock: Arc<dyn Clock>,
    pub random: Random,
    pub directory: Arc<dyn Directory>,
    /// Where templates lie that are named by their address.
    pub objects: Arc<dyn ObjectReader>,
    pub keeper: Arc<Keeper>,
    pub activity: Arc<Activity>,
    /// Where the sandbox itself is reached.
    pub url: String,
}

/// What the work in the background shares with the calls.
pub(super) struct Core {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Random,
    pub(super) directory: Arc<dyn Directory>,
    pub(super) objects: Arc<dyn ObjectReader>,
    pub(super) keeper: Arc<Keeper>,
    pub(super) activity: Arc<Activity>,
    pub(super) url: String,
    state: Mutex<State>,
}

/// A call at work.
pub(super) struct Desk<'a> {
    pub(super) core: &'a Arc<Core>,
    pub(super) scope: &'a Scope,
    pub(super) caller: &'a Caller,
    pub(super) parameters: &'a Parameters,
}

/// What `resolve` hands to `handle`.
struct Input {
    entry: &'static Entry,
    parameters: Parameters,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("url", &self.url).finish_non_exhaustive()
    }
}

impl CloudFormation {
    pub fn new(parts: Parts) -> Self {
        let Parts { clock, random, directory, objects, keeper, activity, url } = parts;
        let state = Mutex::default();
        Self { core: Arc::new(Core { clock, random, directory, objects, keeper, activity, url, state }) }
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }
}

impl Core {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CloudFormation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudFormation").finish_non_exhaustive()
    }
}

impl Service for CloudFormation {
    fn signing_name(&self) -> &'static str {
        "cloudformation"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Query
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let parameters = Parameters::of(request);
        let name = parameters.get("Action").unwrap_or_default();
        let Some(entry) = OPERATIONS.iter().find(|entry| entry.name == name) else {
            return Err(if NOT_COVERED.contains(&name) {
                ServiceError::not_covered("cloudformation", name)
            } else {
                let message = format!("Could not find operation {name} for version 2010-05-15");
                ServiceError::new(400, "InvalidAction", message)
            });
        };
        Ok(Operation {
            name: entry.name.to_owned(),
            accesses: entry.accesses(&self.core.state(), scope, &parameters),
            mutates: entry.mutates,
            input: Box::new(Input { entry, parameters }),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move {
            let Ok(input) = call.operation.input.downcast::<Input>() else {
                let message = "the operation was not resolved by CloudFormation";
                return Err(ServiceError::new(500, "InternalFailure", message));
            };
            let desk = Desk {
                core: &self.core,
                scope: &call.scope,
                caller: &call.caller,
                parameters: &input.parameters,
            };
            let result = input.entry.run(&desk).await?;
            Ok(answer(input.entry.name, NAMESPACE, &result, &call.request.id))
        })
    }

    fn reset(&self, account: Option<&AccountId>) {
        self.core.state().reset(account);
    }
}
