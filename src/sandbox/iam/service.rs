use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::operations::{Desk, Entry, NOT_COVERED, OPERATIONS};
use super::resources;
use super::state::State;
use crate::context::{Clock, Random};
use crate::sandbox::authority::Journal;
use crate::sandbox::query::{Parameters, answer};
use crate::sandbox::{
    AccountId, Call, Future, Operation, Protocol, Request, Response, Scope, Service, ServiceError,
};

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// IAM, and the directory of who there is.
pub struct Iam {
    state: RwLock<State>,
    clock: Arc<dyn Clock>,
    random: Random,
    /// Where the roles that services assume are noted.
    journal: Option<Journal>,
}

/// What `resolve` hands to `handle`.
struct Input {
    entry: &'static Entry,
    parameters: Parameters,
}

impl Iam {
    pub fn new(clock: Arc<dyn Clock>, random: Random) -> Self {
        Self { state: RwLock::default(), clock, random, journal: None }
    }

    /// Notes in the audit log which service assumes which role.
    #[must_use]
    pub fn recording(mut self, journal: Journal) -> Self {
        self.journal = Some(journal);
        self
    }

    pub(super) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the seconds since the epoch.
    pub(in crate::sandbox) fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    pub(super) fn random(&self) -> &Random {
        &self.random
    }

    fn run(&self, call: &Call) -> Result<Response, ServiceError> {
        let Some(input) = call.operation.input.downcast_ref::<Input>() else {
            return Err(ServiceError::new(500, "InternalFailure", "the operation was not resolved by IAM"));
        };
        let desk = Desk {
            account: call.scope.account.as_str(),
            now: self.now(),
            random: &self.random,
            caller: &call.caller,
            parameters: &input.parameters,
            about: input.entry.about,
        };
        if call.caller.access_key_id.as_deref().is_some_and(|key| self.is_kept_out(key)) {
            let message = "The security token included in the request is invalid";
            return Err(ServiceError::new(403, "InvalidClientTokenId", message));
        }
        let result = (input.entry.run)(&mut self.write(), &desk)?;
        Ok(answer(input.entry.name, NAMESPACE, &result, &call.request.id))
    }
}

impl fmt::Debug for Iam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iam").finish_non_exhaustive()
    }
}

impl Service for Iam {
    fn signing_name(&self) -> &'static str {
        "iam"
    }

    fn protocol(&self) -> Protocol {
        Protocol::Query
    }

    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError> {
        let parameters = Parameters::of(request);
        let name = parameters.get("Action").unwrap_or_default();
        let Some(entry) = OPERATIONS.iter().find(|entry| entry.name == name) else {
            return Err(if NOT_COVERED.contains(&name) {
                ServiceError::not_covered("iam", name)
            } else {
                let message = format!("Could not find operation {name} for version 2010-05-08");
                ServiceError::new(400, "InvalidAction", message)
            });
        };
        let accesses = resources::accesses(&self.read(), entry, &parameters, scope, request);
        Ok(Operation {
            name: entry.name.to_owned(),
            accesses,
            mutates: entry.mutates(),
            input: Box::new(Input { entry, parameters }),
        })
    }

    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>> {
        Box::pin(async move { self.run(&call) })
    }

    fn reset(&self, account: Option<&AccountId>) {
        let mut state = self.write();
        match account {
            None => *state = State::default(),
            Some(account) => state.forget(account.as_str()),
        }
    }
}
