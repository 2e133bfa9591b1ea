use std::collections::BTreeSet;
use std::fs::File;

use super::{ExamError, failpoint};
use crate::attempt::{AttemptId, Home, Store, StoreError};
use crate::context::Context;
use crate::target::{Pool, Turn};

/// An account whose turn is taken for an attempt that is about to be noted. The pool is told first, so that an attempt that is refused was never there.
/// A process that dies in between leaves a turn whose attempt does not come any more: whoever takes turns next knows it by the right to drive the
/// attempt, which this keeps until the attempt is noted, and which ends with the process.
#[derive(Debug)]
pub struct Booking {
    pub account: String,
    pub(super) id: AttemptId,
    home: Home,
    pool: Pool,
    _claim: File,
}

impl Booking {
    /// Takes the first of these accounts that is free, or that `leased_by` leased.
    pub async fn make(
        context: &Context,
        home: &Home,
        store: &Store,
        permitted: &[String],
        leased_by: Option<&str>,
    ) -> Result<Self, ExamError> {
        let pool = Pool::below(home.root());
        let now = context.clock.now();
        pool.forget(&gone(home, store, &pool).await?, now)?;
        let id = AttemptId::draw(&context.random);
        let folder = home.folder(&id);
        let claim = home.claim(&id).map_err(ExamError::file("cannot lock", folder.clone()))?;
        let claim = claim.ok_or(ExamError::Driven)?;
        let account = pool.enter(permitted, id.as_str(), leased_by, now).inspect_err(|_| {
            // Nothing refers to it.
            let _ = std::fs::remove_dir_all(&folder);
        })?;
        failpoint::reach(&context.environment, "booked");
        Ok(Self { account, id, home: home.clone(), pool, _claim: claim })
    }

    /// Gives the turn back: the attempt does not come to be.
    pub fn cancel(&self, context: &Context) {
        let left = self.pool.leave(&self.account, self.id.as_str(), Vec::new(), context.clock.now());
        if let Err(problem) = left {
            // The next who takes a turn finds that nobody has this one.
            tracing::warn!(%problem, account = self.account, "the account is not given back yet");
        }
        let _ = std::fs::remove_dir_all(self.home.folder(&self.id));
    }
}

/// Returns the attempts that a pool names and that will never come: they are in no ledger, and no process is about to write one. That does not
/// change any more, since nobody draws such a name twice.
pub async fn gone(home: &Home, store: &Store, pool: &Pool) -> Result<BTreeSet<String>, ExamError> {
    let turns = pool.turns()?;
    let mut gone = BTreeSet::new();
    for attempt in turns.values().filter_map(Turn::attempt) {
        if never_comes(home, store, attempt).await? {
            gone.insert(attempt.to_owned());
        }
    }
    Ok(gone)
}

async fn never_comes(home: &Home, store: &Store, attempt: &str) -> Result<bool, ExamError> {
    // What is no id is in no ledger.
    let Ok(id) = attempt.parse::<AttemptId>() else { return Ok(true) };
    if is_noted(store, &id).await? {
        return Ok(false);
    }
    let claim = home.claim(&id).map_err(ExamError::file("cannot lock", home.folder(&id)))?;
    if claim.is_none() {
        return Ok(false);
    }
    // It may have been noted between the two.
    if is_noted(store, &id).await? {
        return Ok(false);
    }
    let folder = home.folder(&id);
    let empty = |folder| std::fs::read_dir(folder).is_ok_and(|files| files.count() <= 1);
    if empty(&folder) {
        // Only the lock is in it, and nothing refers to it.
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(true)
}

async fn is_noted(store: &Store, id: &AttemptId) -> Result<bool, ExamError> {
    match store.length(id).await {
        Ok(_) => Ok(true),
        Err(StoreError::Unknown(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
