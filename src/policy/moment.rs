/// A moment as a date operator of a policy reads it: ISO 8601 in its shorter forms too, or seconds since the epoch.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Since 1970-01-01T00:00:00Z.
    nanoseconds: i128,
}

/// Years that IAM takes: those of a 64-bit count of milliseconds.
const YEARS: std::ops::RangeInclusive<i64> = -292_275_054..=292_278_993;

impl Moment {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let seconds = if text.contains(['t', '-']) {
            return Self::parse_iso(&text);
        } else {
            text.parse::<i64>().ok().filter(|seconds| *seconds >= 0)?
        };
        Some(Self { nanoseconds: i128::from(seconds) * 1_000_000_000 })
    }

    fn parse_iso(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('t').unwrap_or((text, ""));
        let (sign, date) = date.strip_prefix('-').map_or((1, date), |rest| (-1, rest));
        let mut parts = date.split('-');
        let year = sign * number(parts.next()?, i64::MAX)?;
        let month = parts.next().map_or(Some(1), |part| number(part, 12))?;
        let day = parts.next().map_or(Some(1), |part| number(part, 31))?;
        if parts.next().is_some() || !YEARS.contains(&year) || month == 0 || day == 0 {
            return None;
        }
        let (time, offset) = split_zone(time)?;
        let mut parts = time.split(':');
        let hour = parts.next().filter(|part| !part.is_empty()).map_or(Some(0), |part| number(part, 23))?;
        let minute = parts.next().map_or(Some(0), |part| number(part, 59))?;
        let (second, fraction) =
            parts.next().map_or(("0", ""), |part| part.split_once('.').unwrap_or((part, "")));
        let second = number(second, 59)?;
        if parts.next().is_some() {
            return None;
        }
        let nanoseconds =
            if fraction.is_empty() { 0 } else { number(&format!("{fraction:0<9}"), 999_999_999)? };
        let seconds =
            days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
        Some(Self { nanoseconds: i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds) })
    }
}

/// Splits off `Z`, `+hh:mm` or `-hh:mm`; without one it is UTC. The offset is in seconds.
fn split_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix('z') {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, 0)) };
    let (time, zone) = time.split_at(at);
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone[1..].split_once(':').unwrap_or((&zone[1..], "00"));
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    Some((time, sign * (number(hours, 23)? * 3600 + number(minutes, 59)? * 60)))
}

fn number(text: &str, most: i64) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= most)
}

/// Counts days in the proleptic Gregorian calendar, years beginning in March so that the leap day is the last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i128 {
        Moment::parse(text).unwrap().nanoseconds / 1_000_000_000
    }

    #[test]
    fn the_forms_that_policies_use_mean_the_same_moment() {
        let expected = 1_498_867_200;
        for text in ["2017-07-01T00:00:00Z", "2017-07", "2017-07-01", "2017-07-01t02:00+02", "1498867200"] {
            assert_eq!(seconds(text), expected, "{text}");
        }
        assert_eq!(seconds("2017-06-30T19:00:00.5-05:00"), expected);
        assert_eq!(seconds("1970-01-01T00:00:00Z"), 0);
        assert_eq!(seconds("2000-02-29T00:00:00Z") + 86_400, seconds("2000-03-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "soon", "2017-13-01", "2017-1-1-1", "9223372036854775808", "2017-01-01T25:00", "-1-"]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
