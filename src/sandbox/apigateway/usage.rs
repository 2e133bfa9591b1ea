//! The counts of requests that quotas are held against.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::entity::Quota;

/// Plan and key.
type Name = (String, String);

/// Requests by plan and key. It is not worth keeping over a restart.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// By day since the epoch.
    days: HashMap<Name, BTreeMap<i64, i64>>,
    /// What was granted beyond the quota, and in which period.
    granted: HashMap<Name, (i64, i64)>,
}

impl Usage {
    /// Counts a request, unless nothing is left for it.
    pub(super) fn count(&mut self, name: Name, quota: Option<&Quota>, now: Timestamp) -> bool {
        let today = now.as_second().div_euclid(86_400);
        if quota.is_some_and(|quota| self.left(&name, quota, today) <= 0) {
            return false;
        }
        *self.days.entry(name).or_default().entry(today).or_default() += 1;
        true
    }

    /// Requests of one day.
    pub(super) fn on(&self, name: &Name, day: i64) -> i64 {
        self.days.get(name).and_then(|days| days.get(&day)).copied().unwrap_or_default()
    }

    /// Requests of the period that a day is in, up to that day.
    pub(super) fn used(&self, name: &Name, quota: &Quota, day: i64) -> i64 {
        let period = quota.period_of(day);
        let Some(days) = self.days.get(name) else { return 0 };
        days.range(..=day).rev().take_while(|(day, _)| quota.period_of(**day) == period).map(|(_, n)| n).sum()
    }

    /// What is left of the quota at the end of a day.
    pub(super) fn left(&self, name: &Name, quota: &Quota, day: i64) -> i64 {
        let granted = self.granted.get(name).filter(|(period, _)| *period == quota.period_of(day));
        let more = granted.map_or(0, |(_, more)| *more);
        (quota.limit + more - self.used(name, quota, day)).max(0)
    }

    pub(super) fn grant(&mut self, name: Name, period: i64, more: i64) {
        self.granted.insert(name, (period, more));
    }
}

impl Quota {
    /// The number of the period that a day is in.
    pub(super) fn period_of(&self, day: i64) -> i64 {
        match self.period.as_str() {
            // The first of January 1970 was a Thursday; weeks begin on Sunday.
            "WEEK" => (day + 4).div_euclid(7),
            "MONTH" => {
                let at = Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or_default();
                let date = at.to_zoned(TimeZone::UTC).date();
                i64::from(date.year()) * 12 + i64::from(date.month())
            }
            _ => day,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_ends_and_what_was_granted_ends_with_it() {
        let quota = Quota { limit: 2, offset: 0, period: "WEEK".to_owned() };
        let name = || ("plan".to_owned(), "key".to_owned());
        let mut usage = Usage::default();
        // A Friday and the Saturday after it.
        let (friday, saturday) = (at("2026-05-01T12:00:00Z"), at("2026-05-02T12:00:00Z"));
        let mut count = |now| usage.count(name(), Some(&quota), now);
        assert_eq!([count(friday), count(saturday), count(saturday)], [true, true, false]);
        let today = saturday.as_second() / 86_400;
        usage.grant(name(), quota.period_of(today), 1);
        assert_eq!((usage.left(&name(), &quota, today), usage.on(&name(), today)), (1, 1));
        let mut count = |now| usage.count(name(), Some(&quota), now);
        assert_eq!([count(saturday), count(saturday)], [true, false]);
        let sunday = at("2026-05-03T00:00:00Z");
        assert_eq!([count(sunday), count(sunday), count(sunday)], [true, true, false]);
    }

    #[test]
    fn without_a_quota_requests_are_counted_all_the_same() {
        let name = ("plan".to_owned(), "key".to_owned());
        let mut usage = Usage::default();
        let now = at("2026-05-01T12:00:00Z");
        assert!((0..5).all(|_| usage.count(name.clone(), None, now)));
        assert_eq!(usage.on(&name, now.as_second() / 86_400), 5);
    }
}
