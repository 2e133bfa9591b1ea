use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::AccountId;

/// What a poller notes that waits to try something again: it is kept waiting for by nobody.
const RETRYING: u64 = u64::MAX;

/// What the sandbox still does by itself for an account: batches of queues and streams, events on their way to functions.
///
/// Whoever looks for the effect of something asks when all of it is done: [`Activity::ask`] begins a question, and
/// [`Activity::is_quiet`] answers it. An account is quiet when nothing is being worked on, and when each poller has looked since, both
/// since the question and since the last work ended, and found nothing. What waits for its next attempt is not waited for.
#[derive(Debug, Default)]
pub struct Activity {
    accounts: Mutex<HashMap<AccountId, State>>,
    wake: Notify,
}

/// How an account rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Everything is done that can be done now, and what followed from it.
    pub quiet: bool,
    /// Something failed, and waits to be tried again.
    pub retrying: bool,
}

#[derive(Debug, Default)]
struct State {
    /// Grows with each question and each work that ends.
    moment: u64,
    working: usize,
    /// By number: the moment at which a poller began a look that found nothing.
    pollers: HashMap<u64, u64>,
    next: u64,
}

impl Activity {
    /// Begins a question, and wakes the pollers. Returns the moment to ask [`Self::is_quiet`] about.
    pub fn ask(&self, account: &AccountId) -> u64 {
        let moment = {
            let mut accounts = self.lock();
            let state = accounts.entry(account.clone()).or_default();
            state.moment += 1;
            state.moment
        };
        self.wake.notify_waiters();
        moment
    }

    /// Whether everything that was to be done at a moment is done, and what followed from it.
    pub fn is_quiet(&self, account: &AccountId, moment: u64) -> bool {
        self.rest(account, moment).quiet
    }

    /// Says how an account rests since a moment.
    pub fn rest(&self, account: &AccountId, moment: u64) -> Rest {
        let rest = self.lock().get(account).map_or(Rest { quiet: true, retrying: false }, |state| {
            let since = state.moment.max(moment);
            let mut idle = state.pollers.values();
            Rest {
                quiet: state.working == 0 && idle.clone().all(|idle| *idle >= since),
                retrying: idle.any(|idle| *idle == RETRYING),
            }
        });
        if !rest.quiet {
            self.wake.notify_waiters();
        }
        rest
    }

    /// Notes that something is being worked on until the guard is dropped.
    pub fn work(self: &Arc<Self>, account: &AccountId) -> Working {
        self.lock().entry(account.clone()).or_default().working += 1;
        Working { activity: Arc::clone(self), account: account.clone(), came_to_something: true }
    }

    /// Notes that somebody looks for work until the guard is dropped.
    pub fn poller(self: &Arc<Self>, account: &AccountId) -> Poller {
        let mut accounts = self.lock();
        let state = accounts.entry(account.clone()).or_default();
        state.next += 1;
        let number = state.next;
        state.pollers.insert(number, 0);
        Poller { activity: Arc::clone(self), account: account.clone(), number }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AccountId, State>> {
        // Numbers are never half changed.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A piece of work.
#[derive(Debug)]
pub struct Working {
    activity: Arc<Activity>,
    account: AccountId,
    came_to_something: bool,
}

impl Working {
    /// Ends work that came to nothing: there was none.
    pub fn nothing(mut self) {
        self.came_to_something = false;
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some(state) = self.activity.lock().get_mut(&self.account) {
            state.working = state.working.saturating_sub(1);
            // What it led to may be work for another poller.
            state.moment += u64::from(self.came_to_something);
        }
    }
}

/// One that looks for work again and again.
#[derive(Debug)]
pub struct Poller {
    activity: Arc<Activity>,
    account: AccountId,
    number: u64,
}

impl Poller {
    /// Returns the moment at which a look begins.
    pub fn begins(&self) -> u64 {
        self.activity.lock().get(&self.account).map_or(0, |state| state.moment)
    }

    /// Notes that the look that began at a moment found nothing that can be done now.
    pub fn found_nothing(&self, moment: u64) {
        if let Some(state) = self.activity.lock().get_mut(&self.account) {
            state.pollers.insert(self.number, moment);
        }
    }

    /// Waits before what failed is tried again; nobody is kept waiting by it.
    pub async fn retry_after(&self, time: std::time::Duration) {
        self.found_nothing(RETRYING);
        tokio::time::sleep(time).await;
        self.found_nothing(0);
    }

    /// Waits before the next look, unless somebody asks.
    pub async fn rest(&self, time: std::time::Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.activity.wake.notified() => {}
        }
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        if let Some(state) = self.activity.lock().get_mut(&self.account) {
            state.pollers.remove(&self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        AccountId::parse("111122223333").unwrap()
    }

    #[test]
    fn an_account_where_nothing_polls_is_quiet_at_once() {
        let activity = Activity::default();
        let moment = activity.ask(&account());
        assert!(activity.is_quiet(&account(), moment));
    }

    #[test]
    fn a_poller_has_to_look_after_the_question() {
        let activity = Arc::new(Activity::default());
        let poller = activity.poller(&account());
        let early = poller.begins();
        let moment = activity.ask(&account());
        poller.found_nothing(early);
        assert!(!activity.is_quiet(&account(), moment));
        poller.found_nothing(poller.begins());
        assert!(activity.is_quiet(&account(), moment));
    }

    #[test]
    fn what_was_worked_on_may_lead_to_more() {
        let activity = Arc::new(Activity::default());
        let poller = activity.poller(&account());
        let moment = activity.ask(&account());
        let working = activity.work(&account());
        poller.found_nothing(poller.begins());
        assert!(!activity.is_quiet(&account(), moment));
        drop(working);
        assert!(!activity.is_quiet(&account(), moment), "the poller has to look again");
        poller.found_nothing(poller.begins());
        assert!(activity.is_quiet(&account(), moment));
    }

    #[tokio::test]
    async fn what_waits_to_be_tried_again_keeps_nobody_waiting_and_is_told() {
        let activity = Arc::new(Activity::default());
        let poller = activity.poller(&account());
        let moment = activity.ask(&account());
        tokio::select! {
            biased;
            () = poller.retry_after(std::time::Duration::from_hours(1)) => {}
            () = async {
                assert_eq!(activity.rest(&account(), moment), Rest { quiet: true, retrying: true });
            } => {}
        }
        poller.retry_after(std::time::Duration::ZERO).await;
        let after = activity.rest(&account(), moment);
        assert_eq!(after, Rest { quiet: false, retrying: false }, "it has to look again");
    }

    #[test]
    fn a_poller_that_is_gone_is_not_waited_for() {
        let activity = Arc::new(Activity::default());
        let poller = activity.poller(&account());
        let moment = activity.ask(&account());
        drop(poller);
        assert!(activity.is_quiet(&account(), moment));
    }
}
