use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Turn;

/// Accounts that scenarios take turns in: a file that all processes of a host share. An account that was not left empty is set aside until a
/// person says that it is clean.
#[derive(Debug, Clone)]
pub struct Pool {
    path: PathBuf,
}

/// Why a pool did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error("no account is free: {0}")]
    NoneFree(String),
    /// The one account that will do is not free.
    #[error("account {0} is {1}")]
    Taken(String, Turn),
    #[error("account {0} is not leased by {1}")]
    NotYours(String, String),
    #[error("attempt {1} is in account {0}")]
    Occupied(String, String),
    #[error("account {0} is not in quarantine")]
    NotQuarantined(String),
    #[error("cannot keep the pool in {}: {source}", .path.display())]
    File { path: PathBuf, source: io::Error },
}

type Turns = BTreeMap<String, Turn>;

impl Pool {
    /// The pool of those who share a state folder.
    pub fn below(folder: &Path) -> Self {
        Self { path: folder.join("accounts.json") }
    }

    /// Takes a free account out of those that are permitted, the first by number.
    pub fn take(&self, permitted: &[String], by: &str, now: Timestamp) -> Result<String, PoolError> {
        self.change(|turns| {
            for account in permitted {
                turns.entry(account.clone()).or_insert(Turn::Free);
            }
            let free = permitted.iter().filter(|account| turns.get(*account) == Some(&Turn::Free)).min();
            let Some(account) = free.cloned() else { return Err(PoolError::NoneFree(told(turns))) };
            turns.insert(account.clone(), Turn::Leased { by: by.to_owned(), since: now, attempt: None });
            Ok(account)
        })
    }

    /// Takes the first of these accounts for an attempt: one that is free, or one of those that `leased_by` leased and that no other attempt is in.
    /// One that the attempt is in already is taken again.
    pub fn enter(
        &self,
        permitted: &[String],
        attempt: &str,
        leased_by: Option<&str>,
        now: Timestamp,
    ) -> Result<String, PoolError> {
        self.change(|turns| {
            for account in permitted {
                turns.entry(account.clone()).or_insert(Turn::Free);
            }
            let mut open: Vec<(String, Turn)> = turns
                .iter()
                .filter(|(account, _)| permitted.contains(account))
                .filter_map(|(account, turn)| {
                    turn.entered(attempt, leased_by, now).map(|entered| (account.clone(), entered))
                })
                .collect();
            // Where it is in already comes before everything else: it has one.
            open.sort_by_key(|(account, _)| turns[account].attempt() != Some(attempt));
            let entered = open.into_iter().next();
            if let Some((account, turn)) = entered {
                turns.insert(account.clone(), turn);
                return Ok(account);
            }
            turns.retain(|account, _| permitted.contains(account));
            match (turns.first_key_value(), leased_by) {
                (Some((account, Turn::Free)), Some(name)) if turns.len() == 1 => {
                    Err(PoolError::NotYours(account.clone(), name.to_owned()))
                }
                (Some((account, turn)), _) if turns.len() == 1 => {
                    Err(PoolError::Taken(account.clone(), turn.clone()))
                }
                _ => Err(PoolError::NoneFree(told(turns))),
            }
        })
    }

    /// Lets an attempt out of an account, into which others may go only if nothing was left in it. Returns what the account does then. An attempt
    /// that is not in it changes nothing.
    pub fn leave(
        &self,
        account: &str,
        attempt: &str,
        left: Vec<String>,
        now: Timestamp,
    ) -> Result<Turn, PoolError> {
        self.change(|turns| {
            let turn = turns.get(account).unwrap_or(&Turn::Free).vacated(attempt, left, now);
            turns.insert(account.to_owned(), turn.clone());
            Ok(turn)
        })
    }

    /// Lets attempts out of whatever they hold: they never came to be, and made nothing anywhere.
    pub fn forget(&self, attempts: &BTreeSet<String>, now: Timestamp) -> Result<(), PoolError> {
        self.change(|turns| {
            for turn in turns.values_mut() {
                if let Some(attempt) = turn.attempt().filter(|one| attempts.contains(*one)) {
                    *turn = turn.vacated(attempt, Vec::new(), now);
                }
            }
            Ok(())
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
                Some(Turn::Leased { by: holder, attempt, .. }) if holder == by => {
                    if let Some(attempt) = attempt {
                        return Err(PoolError::Occupied(account.to_owned(), attempt.clone()));
                    }
                }
                _ => return Err(PoolError::NotYours(account.to_owned(), by.to_owned())),
            }
            let turn = if left.is_empty() {
                Turn::Free
            } else {
                Turn::Quarantined { left, since: now, attempt: None }
            };
            turns.insert(account.to_owned(), turn.clone());
            Ok(turn)
        })
    }

    /// Sets an account aside, whatever it is doing: who leased it does not get it back.
    pub fn set_aside(&self, account: &str, reason: &str, now: Timestamp) -> Result<(), PoolError> {
        self.change(|turns| {
            let left = vec![reason.to_owned()];
            // That one goes on, and nobody else gets in before it is over.
            let attempt = turns.get(account).and_then(Turn::attempt).map(str::to_owned);
            turns.insert(account.to_owned(), Turn::Quarantined { left, since: now, attempt });
            Ok(())
        })
    }

    /// Lets an account out of quarantine: somebody looked, and it is empty.
    pub fn clear(&self, account: &str) -> Result<(), PoolError> {
        self.change(|turns| match turns.get(account) {
            Some(Turn::Quarantined { attempt: Some(attempt), .. }) => {
                Err(PoolError::Occupied(account.to_owned(), attempt.clone()))
            }
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
            // The name is on disk once its folder is: who has an account is not forgotten with the power.
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(file)?;
        }
        Ok(done)
    }
}

