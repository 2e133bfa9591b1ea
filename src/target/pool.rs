use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Accounts that scenarios take turns in: a file that all processes of a host share. An account that was not left empty is set aside until a
/// person says that it is clean.
#[derive(Debug, Clone)]
pub struct Pool {
    path: PathBuf,
}

/// What an account of a pool is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Turn {
    Free,
    Leased {
        by: String,
        since: Timestamp,
    },
    /// Something was left behind: what, one line each.
    Quarantined {
        left: Vec<String>,
        since: Timestamp,
    },
}

/// Why a pool did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error("no account is free: {0}")]
    NoneFree(String),
    #[error("account {0} is not leased by {1}")]
    NotYours(String, String),
    #[error("account {0} is not in quarantine")]
    NotQuarantined(String),
    #[error("cannot keep the pool in {}: {source}", .path.display())]
    File { path: PathBuf, source: io::Error },
}

type Turns = BTreeMap<String, Turn>;

impl Pool {
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Takes a free account out of those that are permitted, the first by number.
    pub fn take(&self, permitted: &[String], by: &str, now: Timestamp) -> Result<String, PoolError> {
        self.change(|turns| {
            for account in permitted {
                turns.entry(account.clone()).or_insert(Turn::Free);
            }
            let free = permitted.iter().filter(|account| turns.get(*account) == Some(&Turn::Free)).min();
            let Some(account) = free.cloned() else { return Err(PoolError::NoneFree(told(turns))) };
            turns.insert(account.clone(), Turn::Leased { by: by.to_owned(), since: now });
            Ok(account)
        })
    }

    /// Gives an account back. One in which something was left is set aside.
    pub fn give_back(
        &self,
        account: &str,
        by: &str,
        left: Vec<String>,
        now: Timestamp,
    ) -> Result<Turn, PoolError> {
        self.change(|turns| {
            match turns.get(account) {
                Some(Turn::Leased { by: holder, .. }) if holder == by => {}
                _ => return Err(PoolError::NotYours(account.to_owned(), by.to_owned())),
            }
            let turn = if left.is_empty() { Turn::Free } else { Turn::Quarantined { left, since: now } };
            turns.insert(account.to_owned(), turn.clone());
            Ok(turn)
        })
    }

    /// Sets an account aside, whatever it is doing: who leased it does not get it back.
    pub fn set_aside(&self, account: &str, reason: &str, now: Timestamp) -> Result<(), PoolError> {
        self.change(|turns| {
            let left = vec![reason.to_owned()];
            turns.insert(account.to_owned(), Turn::Quarantined { left, since: now });
            Ok(())
        })
    }

    /// Lets an account out of quarantine: somebody looked, and it is empty.
    pub fn clear(&self, account: &str) -> Result<(), PoolError> {
        self.change(|turns| match turns.get(account) {
            Some(Turn::Quarantined { .. }) => {
                turns.insert(account.to_owned(), Turn::Free);
                Ok(())
            }
            _ => Err(PoolError::NotQuarantined(account.to_owned())),
        })
    }

    /// Returns what each account is doing.
    pub fn turns(&self) -> Result<Turns, PoolError> {
        self.change(|turns| Ok(turns.clone()))
    }

    /// Changes the pool while no other process does. A reader sees all of a change or nothing.
    fn change<T>(&self, work: impl FnOnce(&mut Turns) -> Result<T, PoolError>) -> Result<T, PoolError> {
        let file = |source| PoolError::File { path: self.path.clone(), source };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(file)?;
        let lock = File::create(self.path.with_extension("lock")).map_err(file)?;
        lock.lock().map_err(file)?;
        let before: Turns = match fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| file(io::Error::other(error)))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Turns::new(),
            Err(error) => return Err(file(error)),
        };
        let mut turns = before.clone();
        let done = work(&mut turns)?;
        if turns != before {
            let draft = self.path.with_extension("new");
            let bytes = serde_json::to_vec_pretty(&turns).map_err(|error| file(io::Error::other(error)))?;
            let mut written = File::create(&draft).map_err(file)?;
            written.write_all(&bytes).and_then(|()| written.sync_all()).map_err(file)?;
            fs::rename(&draft, &self.path).map_err(file)?;
        }
        Ok(done)
    }
}

fn told(turns: &Turns) -> String {
    let told = turns.iter().map(|(account, turn)| match turn {
        Turn::Free => format!("{account} is free, and not permitted"),
        Turn::Leased { by, .. } => format!("{account} is leased by {by}"),
        Turn::Quarantined { left, .. } => format!("{account} is set aside: {}", left.join(", ")),
    });
    told.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn accounts() -> Vec<String> {
        ["222222222222", "111111111111"].map(str::to_owned).to_vec()
    }

    #[test]
    fn an_account_is_one_persons_at_a_time_and_not_anybodys_with_something_left_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let pool = Pool::at(folder.path().join("pool.json"));
        assert_eq!(pool.take(&accounts(), "a", NOW).unwrap(), "111111111111");
        assert_eq!(pool.take(&accounts(), "b", NOW).unwrap(), "222222222222");
        let problem = pool.take(&accounts(), "c", NOW).unwrap_err().to_string();
        assert!(problem.contains("111111111111 is leased by a"), "{problem}");

        assert!(matches!(pool.give_back("111111111111", "b", vec![], NOW), Err(PoolError::NotYours(..))));
        let left = vec!["AWS::S3::Bucket/forgotten in eu-west-1".to_owned()];
        assert!(matches!(pool.give_back("111111111111", "a", left, NOW), Ok(Turn::Quarantined { .. })));
        assert_eq!(pool.give_back("222222222222", "b", vec![], NOW).unwrap(), Turn::Free);
        assert_eq!(pool.take(&accounts(), "c", NOW).unwrap(), "222222222222");
        let problem = pool.take(&accounts(), "d", NOW).unwrap_err().to_string();
        assert!(problem.contains("forgotten"), "{problem}");

        pool.clear("111111111111").unwrap();
        assert!(pool.clear("222222222222").is_err(), "it is leased");
        assert_eq!(pool.take(&accounts(), "d", NOW).unwrap(), "111111111111");
    }

    #[test]
    fn processes_that_ask_at_once_get_accounts_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let pool = Pool::at(folder.path().join("pool.json"));
        let accounts: Vec<String> = (0..12).map(|number| format!("{number:012}")).collect();
        let taken: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..12)
                .map(|taker| {
                    scope.spawn({
                        let (pool, accounts) = (&pool, &accounts);
                        move || pool.take(accounts, &taker.to_string(), NOW).unwrap()
                    })
                })
                .collect();
            takers.into_iter().map(|taker| taker.join().unwrap()).collect()
        });
        assert_eq!(taken.len(), 12);
    }
}
