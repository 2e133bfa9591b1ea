use std::collections::BTreeMap;
use std::time::Duration;

use super::{AttemptId, Creation, Event, FreezeReason, Ledger, Outcome, Reckoning, Signature, State, Trust};
use crate::context::Reading;

/// What is not possible now with an attempt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the attempt {id} is {is}{}: {what}", if *.under_way { " (under way)" } else { "" })]
pub struct NotNow {
    pub id: AttemptId,
    pub is: State,
    pub under_way: bool,
    /// What follows from it.
    pub what: String,
}

/// An assessor's word on a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    pub pass: bool,
    pub why: String,
    pub by: String,
}

/// An attempt as its ledger tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub id: AttemptId,
    pub creation: Creation,
    pub state: State,
    /// Whether the step into `state` has done what it does.
    pub settled: bool,
    pub submitted: bool,
    pub frozen_by: Option<FreezeReason>,
    /// Digest of the archive.
    pub archive: Option<String>,
    /// Of the last grade, first or anew.
    pub outcome: Option<Outcome>,
    /// Digest of the inspection that was made after the freeze.
    pub inspected: Option<String>,
    /// By question; the last answer counts.
    pub answers: BTreeMap<String, String>,
    /// Costs of the hints that were taken, by check, in hundredths of a point.
    pub hints: BTreeMap<String, u32>,
    /// By `task/check`; the last word counts.
    pub overrides: BTreeMap<String, Override>,
    /// The issuer's last signature.
    pub signed: Option<Signature>,
    pub ledger: Ledger,
}

impl Attempt {
    /// Reads an attempt out of its ledger; `None` where that does not begin with a creation.
    pub fn of(id: AttemptId, ledger: Ledger) -> Option<Self> {
        let first = ledger.entries.first()?;
        let Event::Created(creation) = &first.facts.event else { return None };
        let mut attempt = Self {
            id,
            creation: creation.clone(),
            state: State::Created,
            settled: true,
            submitted: false,
            frozen_by: None,
            archive: None,
            outcome: None,
            inspected: None,
            answers: BTreeMap::new(),
            hints: BTreeMap::new(),
            overrides: BTreeMap::new(),
            signed: None,
            ledger: Ledger::default(),
        };
        for entry in &ledger.entries {
            attempt.apply(&entry.facts.event, &entry.facts.by);
        }
        attempt.ledger = ledger;
        Some(attempt)
    }

    fn apply(&mut self, event: &Event, by: &str) {
        match event {
            Event::Begun { state, reason, .. } => {
                self.state = *state;
                self.settled = false;
                self.frozen_by = reason.or(self.frozen_by);
            }
            Event::Finished { .. } => self.settled = true,
            Event::Submitted => self.submitted = true,
            Event::Inspected { digest } => self.inspected = Some(digest.clone()),
            Event::Answered { question, answer } => {
                self.answers.insert(question.clone(), answer.clone());
            }
            Event::Hinted { check, cost } => {
                self.hints.insert(check.clone(), *cost);
            }
            Event::Graded { outcome, archive } => {
                self.outcome = Some(outcome.clone());
                self.archive = Some(archive.clone());
            }
            Event::Regraded { outcome } => self.outcome = Some(outcome.clone()),
            Event::Overridden { check, pass, why } => {
                let word = Override { pass: *pass, why: why.clone(), by: by.to_owned() };
                self.overrides.insert(check.clone(), word);
            }
            Event::Signed(signature) => self.signed = Some(signature.clone()),
            Event::Created(_)
            | Event::Looked { .. }
            | Event::Credited { .. }
            | Event::Extended { .. }
            | Event::Stopped { .. }
            | Event::Resumed
            | Event::ClockDisagreed { .. }
            | Event::Appealed { .. } => {}
        }
    }

    /// Returns the time as it stands; `None` before the clock was started.
    pub fn reckon(&self, now: &Reading) -> Option<Reckoning> {
        self.ledger.reckon(now)
    }

    /// Whether the candidate can work.
    pub fn is_open(&self) -> bool {
        self.state == State::Running && self.settled && !self.submitted
    }

    /// Returns when something first happened: a step that was finished, or begun.
    pub fn time_of(&self, wanted: impl Fn(&Event) -> bool) -> Option<jiff::Timestamp> {
        let entry = self.ledger.entries.iter().find(|entry| wanted(&entry.facts.event))?;
        Some(entry.facts.time.wall)
    }

    /// Returns what was given beyond the allowance.
    pub fn given(&self) -> Duration {
        let times = self.ledger.entries.iter().filter_map(|entry| match &entry.facts.event {
            Event::Credited { given, .. } | Event::Extended { given, .. } => Some(*given),
            _ => None,
        });
        times.sum()
    }

