use std::fmt::Debug;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Tells the time of day, and how much time has passed.
pub trait Clock: Debug + Send + Sync {
    /// Returns the time of day.
    fn now(&self) -> Timestamp;
    /// Returns the time since some fixed moment; never runs backwards.
    fn elapsed(&self) -> Duration;
    /// Names the span within which [`elapsed`](Self::elapsed) counts from the same moment, in every process: the machine's boot.
    fn boot(&self) -> String {
        String::new()
    }
    /// Reads the clock in all its ways at once.
    fn reading(&self) -> Reading {
        Reading { wall: self.now(), boot: self.boot(), elapsed: self.elapsed() }
    }
    /// Returns what this clock showed when the machine's own showed `outside`: signatures are made by clients that know
    /// nothing of a clock that was advanced.
    fn translate(&self, outside: Timestamp) -> Timestamp {
        outside
    }
}

/// A moment, by the time of day and by the time since the machine was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub wall: Timestamp,
    pub boot: String,
    pub elapsed: Duration,
}

/// The machine's own clock. It counts while the machine sleeps, and no change of the time of day moves it.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
    boot: String,
}

impl SystemClock {
    pub fn new() -> Self {
        // Elsewhere than on Linux nothing is known of other processes: each counts from its own start.
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        let boot = boot.map_or_else(|_| format!("process {}", std::process::id()), |id| id.trim().to_owned());
        Self { start: Instant::now(), boot }
    }

    /// `CLOCK_BOOTTIME` (clock_gettime(2)): unlike `CLOCK_MONOTONIC` it goes on while the machine is suspended.
    #[cfg(target_os = "linux")]
    fn since_boot() -> Option<Duration> {
        nix::time::clock_gettime(nix::time::ClockId::CLOCK_BOOTTIME).ok().map(Duration::from)
    }

    #[cfg(not(target_os = "linux"))]
    fn since_boot() -> Option<Duration> {
        None
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        Self::since_boot().unwrap_or_else(|| self.start.elapsed())
    }

    fn boot(&self) -> String {
        self.boot.clone()
    }
}

/// A clock that stands still until it is advanced. For tests.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<(Timestamp, Duration)>,
    boots: Mutex<u32>,
}

impl ManualClock {
    pub fn at(now: Timestamp) -> Self {
        Self { state: Mutex::new((now, Duration::ZERO)), boots: Mutex::default() }
    }

    /// Moves both the time of day and the elapsed time forward.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.0 = state.0.saturating_add(by).unwrap_or(Timestamp::MAX);
        state.1 += by;
    }

    /// Sets the time of day, as somebody who turns the clock does.
    pub fn set_time_of_day(&self, now: Timestamp) {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0 = now;
    }

    /// Begins to count from nothing, as a machine does that was started anew.
    pub fn reboot(&self) {
        *self.boots.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).1 = Duration::ZERO;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0
    }

    fn elapsed(&self) -> Duration {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).1
    }

    fn boot(&self) -> String {
        format!("boot {}", self.boots.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manual_clock_moves_only_when_told() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().as_second(), 90);
        assert_eq!(clock.elapsed(), Duration::from_secs(90));
    }
}
