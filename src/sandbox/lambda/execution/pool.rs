use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::shell::Kept;
use crate::context::Clock;
use crate::sandbox::lambda::entity::{FunctionName, Target};
use crate::sandbox::{AccountId, Scope, ServiceError};

/// Environments that work at once, of all accounts; more wait their turn. A machine is not a cloud.
const BUSY: usize = 64;
/// Environments that are kept warm.
const WARM: usize = 48;
/// Of those, what one account may have: it cannot crowd the others out.
const WARM_OF_ACCOUNT: usize = 24;
/// How often it is looked whether one was without work for too long.
const SWEEP: Duration = Duration::from_secs(20);
/// How long an environment stays warm without work.
const WARM_FOR: Duration = Duration::from_mins(10);
/// Role sessions are renewed, with the environment, this long before they end.
const SESSION_MARGIN: i64 = 300;

/// The environments of all functions: warm ones wait here.
pub(super) struct Pool {
    state: Mutex<State>,
    busy: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    warm: Vec<Warm>,
    functions: HashMap<(Scope, String), Usage>,
}

struct Warm {
    kept: Kept,
    /// Of the snapshot that it runs.
    build: String,
    function: (Scope, String),
    since: Duration,
}

#[derive(Default, Clone, Copy)]
struct Usage {
    busy: u32,
    /// Counts the changes of the function: what was started before one is not used after it.
    generation: u64,
}

/// The right to run one invocation.
pub(super) struct Lease {
    count: Counted,
    generation: u64,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Mutex::default(), busy: Arc::new(Semaphore::new(BUSY)), clock }
    }

    /// Ends environments that were without work for too long, for as long as the pool is there.
    pub(super) fn keep_swept(self: &Arc<Self>) {
        let pool = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                let Some(pool) = pool.upgrade() else { return };
                let now = pool.clock.elapsed();
                let mut state = pool.lock();
                let gone = surplus(&mut state.warm, now);
                drop(state);
                drop(gone);
            }
        });
    }

    /// Waits for a turn and returns a warm environment, or else one that was reset, if there is one that runs exactly this snapshot.
    pub(super) async fn acquire(
        self: &Arc<Self>,
        target: &Target,
    ) -> Result<(Lease, Option<Kept>), ServiceError> {
        let function = key(&target.name);
        {
            // The function's own limit is a refusal, not a wait.
            let mut state = self.lock();
            let busy = state.functions.get(&function).map_or(0, |usage| usage.busy);
            if target.reserved.is_some_and(|reserved| busy >= reserved) {
                return Err(throttled());
            }
            state.functions.entry(function.clone()).or_default().busy += 1;
        }
        // Counted down when the lease goes, or when the turn never comes.
        let count = Counted { pool: Arc::clone(self), function: function.clone() };
        let permit = Arc::clone(&self.busy)
            .acquire_owned()
            .await
            .map_err(|_| ServiceError::new(500, "ServiceException", "the sandbox is shutting down"))?;
        let mut state = self.lock();
        let generation = state.functions.get(&function).map_or(0, |usage| usage.generation);
        let warm = self.take_warm(&mut state, &target.snapshot.build);
        Ok((Lease { count, generation, _permit: permit }, warm))
    }

    fn take_warm(&self, state: &mut State, build: &str) -> Option<Kept> {
        let now = self.clock.now();
        // The one used last is the likeliest to be in the processor's caches.
        let warm = |one: &Warm| one.build == build && one.kept.is_warm();
        while let Some(index) = state.warm.iter().rposition(warm) {
            if let Kept::Warm(mut environment) = state.warm.remove(index).kept {
                let session = environment.expires.as_second() - now.as_second();
                if session > SESSION_MARGIN && environment.process.is_alive() {
                    return Some(Kept::Warm(environment));
                }
            }
        }
        let reset = state.warm.iter().rposition(|one| one.build == build)?;
        Some(state.warm.remove(reset).kept)
    }

    /// Ends the warm environments of a function, and those that work once they have answered.
    pub(super) fn forget(&self, name: &FunctionName) {
        let function = key(name);
        self.drop_where(|other| *other == function);
    }

    pub(super) fn reset(&self, account: Option<&AccountId>) {
        self.drop_where(|(scope, _)| account.is_none_or(|account| *account == scope.account));
    }

    fn drop_where(&self, matches: impl Fn(&(Scope, String)) -> bool) {
        let mut state = self.lock();
        for (function, usage) in &mut state.functions {
            if matches(function) {
                usage.generation += 1;
            }
        }
        let (gone, kept) =
            std::mem::take(&mut state.warm).into_iter().partition(|warm| matches(&warm.function));
        state.warm = kept;
        drop(state);
        // Their folders are removed, which needs no lock.
        drop::<Vec<Warm>>(gone);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Gives an environment back to be used again.
    pub(super) fn give_back(self, kept: Kept, target: &Target) {
        let Counted { pool, function } = &self.count;
        let now = pool.clock.elapsed();
        let mut state = pool.lock();
        let generation = state.functions.get(function).map_or(0, |usage| usage.generation);
        if generation != self.generation {
            return;
        }
        state.warm.push(Warm {
            kept,
            build: target.snapshot.build.clone(),
            function: function.clone(),
            since: now,
        });
        let gone = surplus(&mut state.warm, now);
        drop(state);
        drop(gone);
    }
}

/// Takes out what is not to be kept warm: they stand in the order of their last use.
fn surplus(warm: &mut Vec<Warm>, now: Duration) -> Vec<Warm> {
    let mut gone = vec![];
    while warm.len() > WARM || warm.first().is_some_and(|oldest| now.saturating_sub(oldest.since) > WARM_FOR)
    {
        gone.push(warm.remove(0));
    }
    if let Some(newest) = warm.last() {
        let account = newest.function.0.account.clone();
        let own = |one: &Warm| one.function.0.account == account;
        if warm.iter().filter(|one| own(one)).count() > WARM_OF_ACCOUNT
            && let Some(index) = warm.iter().position(own)
        {
            gone.push(warm.remove(index));
        }
    }
    gone
}

/// Counts a function's invocation down again.
struct Counted {
    pool: Arc<Pool>,
    function: (Scope, String),
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.pool.count_down(&self.function);
    }
}

impl Pool {
    fn count_down(&self, function: &(Scope, String)) {
        let mut state = self.lock();
        if let Some(usage) = state.functions.get_mut(function) {
            usage.busy = usage.busy.saturating_sub(1);
            // Nobody is left who would compare its generation.
            if usage.busy == 0 {
                state.functions.remove(function);
            }
        }
    }
}

fn key(name: &FunctionName) -> (Scope, String) {
    (name.scope.clone(), name.name.clone())
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
fn throttled() -> ServiceError {
    ServiceError::new(429, "TooManyRequestsException", "Rate Exceeded.")
        .with("Reason", json!("ReservedFunctionConcurrentInvocationLimitExceeded"))
        .with("Type", json!("User"))
}
