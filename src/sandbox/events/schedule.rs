use jiff::Timestamp;

use super::cron::Cron;

/// When a rule fires by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Schedule {
    /// Every so many milliseconds, counted from when the rule was made or switched on.
    Rate(i64),
    Cron(Box<Cron>),
}

impl Schedule {
    /// Reads `rate(5 minutes)` or `cron(0 10 * * ? *)`; `None` where it is neither.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html>
    pub(super) fn parse(text: &str) -> Option<Self> {
        let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(fields) = inner("cron") {
            return Cron::parse(fields).map(|cron| Self::Cron(Box::new(cron)));
        }
        let (count, unit) = inner("rate")?.split_once(' ')?;
        let count: i64 = count.parse().ok().filter(|count| (1..=100_000_000).contains(count))?;
        let minutes = match unit.strip_suffix('s').unwrap_or(unit) {
            "minute" => 1,
            "hour" => 60,
            "day" => 24 * 60,
            _ => return None,
        };
        // One minute, but two minutes.
        (unit.ends_with('s') == (count != 1)).then_some(Self::Rate(count * minutes * 60_000))
    }

    /// The first time after another. All are milliseconds since 1970; `anchor` is when the rule was made or switched on.
    pub(super) fn next(&self, anchor: i64, after: i64) -> Option<i64> {
        match self {
            Self::Rate(period) => {
                let passed = (after - anchor).max(0) / period;
                anchor.checked_add(period.checked_mul(passed + 1)?)
            }
            Self::Cron(cron) => {
                cron.next(Timestamp::from_millisecond(after).ok()?).map(Timestamp::as_millisecond)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_counted_from_the_rules_beginning() {
        let rate = Schedule::parse("rate(5 minutes)").unwrap();
        assert_eq!(rate.next(1000, 1000), Some(301_000));
        assert_eq!(rate.next(1000, 301_000), Some(601_000));
        assert_eq!(rate.next(1000, 300_999), Some(301_000));
        assert_eq!(Schedule::parse("rate(1 day)"), Some(Schedule::Rate(86_400_000)));
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in [
            "",
            "rate(1 minutes)",
            "rate(5 minute)",
            "rate(0 minutes)",
            "rate(5 weeks)",
            "rate(5)",
            "every hour",
            "cron(* * *)",
            "at(2026-01-01T00:00:00)",
        ] {
            assert_eq!(Schedule::parse(text), None, "{text}");
        }
    }
}
