use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday, date, time};
use jiff::tz::TimeZone;

/// Years that an expression can name.
const YEARS: (i16, i16) = (1970, 2199);
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A cron expression of six fields, in UTC.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Vec<i16>,
    hours: Vec<i16>,
    days: Days,
    months: Vec<i16>,
    /// `None` for any.
    years: Option<Vec<i16>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    /// Of the month.
    Every,
    OfMonth(Vec<i16>),
    /// Counted back from the last.
    BeforeLast(i16),
    /// The weekday nearest to a day.
    Nearest(i16),
    /// 1 is Sunday.
    OfWeek(Vec<i16>),
    /// The last one of a month.
    LastOfWeek(i16),
    /// The nth of a month.
    Nth(i16, i16),
}

impl Cron {
    /// Reads what stands between the parentheses; `None` where it is no expression.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, day, month, weekday, year] = fields[..] else { return None };
        let days = match (day, weekday) {
            // One of the two must be open.
            ("?" | "*", "?") | ("?", "*") => Days::Every,
            ("?", weekday) => of_week(weekday)?,
            (day, "?") => of_month(day)?,
            _ => return None,
        };
        Some(Self {
            minutes: numbers(minutes, (0, 59), &[])?,
            hours: numbers(hours, (0, 23), &[])?,
            days,
            months: numbers(month, (1, 12), &MONTHS)?,
            years: if year == "*" { None } else { Some(numbers(year, YEARS, &[])?) },
        })
    }

    /// The first time after another; `None` where there is none before the last year.
    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let from = after.to_zoned(TimeZone::UTC).datetime();
        let mut day = from.date();
        loop {
            if day.year() > YEARS.1 {
                return None;
            }
            if self.years.as_ref().is_some_and(|years| !years.contains(&day.year())) {
                let later = self.years.iter().flatten().find(|year| **year > day.year())?;
                day = date(*later, 1, 1);
            } else if !self.months.contains(&i16::from(day.month())) {
                day = day.first_of_month().checked_add(1.month()).ok()?;
            } else {
                if self.is_on(day)
                    && let Some(found) = self.within(day, from)
                {
                    return found.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
                }
                day = day.tomorrow().ok()?;
            }
        }
    }

    /// The first time of a day that is later than `from`.
    fn within(&self, day: Date, from: DateTime) -> Option<DateTime> {
        let times =
            self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| (*hour, *minute)));
        times
            .filter_map(|(hour, minute)| {
                Some(time(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0))
            })
            .map(|time| day.to_datetime(time))
            .find(|moment| *moment > from)
    }

    fn is_on(&self, day: Date) -> bool {
        let number = i16::from(day.day());
        let weekday = i16::from(day.weekday().to_sunday_one_offset());
        let last = i16::from(day.days_in_month());
        match &self.days {
            Days::Every => true,
            Days::OfMonth(days) => days.contains(&number),
            Days::BeforeLast(before) => number == last - before,
            Days::Nearest(wanted) => nearest(day, (*wanted).min(last)) == number,
            Days::OfWeek(days) => days.contains(&weekday),
            Days::LastOfWeek(wanted) => weekday == *wanted && number + 7 > last,
            Days::Nth(wanted, nth) => weekday == *wanted && (number - 1) / 7 + 1 == *nth,
        }
    }
}

/// The weekday nearest to a day, within its month.
fn nearest(day: Date, wanted: i16) -> i16 {
    let last = i16::from(day.days_in_month());
    let Some(target) =
        i8::try_from(wanted).ok().and_then(|number| Date::new(day.year(), day.month(), number).ok())
    else {
        return wanted;
    };
    match target.weekday() {
        Weekday::Saturday if wanted == 1 => 3,
        Weekday::Saturday => wanted - 1,
        Weekday::Sunday if wanted == last => wanted - 2,
        Weekday::Sunday => wanted + 1,
        _ => wanted,
    }
}