    /// Says whether an event may happen now, and if not, why.
    pub fn allows(&self, event: &Event) -> Result<(), NotNow> {
        let refuse =
            |what: String| NotNow { id: self.id.clone(), is: self.state, under_way: !self.settled, what };
        let (possible, what) = match event {
            Event::Created(_) => (false, "it was created before".to_owned()),
            Event::Begun { state, .. } => {
                let again = *state == self.state && !self.settled;
                let on = *state != self.state && self.state.leads_to(*state);
                let free = self.settled || *state == State::Void;
                (again || (on && free), format!("it cannot become {state}"))
            }
            Event::Finished { state, .. } => (
                *state == self.state && !self.settled,
                format!("nothing is under way that would make it {state}"),
            ),
            Event::Submitted => (self.is_open(), "there is nothing to submit".to_owned()),
            Event::Answered { .. } => (self.is_open(), "answers are taken while it is running".to_owned()),
            Event::Hinted { .. } => (self.is_open(), "hints are given while it is running".to_owned()),
            Event::Looked { .. } => (self.is_open(), "it is looked at while it is running".to_owned()),
            Event::Signed(_) => (
                self.state.is_over() && self.settled && self.creation.trust == Trust::Issuer,
                "there is nothing to sign".to_owned(),
            ),
            Event::Extended { .. } => {
                (self.state <= State::Running && !self.submitted, "its time is over".to_owned())
            }
            Event::Credited { .. }
            | Event::Stopped { .. }
            | Event::Resumed
            | Event::ClockDisagreed { .. } => {
                (!(self.state.is_over() && self.settled), "nothing happens to it any more".to_owned())
            }
            Event::Inspected { .. } | Event::Graded { .. } => {
                (self.state == State::Graded && !self.settled, "no grade is under way".to_owned())
            }
            Event::Regraded { .. } | Event::Appealed { .. } | Event::Overridden { .. } => {
                (self.outcome.is_some() && self.state != State::Void, "it has no grade".to_owned())
            }
        };
        if possible { Ok(()) } else { Err(refuse(what)) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::attempt::{Allowance, Mode};
    use crate::context::{Clock as _, ManualClock};

    pub(in crate::attempt) fn id() -> AttemptId {
        "a-7k2m9q4xbd".parse().unwrap()
    }

    pub(in crate::attempt) fn created() -> Event {
        Event::Created(Creation {
            candidate: "ada".to_owned(),
            challenge: "orders-api".to_owned(),
            release: "1.0.0".to_owned(),
            definition: "d".repeat(64),
            tool: "0.1.0".to_owned(),
            seed: 7,
            region: "us-east-1".to_owned(),
            mode: Mode::Exam,
            trust: Trust::Own,
            allowance: Allowance { base: Duration::from_mins(90), extra: 0, unlimited: false },
            asks_only: false,
            target: None,
        })
    }

    fn after(events: impl IntoIterator<Item = Event>) -> Attempt {
        let clock = ManualClock::at("2026-01-01T09:00:00Z".parse().unwrap());
        let mut ledger = Ledger::default();
        for event in [created()].into_iter().chain(events) {
            let entry = ledger.next(&id(), clock.reading(), "ada", event).unwrap();
            ledger.entries.push(entry);
        }
        Attempt::of(id(), ledger).unwrap()
    }

    fn begun(state: State) -> Event {
        Event::Begun { state, reason: None, why: String::new() }
    }

    fn finished(state: State) -> Event {
        Event::Finished { state, note: String::new() }
    }

    fn until(last: State) -> Vec<Event> {
        let way = State::ALL.into_iter().skip(1).take_while(|state| *state <= last);
        way.flat_map(|state| [begun(state), finished(state)]).collect()
    }

    #[test]
    fn a_step_is_begun_once_the_one_before_is_finished() {
        let created = after([]);
        assert!(created.allows(&begun(State::Provisioning)).is_ok());
        assert!(created.allows(&begun(State::Running)).is_err());
        let under_way = after([begun(State::Provisioning)]);
        assert!(under_way.allows(&begun(State::Ready)).is_err());
        assert!(under_way.allows(&begun(State::Provisioning)).is_ok(), "it is taken again after a crash");
        assert!(under_way.allows(&begun(State::Void)).is_ok());
        assert!(under_way.allows(&finished(State::Ready)).is_err());
        assert!(under_way.allows(&finished(State::Provisioning)).is_ok());
        assert!(after(until(State::Provisioning)).allows(&finished(State::Provisioning)).is_err());
    }

    #[test]
    fn what_is_over_takes_nothing_more_of_the_candidate() {
        let running = after(until(State::Running));
        assert!(running.allows(&Event::Submitted).is_ok());
        let submitted = after(until(State::Running).into_iter().chain([Event::Submitted]));
        for event in [
            Event::Submitted,
            Event::Answered { question: String::new(), answer: String::new() },
            Event::Extended { given: Duration::from_secs(1), why: String::new() },
        ] {
            assert!(submitted.allows(&event).is_err(), "{event:?}");
        }
        let refused = after(until(State::Graded)).allows(&Event::Submitted).unwrap_err();
        assert_eq!(refused.to_string(), "the attempt a-7k2m9q4xbd is graded: there is nothing to submit");
    }

    #[test]
    fn a_grade_can_be_looked_at_again_and_a_void_attempt_cannot() {
        let outcome = Outcome {
            result: crate::score::Result::Failed,
            low: 0,
            high: 0,
            points: 100,
            definition: String::new(),
            scorecard: String::new(),
        };
        let word = Event::Overridden { check: "t/c".to_owned(), pass: true, why: "seen".to_owned() };
        let mut events = until(State::Frozen);
        events.extend([
            begun(State::Graded),
            Event::Graded { outcome, archive: "x".to_owned() },
            finished(State::Graded),
            word.clone(),
        ]);
        let graded = after(events.clone());
        assert!(graded.allows(&word).is_ok());
        assert_eq!(
            graded.overrides["t/c"],
            Override { pass: true, why: "seen".to_owned(), by: "ada".to_owned() }
        );
        events.push(begun(State::Void));
        assert!(after(events).allows(&word).is_err());
        assert!(after(until(State::Running)).allows(&word).is_err());
    }
}
