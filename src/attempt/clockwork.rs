use std::time::Duration;

use super::{Event, Ledger, State};
use crate::context::Reading;

/// What the time of day may be ahead or behind before it is told.
const TOLERANCE: Duration = Duration::from_secs(2);

/// How an attempt stands with its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoning {
    /// All the time that it has: the allowance, credits and extensions.
    pub whole: Duration,
    /// What of it has passed.
    pub used: Duration,
}

impl Reckoning {
    /// Whether there is no end.
    pub fn is_unlimited(self) -> bool {
        self.whole == Duration::MAX
    }

    pub fn left(self) -> Duration {
        self.whole.saturating_sub(self.used)
    }
}

/// How far time of day and time since the start of the machine went apart between two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discrepancy {
    pub wall_ms: i64,
    pub elapsed_ms: i64,
}

/// Returns the time between two readings. Within a boot the time since the boot tells it, which counts sleep and knows no
/// jumps; across boots only the time of day is left, and it never counts below nothing.
pub fn passed(from: &Reading, to: &Reading) -> Duration {
    if from.boot == to.boot {
        return to.elapsed.saturating_sub(from.elapsed);
    }
    to.wall.duration_since(from.wall).try_into().unwrap_or_default()
}

/// Returns how far the two ways of telling the time disagree, if that is more than clocks drift.
pub fn discrepancy(from: &Reading, to: &Reading) -> Option<Discrepancy> {
    let wall_ms = i64::try_from(to.wall.duration_since(from.wall).as_millis()).unwrap_or(i64::MAX);
    let elapsed = if from.boot == to.boot { to.elapsed.saturating_sub(from.elapsed) } else { Duration::ZERO };
    let elapsed_ms = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
    let differ =
        if from.boot == to.boot { wall_ms.abs_diff(elapsed_ms) } else { wall_ms.min(0).unsigned_abs() };
    (u128::from(differ) > TOLERANCE.as_millis()).then_some(Discrepancy { wall_ms, elapsed_ms })
}

impl Ledger {
    /// Returns the time of an attempt, as it stands at `now`; `None` before its clock was started.
    ///
    /// The time used is the sum of what passed from entry to entry, each by the clock that can tell it. It stands still from
    /// the freeze on.
    pub fn reckon(&self, now: &Reading) -> Option<Reckoning> {
        let mut whole = Duration::ZERO;
        let mut used = Duration::ZERO;
        let mut last: Option<&Reading> = None;
        let mut frozen = false;
        for entry in &self.entries {
            let facts = &entry.facts;
            if let (Some(before), false) = (last, frozen) {
                used = used.saturating_add(passed(before, &facts.time));
                last = Some(&facts.time);
            }
            match &facts.event {
                Event::Created(creation) => whole = creation.allowance.whole(),
                Event::Finished { state: State::Running, .. } => last = Some(&facts.time),
                Event::Begun { state: State::Frozen | State::Void, .. } => frozen = true,
                Event::Credited { given, .. } | Event::Extended { given, .. } => {
                    whole = whole.saturating_add(*given);
                }
                _ => {}
            }
        }
        let last = last?;
        if !frozen {
            used = used.saturating_add(passed(last, now));
        }
        Some(Reckoning { whole, used })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::attempt::tests::{created, id};
    use crate::context::{Clock as _, ManualClock};

    fn clock() -> ManualClock {
        ManualClock::at("2026-01-01T09:00:00Z".parse().unwrap())
    }

    fn note(ledger: &mut Ledger, clock: &ManualClock, event: Event) {
        let entry = ledger.next(&id(), clock.reading(), "host", event).unwrap();
        ledger.entries.push(entry);
    }

    fn running(clock: &ManualClock) -> Ledger {
        let mut ledger = Ledger::default();
        note(&mut ledger, clock, created());
        clock.advance(Duration::from_mins(5));
        assert_eq!(ledger.reckon(&clock.reading()), None, "putting up costs nothing");
        note(&mut ledger, clock, Event::Finished { state: State::Running, note: String::new() });
        ledger
    }

    #[test]
    fn time_passes_from_the_start_to_the_freeze() {
        let clock = clock();
        let mut ledger = running(&clock);
        clock.advance(Duration::from_mins(10));
        let reckoning = ledger.reckon(&clock.reading()).unwrap();
        assert_eq!((reckoning.used, reckoning.left()), (Duration::from_mins(10), Duration::from_mins(80)));
        note(&mut ledger, &clock, Event::Begun { state: State::Frozen, reason: None, why: String::new() });
        clock.advance(Duration::from_hours(10));
        assert_eq!(ledger.reckon(&clock.reading()).unwrap().used, Duration::from_mins(10));
    }

    #[test]
    fn credits_and_extensions_are_added_to_what_there_is() {
        let clock = clock();
        let mut ledger = running(&clock);
        for event in [
            Event::Credited { given: Duration::from_mins(3), why: String::new() },
            Event::Extended { given: Duration::from_mins(7), why: String::new() },
        ] {
            note(&mut ledger, &clock, event);
        }
        assert_eq!(ledger.reckon(&clock.reading()).unwrap().whole, Duration::from_mins(100));
    }

    #[test]
    fn turning_the_clock_neither_gives_nor_takes_time_and_is_told() {
        let clock = clock();
        let mut ledger = running(&clock);
        let before = clock.reading();
        clock.set_time_of_day("2026-01-01T08:00:00Z".parse().unwrap());
        clock.advance(Duration::from_mins(1));
        note(&mut ledger, &clock, Event::Submitted);
        assert_eq!(ledger.reckon(&clock.reading()).unwrap().used, Duration::from_mins(1));
        let told = discrepancy(&before, &clock.reading()).unwrap();
        assert_eq!((told.wall_ms, told.elapsed_ms), (-64 * 60_000, 60_000));
        assert_eq!(discrepancy(&clock.reading(), &clock.reading()), None);
    }

    #[test]
    fn across_a_boot_the_time_of_day_counts_and_never_backwards() {
        let clock = clock();
        let mut ledger = running(&clock);
        clock.advance(Duration::from_mins(2));
        note(&mut ledger, &clock, Event::Stopped { why: String::new() });
        clock.reboot();
        clock.advance(Duration::from_mins(4));
        note(&mut ledger, &clock, Event::Resumed);
        clock.advance(Duration::from_mins(1));
        assert_eq!(ledger.reckon(&clock.reading()).unwrap().used, Duration::from_mins(7));
        clock.reboot();
        clock.set_time_of_day("2020-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(ledger.reckon(&clock.reading()).unwrap().used, Duration::from_mins(6));
        let told = discrepancy(&ledger.entries[3].facts.time, &clock.reading());
        assert!(told.is_some_and(|told| told.wall_ms < 0), "{told:?}");
    }
}