fn of_month(text: &str) -> Option<Days> {
    let within = |number: &i16| (1..=31).contains(number);
    if text == "*" {
        return Some(Days::Every);
    }
    if text == "L" {
        return Some(Days::BeforeLast(0));
    }
    if let Some(before) = text.strip_prefix("L-") {
        return before.parse().ok().filter(|number| (1..=30).contains(number)).map(Days::BeforeLast);
    }
    if let Some(day) = text.strip_suffix('W') {
        return day.parse().ok().filter(within).map(Days::Nearest);
    }
    numbers(text, (1, 31), &[]).map(Days::OfMonth)
}

fn of_week(text: &str) -> Option<Days> {
    if text == "L" {
        return Some(Days::OfWeek(vec![7]));
    }
    if let Some(day) = text.strip_suffix('L') {
        return number(day, (1, 7), &WEEKDAYS).map(Days::LastOfWeek);
    }
    if let Some((day, nth)) = text.split_once('#') {
        let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth))?;
        return Some(Days::Nth(number(day, (1, 7), &WEEKDAYS)?, nth));
    }
    numbers(text, (1, 7), &WEEKDAYS).map(Days::OfWeek)
}

/// Reads a list of numbers, names, ranges and steps.
fn numbers(text: &str, (least, most): (i16, i16), names: &[&str]) -> Option<Vec<i16>> {
    let mut all = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<i16>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from, (least, most), names)?, number(to, (least, most), names)?),
            None => {
                let from = number(range, (least, most), names)?;
                (from, if step.is_some() { most } else { from })
            }
        };
        let step = usize::try_from(step.unwrap_or(1)).ok()?;
        if from <= to {
            all.extend((from..=to).step_by(step));
        } else {
            // Over the end, as from Friday to Monday.
            all.extend((from..=most).chain(least..=to).step_by(step));
        }
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

fn number(text: &str, (least, most): (i16, i16), names: &[&str]) -> Option<i16> {
    let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let number = match named {
        Some(at) => i16::try_from(at).ok()? + 1,
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok()?,
        None => return None,
    };
    (least..=most).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, after: &str) -> String {
        let cron = Cron::parse(expression).unwrap();
        cron.next(after.parse().unwrap()).map_or_else(|| "never".to_owned(), |next| next.to_string())
    }

    #[test]
    fn the_next_time_is_found() {
        for (expression, after, wanted) in [
            ("0 10 * * ? *", "2026-11-22T09:59:59Z", "2026-11-22T10:00:00Z"),
            ("0 10 * * ? *", "2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z"),
            ("15 12 ? * * *", "2026-11-22T12:15:30Z", "2026-11-23T12:15:00Z"),
            // 2026-11-22 is a Sunday.
            ("0 18 ? * MON-FRI *", "2026-11-20T18:00:00Z", "2026-11-23T18:00:00Z"),
            ("0 8 1 * ? *", "2026-11-22T00:00:00Z", "2026-12-01T08:00:00Z"),
            ("0/15 * * * ? *", "2026-11-22T00:14:00Z", "2026-11-22T00:15:00Z"),
            ("0 9 ? * 2#1 *", "2026-11-22T00:00:00Z", "2026-12-07T09:00:00Z"),
            ("0 9 L * ? *", "2027-02-01T00:00:00Z", "2027-02-28T09:00:00Z"),
            ("0 9 ? * 6L *", "2026-11-22T00:00:00Z", "2026-11-27T09:00:00Z"),
            ("0 9 3W * ? *", "2027-01-01T00:00:00Z", "2027-01-04T09:00:00Z"),
            ("0 0 29 2 ? *", "2026-11-22T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 1 1 ? 2020", "2026-11-22T00:00:00Z", "never"),
            ("5,35 14 ? NOV-FEB SUN *", "2026-11-22T14:06:00Z", "2026-11-22T14:35:00Z"),
        ] {
            assert_eq!(next(expression, after), wanted, "{expression} after {after}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in [
            "",
            "* * * * *",
            "0 10 * * * *",
            "60 10 * * ? *",
            "0 10 32 * ? *",
            "0 10 ? * MOO *",
            "a 1 * * ? *",
            "0 0/0 * * ? *",
            "0 1 1 * MON *",
        ] {
            assert_eq!(Cron::parse(text), None, "{text}");
        }
    }
}
