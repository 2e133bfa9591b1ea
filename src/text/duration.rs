use std::time::Duration;

/// What is wrong with a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a duration; write a whole number with its unit, for example `20s`, `90m`, `1h30m`, or `1d`"
)]
pub struct DurationError(pub String);

/// Units from long to short, in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Parses whole numbers with units, the longer unit first: `90m`, `20s`, `1d`, `1h30m`, `250ms`.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    parse(text).map(Duration::from_millis).ok_or_else(|| DurationError(text.to_owned()))
}

fn parse(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut units = UNITS.as_slice();
    let mut total: Option<u64> = None;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let place = units.iter().position(|(unit, _)| *unit == &rest[..letters])?;
        total = Some(total.unwrap_or(0).checked_add(number.checked_mul(units[place].1)?)?);
        units = &units[place + 1..];
        rest = &rest[letters..];
    }
    total
}

/// Returns a duration as [`parse_duration`] reads it: `1h30m`, `20s`, `1d`. What is below a millisecond is cut off.
pub fn show_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let parts = UNITS.iter().map(|(unit, length)| {
        let number = rest / length;
        rest %= length;
        if number == 0 { String::new() } else { format!("{number}{unit}") }
    });
    let shown: String = parts.collect();
    if shown.is_empty() { "0s".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_shown_alike() {
        for (text, seconds) in [("20s", 20), ("1h30m", 5400), ("1d", 86_400), ("2d3h4m5s", 183_845)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)));
            assert_eq!(show_duration(Duration::from_secs(seconds)), text);
        }
        assert_eq!(show_duration(parse_duration("90m").unwrap()), "1h30m");
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(show_duration(Duration::ZERO), "0s");
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "90", "m", "-1m", "1.5h", "30m1h", "1m1m", "5 m", "99999999999999999d", "1y"] {
            assert_eq!(parse_duration(text), Err(DurationError(text.to_owned())), "{text}");
        }
    }
}
