use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::Entry;
use crate::sandbox::AccountId;
use crate::sandbox::keeping::{Durable, Keeper, Records};

/// How many calls of one account are kept; the oldest go first. An attempt of 90 minutes makes some thousands.
const KEPT: usize = 20_000;
/// Its records, among those of the services.
const NAME: &str = "audit";

/// The calls of every account, and those of nobody, each bounded by itself: no account can push out another's.
///
/// Where the sandbox keeps its state, it keeps those of the accounts too, each within moments of its answer; those of nobody are not
/// worth the room.
#[derive(Debug, Default)]
pub struct AuditLog {
    entries: Mutex<HashMap<Option<AccountId>, Own>>,
    keeper: OnceLock<Arc<Keeper>>,
}

/// The calls of one account, and how many there ever were.
#[derive(Debug, Default)]
struct Own {
    count: u64,
    entries: VecDeque<Arc<Entry>>,
}

impl AuditLog {
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps what is recorded from now on.
    pub fn keep_in(&self, keeper: &Arc<Keeper>) {
        if keeper.is_durable() {
            // Once, at the start.
            let _ = self.keeper.set(Arc::clone(keeper));
        }
    }

    pub fn record(&self, entry: Entry) {
        let mut entries = self.lock();
        let own = entries.entry(entry.account.clone()).or_default();
        let kept = self.keeper.get().zip(entry.account.as_ref());
        let written = kept.and_then(|_| serde_json::to_vec(&entry).ok());
        if let (Some((keeper, account)), Some(written)) = (kept, written) {
            let mut changes = vec![(key(own.count), Some(written))];
            if own.entries.len() >= KEPT {
                changes.push((key(own.count - KEPT as u64), None));
            }
            keeper.put(NAME, account, changes);
        }
        if own.entries.len() >= KEPT {
            own.entries.pop_front();
        }
        own.count += 1;
        own.entries.push_back(Arc::new(entry));
    }

    /// Returns an account's calls that `keep` wants, oldest first.
    pub fn entries(&self, account: &AccountId, keep: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
        wanted(self.lock().get(&Some(account.clone())), keep)
    }

    /// Returns the calls that no account could be told of, oldest first: refused requests with unknown keys or none.
    pub fn nobodys(&self, keep: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
        wanted(self.lock().get(&None), keep)
    }

    /// Forgets the calls of an account, or all.
    pub fn reset(&self, account: Option<&AccountId>) {
        let mut entries = self.lock();
        match account {
            Some(account) => drop(entries.remove(&Some(account.clone()))),
            None => entries.clear(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Option<AccountId>, Own>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Durable for AuditLog {
    fn name(&self) -> &'static str {
        NAME
    }

    fn restore(&self, account: &AccountId, mut records: Records, _keeper: &Keeper) -> Result<(), String> {
        records.sort();
        let mut own = Own::default();
        for (key, record) in records {
            let number: u64 = key.parse().map_err(|_| format!("{key} is no number"))?;
            own.count = own.count.max(number + 1);
            let entry: Entry = serde_json::from_slice(&record).map_err(|error| error.to_string())?;
            own.entries.push_back(Arc::new(entry));
        }
        self.lock().insert(Some(account.clone()), own);
        Ok(())
    }
}

fn wanted(own: Option<&Own>, keep: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
    own.into_iter().flat_map(|own| &own.entries).filter(|entry| keep(entry)).cloned().collect()
}

/// Keys sort as the numbers do.
fn key(number: u64) -> String {
    format!("{number:020}")
}
