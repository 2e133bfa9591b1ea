use std::time::Duration;

use crate::aws::Patience;
use crate::context::Clock;
use crate::evidence::TroubleKind;

/// The time that a check has to come right.
#[derive(Debug)]
pub(super) struct Window<'a> {
    clock: &'a dyn Clock,
    opened: Duration,
    limit: Duration,
    /// Used up by themselves too, so that a clock that stands still ends no grade.
    pauses: Vec<Duration>,
    /// A mismatch was seen when half of the time was over.
    seen_late: bool,
}

/// What a look at the check showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Passed,
    Differs,
    Troubled(TroubleKind),
}

/// What to do after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// This look counts.
    Take,
    /// The last look that showed something counts; after it we could not look any more.
    TakeLastSeen,
    LookAgain {
        after: Duration,
    },
}

impl<'a> Window<'a> {
    /// Opens a window; `None` is no time at all: one look.
    pub(super) fn open(clock: &'a dyn Clock, limit: Option<Duration>) -> Self {
        let limit = limit.unwrap_or_default();
        let patience = Patience { limit, first: Duration::from_millis(125), longest: Duration::from_secs(5) };
        let mut pauses: Vec<_> = patience.waits().collect();
        pauses.reverse();
        Self { clock, opened: clock.elapsed(), limit, pauses, seen_late: false }
    }

    pub(super) fn after(&mut self, look: Look) -> Decision {
        let again = match look {
            Look::Passed => return Decision::Take,
            Look::Differs => {
                self.seen_late |= self.open_for() * 2 >= self.limit;
                true
            }
            Look::Troubled(kind) => !matches!(kind, TroubleKind::Internal | TroubleKind::Unsupported),
        };
        match self.pause() {
            Some(after) if again => Decision::LookAgain { after },
            _ if look != Look::Differs && self.seen_late => Decision::TakeLastSeen,
            _ => Decision::Take,
        }
    }

    /// Returns how long to wait before the next look; `None` when the time is over.
    fn pause(&mut self) -> Option<Duration> {
        let left = self.limit.saturating_sub(self.open_for());
        let pause = self.pauses.pop()?.min(left);
        (!pause.is_zero()).then_some(pause)
    }

    fn open_for(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.opened)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::context::ManualClock;

    const GONE: Look = Look::Troubled(TroubleKind::Unreachable);

    fn clock() -> ManualClock {
        ManualClock::at(Timestamp::UNIX_EPOCH)
    }

    /// Looks as often as the window allows; `look` says what is seen after so many milliseconds.
    fn outcome(seconds: u64, look: impl Fn(u128) -> Look) -> (Vec<u128>, Decision) {
        let clock = clock();
        let mut window = Window::open(&clock, Some(Duration::from_secs(seconds)));
        let mut looks = Vec::new();
        loop {
            let now = clock.elapsed().as_millis();
            looks.push(now);
            match window.after(look(now)) {
                Decision::LookAgain { after } => clock.advance(after),
                decision => return (looks, decision),
            }
        }
    }

    #[test]
    fn a_mismatch_is_looked_at_until_the_time_is_over() {
        assert_eq!(outcome(4, |_| Look::Differs), (vec![0, 125, 375, 875, 1875, 3875, 4000], Decision::Take));
    }

    #[test]
    fn a_pass_ends_it_at_once() {
        let late = |now| if now < 1000 { Look::Differs } else { Look::Passed };
        assert_eq!(outcome(4, late), (vec![0, 125, 375, 875, 1875], Decision::Take));
    }

    #[test]
    fn a_hard_error_at_the_end_does_not_hide_what_was_seen_before() {
        let dies_late = |now| if now < 3900 { Look::Differs } else { GONE };
        assert_eq!(outcome(4, dies_late).1, Decision::TakeLastSeen);
    }

    #[test]
    fn a_target_that_dies_early_leaves_the_check_undetermined() {
        let dies_early = |now| if now < 1000 { Look::Differs } else { GONE };
        assert_eq!(outcome(4, dies_early).1, Decision::Take);
    }

    #[test]
    fn a_target_that_comes_back_passes() {
        let back = |now| if now < 3000 { GONE } else { Look::Passed };
        assert_eq!(outcome(4, back).1, Decision::Take);
        assert_eq!(outcome(4, back).0.len(), 6);
    }

    #[test]
    fn what_will_not_pass_is_not_tried_again() {
        for kind in [TroubleKind::Internal, TroubleKind::Unsupported] {
            assert_eq!(outcome(4, |_| Look::Troubled(kind)), (vec![0], Decision::Take));
        }
    }

    #[test]
    fn no_window_is_one_look() {
        let clock = clock();
        assert_eq!(Window::open(&clock, None).after(Look::Differs), Decision::Take);
    }

    #[test]
    fn looks_that_take_long_leave_fewer_of_them() {
        let clock = clock();
        let mut window = Window::open(&clock, Some(Duration::from_secs(20)));
        clock.advance(Duration::from_secs(30));
        assert_eq!(window.after(Look::Differs), Decision::Take);
    }

    #[test]
    fn a_clock_that_stands_still_ends_the_window_too() {
        let clock = clock();
        let mut window = Window::open(&clock, Some(Duration::from_mins(1)));
        let again = std::iter::from_fn(|| match window.after(Look::Differs) {
            Decision::LookAgain { after } => Some(after),
            _ => None,
        });
        assert!(again.count() < 20);
    }
}
