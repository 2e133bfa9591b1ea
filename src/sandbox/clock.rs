use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::context::Clock;

/// The sandbox's clock: the context's, plus what its owner advanced it by. It never goes back.
#[derive(Debug)]
pub struct SandboxClock {
    base: Arc<dyn Clock>,
    /// When (by the base) it was advanced, and by how much in all since then.
    advances: Mutex<Vec<(Timestamp, Duration)>>,
}

impl SandboxClock {
    pub fn new(base: Arc<dyn Clock>) -> Self {
        Self { base, advances: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Timestamp, Duration)>> {
        self.advances.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far it is ahead of the base.
    pub fn ahead(&self) -> Duration {
        self.lock().last().map_or(Duration::ZERO, |(_, ahead)| *ahead)
    }

    /// Moves it forward, and returns how far it is ahead now.
    pub fn advance(&self, by: Duration) -> Duration {
        let ahead = self.ahead().saturating_add(by);
        self.lock().push((self.base.now(), ahead));
        ahead
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        self.base.now().saturating_add(self.ahead()).unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.base.elapsed().saturating_add(self.ahead())
    }

    fn boot(&self) -> String {
        self.base.boot()
    }

    fn translate(&self, outside: Timestamp) -> Timestamp {
        let advances = self.lock();
        // Signatures tell whole seconds: one of the second of an advance is taken as made after it.
        let then = advances
            .iter()
            .rev()
            .find(|(since, _)| since.as_second() <= outside.as_second())
            .map_or(Duration::ZERO, |(_, ahead)| *ahead);
        outside.saturating_add(then).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::ManualClock;

    #[test]
    fn what_was_signed_before_an_advance_ages_by_it_and_what_is_signed_after_does_not() {
        let base = Arc::new(ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap()));
        let clock = SandboxClock::new(base.clone());
        let before = base.now();
        base.advance(Duration::from_secs(10));
        clock.advance(Duration::from_hours(1));
        base.advance(Duration::from_secs(10));
        let age = |signed| clock.now().duration_since(clock.translate(signed)).as_secs();
        assert_eq!((age(before), age(base.now())), (3620, 0));
        assert_eq!(clock.elapsed(), Duration::from_secs(3620));
    }
}