fn told(turns: &Turns) -> String {
    let told = turns.iter().map(|(account, turn)| match turn {
        Turn::Free => format!("{account} is free, and not what was asked for"),
        turn => format!("{account} is {turn}"),
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
        let pool = Pool::below(folder.path());
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
        let pool = Pool::below(folder.path());
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

    #[test]
    fn an_attempt_takes_one_account_and_is_told_who_has_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let pool = Pool::below(folder.path());
        let [first, second] = ["111111111111", "222222222222"];
        assert_eq!(pool.take(&accounts(), "ada", NOW).unwrap(), first);
        assert_eq!(pool.enter(&accounts(), "a-1", None, NOW).unwrap(), second);
        pool.give_back(first, "ada", vec![], NOW).unwrap();
        assert_eq!(pool.enter(&accounts(), "a-1", None, NOW).unwrap(), second, "it has one");
        assert_eq!(pool.take(&accounts(), "ada", NOW).unwrap(), first);
        let told = pool.enter(&accounts(), "a-2", None, NOW).unwrap_err().to_string();
        assert!(told.contains("leased by ada") && told.contains("leased by attempt a-1"), "{told}");
        let only = |account: &str| vec![account.to_owned()];
        assert!(matches!(pool.enter(&only(second), "a-2", None, NOW), Err(PoolError::Taken(..))));
        assert!(matches!(
            pool.enter(&only("333333333333"), "a-2", Some("ada"), NOW),
            Err(PoolError::NotYours(..))
        ));

        assert_eq!(pool.enter(&accounts(), "a-2", Some("ada"), NOW).unwrap(), first);
        assert!(pool.enter(&accounts(), "a-3", Some("ada"), NOW).is_err(), "one at a time");
        assert!(matches!(pool.give_back(first, "ada", vec![], NOW), Err(PoolError::Occupied(..))));
        assert!(matches!(pool.leave(first, "a-2", vec![], NOW), Ok(Turn::Leased { attempt: None, .. })));
        assert_eq!(pool.give_back(first, "ada", vec![], NOW).unwrap(), Turn::Free);
        assert!(matches!(pool.give_back(second, "attempt a-1", vec![], NOW), Err(PoolError::Occupied(..))));
        assert_eq!(pool.leave(second, "a-1", vec![], NOW).unwrap(), Turn::Free);
        assert_eq!(pool.leave(second, "a-1", vec!["late".to_owned()], NOW).unwrap(), Turn::Free);
    }

    #[test]
    fn an_account_that_is_set_aside_during_an_attempt_stays_so_and_is_cleared_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let pool = Pool::below(folder.path());
        let account = pool.enter(&accounts(), "a-1", None, NOW).unwrap();
        pool.set_aside(&account, "a bill", NOW).unwrap();
        assert!(matches!(pool.clear(&account), Err(PoolError::Occupied(..))));
        assert!(matches!(
            pool.leave(&account, "a-1", vec![], NOW),
            Ok(Turn::Quarantined { attempt: None, .. })
        ));
        pool.clear(&account).unwrap();
        assert_eq!(pool.turns().unwrap()[&account], Turn::Free);
    }

    #[test]
    fn what_attempts_hold_that_never_came_to_be_is_free_again() {
        let folder = tempfile::tempdir().unwrap();
        let pool = Pool::below(folder.path());
        let account = pool.enter(&accounts(), "a-1", None, NOW).unwrap();
        let other = pool.enter(&accounts(), "a-2", None, NOW).unwrap();
        pool.forget(&BTreeSet::from(["a-1".to_owned()]), NOW).unwrap();
        assert_eq!(pool.turns().unwrap()[&account], Turn::Free);
        assert_eq!(pool.turns().unwrap()[&other].attempt(), Some("a-2"));
    }
}
