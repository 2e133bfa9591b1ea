use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{AttemptId, State};
use crate::challenge::{Bar, Retake};
use crate::score;
use crate::text::count;

/// An attempt that a candidate made before at the same challenge, in earnest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub id: AttemptId,
    pub state: State,
    pub result: Option<score::Result>,
    /// When it ended; of one that goes on, when it began.
    pub time: Timestamp,
}

/// Why another attempt may not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the attempt {0} has not ended yet")]
    Going(AttemptId),
    #[error("{} {} made, and the challenge allows no more", count(usize::try_from(*.0).unwrap_or(usize::MAX), "attempt"), if *.0 == 1 { "was" } else { "were" })]
    TooMany(u32),
    #[error("the last attempt was failed; another one is possible from {} on", shown(*.0))]
    Wait(Timestamp),
    #[error("the challenge was passed; another attempt is possible from {} on", shown(*.0))]
    Barred(Timestamp),
    #[error("the challenge was passed, and allows no attempt after that")]
    BarredForGood,
}

fn shown(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Says whether a candidate may start another attempt now. Void attempts do not count.
pub fn may_start(rules: &Retake, past: &[Past], now: Timestamp) -> Result<(), Refusal> {
    let counted: Vec<&Past> = past.iter().filter(|past| past.state != State::Void).collect();
    if let Some(going) = counted.iter().find(|past| !past.state.is_over()) {
        return Err(Refusal::Going(going.id.clone()));
    }
    let last = |result| counted.iter().filter(|past| past.result == Some(result)).map(|past| past.time).max();
    if let (Some(bar), Some(passed)) = (rules.bar_after_pass, last(score::Result::Passed)) {
        match bar {
            Bar::Always => return Err(Refusal::BarredForGood),
            Bar::For(time) => {
                let until = passed.saturating_add(time).unwrap_or(Timestamp::MAX);
                if now < until {
                    return Err(Refusal::Barred(until));
                }
            }
        }
    }
    if let Some(most) = rules.max_attempts
        && counted.len() >= usize::try_from(most).unwrap_or(usize::MAX)
    {
        return Err(Refusal::TooMany(most));
    }
    if let (Some(wait), Some(failed)) = (rules.wait_after_fail, last(score::Result::Failed)) {
        let until = failed.saturating_add(wait).unwrap_or(Timestamp::MAX);
        if now < until {
            return Err(Refusal::Wait(until));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::attempt::attempt::tests::id;

    const DAY: Duration = Duration::from_hours(24);

    fn past(state: State, result: Option<score::Result>, time: &str) -> Past {
        Past { id: id(), state, result, time: time.parse().unwrap() }
    }

    fn asked(rules: Retake, past: &[Past], now: &str) -> Result<(), String> {
        may_start(&rules, past, now.parse().unwrap()).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn after_a_fail_the_candidate_waits_and_is_told_until_when() {
        let rules = Retake { wait_after_fail: Some(DAY), ..Retake::default() };
        let failed = [past(State::Graded, Some(score::Result::Failed), "2026-01-01T10:00:00Z")];
        let told = asked(rules, &failed, "2026-01-02T09:59:59Z").unwrap_err();
        assert_eq!(told, "the last attempt was failed; another one is possible from 2026-01-02 10:00 UTC on");
        assert_eq!(asked(rules, &failed, "2026-01-02T10:00:00Z"), Ok(()));
        assert_eq!(asked(Retake::default(), &failed, "2026-01-01T10:00:01Z"), Ok(()));
    }

    #[test]
    fn after_a_pass_the_challenge_is_barred_as_long_as_it_says() {
        let passed = [past(State::Released, Some(score::Result::Passed), "2026-01-01T10:00:00Z")];
        let bar = |bar| Retake { bar_after_pass: Some(bar), ..Retake::default() };
        let told = asked(bar(Bar::For(DAY)), &passed, "2026-01-01T11:00:00Z").unwrap_err();
        assert!(told.contains("2026-01-02 10:00 UTC"), "{told}");
        assert_eq!(asked(bar(Bar::For(DAY)), &passed, "2026-01-02T11:00:00Z"), Ok(()));
        assert!(asked(bar(Bar::Always), &passed, "2036-01-01T11:00:00Z").is_err());
    }

    #[test]
    fn void_attempts_do_not_count_and_a_running_one_must_end_first() {
        let rules = Retake { max_attempts: Some(1), ..Retake::default() };
        let now = "2026-01-05T10:00:00Z";
        let void = past(State::Void, None, "2026-01-01T10:00:00Z");
        let failed = past(State::Graded, Some(score::Result::Failed), "2026-01-01T10:00:00Z");
        assert_eq!(asked(rules, std::slice::from_ref(&void), now), Ok(()));
        let told = asked(rules, &[void, failed], now).unwrap_err();
        assert_eq!(told, "1 attempt was made, and the challenge allows no more");
        let going = asked(rules, &[past(State::Running, None, "2026-01-05T09:00:00Z")], now).unwrap_err();
        assert_eq!(going, "the attempt a-7k2m9q4xbd has not ended yet");
    }
}
