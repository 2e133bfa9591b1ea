use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Entry;
use crate::sandbox::AccountId;

/// How many calls of one account are kept; the oldest go first. An attempt of 90 minutes makes some thousands.
const KEPT: usize = 20_000;

/// The calls of every account, and those of nobody, each bounded by itself: no account can push out another's.
#[derive(Debug, Default)]
pub struct AuditLog {
    entries: Mutex<HashMap<Option<AccountId>, VecDeque<Entry>>>,
}

impl AuditLog {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn record(&self, entry: Entry) {
        let mut entries = self.lock();
        let own = entries.entry(entry.account.clone()).or_default();
        if own.len() >= KEPT {
            own.pop_front();
        }
        own.push_back(entry);
    }

    /// Returns an account's calls that `keep` wants, oldest first.
    pub fn entries(&self, account: &AccountId, keep: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let entries = self.lock();
        entries
            .get(&Some(account.clone()))
            .map(|own| own.iter().filter(|entry| keep(entry)).cloned().collect())
            .unwrap_or_default()
    }

    /// Returns the calls that no account could be told of, oldest first: refused requests with unknown keys or none.
    pub fn nobodys(&self, keep: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let entries = self.lock();
        entries
            .get(&None)
            .map(|own| own.iter().filter(|entry| keep(entry)).cloned().collect())
            .unwrap_or_default()
    }

    /// Forgets the calls of an account, or all.
    pub fn reset(&self, account: Option<&AccountId>) {
        let mut entries = self.lock();
        match account {
            Some(account) => drop(entries.remove(&Some(account.clone()))),
            None => entries.clear(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Option<AccountId>, VecDeque<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
