use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::State;
use crate::score;
use crate::target::TargetKind;

/// What an attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It counts: the challenge's rules on retakes hold.
    Exam,
    /// It is for learning: live checks and hints, and no rules on retakes.
    Practice,
}

/// Who ran the program, and so owned its clock and its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// The candidate, as far as anybody knows: no credential comes of it.
    Own,
    /// An issuer, who signs for it.
    Issuer,
}

/// The time that an attempt has from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// The challenge's duration.
    pub base: Duration,
    /// An accommodation, in hundredths of a percent of the base: 2,500 is a quarter more.
    #[serde(default)]
    pub extra: u32,
    /// It takes as long as it takes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlimited: bool,
}

impl Allowance {
    pub fn whole(self) -> Duration {
        if self.unlimited {
            return Duration::MAX;
        }
        let more = self.base.as_millis() * u128::from(self.extra) / 10_000;
        self.base.saturating_add(Duration::from_millis(u64::try_from(more).unwrap_or(u64::MAX)))
    }
}

/// What an attempt is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    pub candidate: String,
    pub challenge: String,
    pub release: String,
    /// Digest of the challenge's files as they were.
    pub definition: String,
    /// Version of this program.
    pub tool: String,
    pub seed: u64,
    /// The AWS region in which the scenario stands.
    pub region: String,
    pub mode: Mode,
    pub trust: Trust,
    pub allowance: Allowance,
    /// Nothing is asked but answers: nothing is put up, and no process need be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_only: bool,
    /// Where the scenario stands, if not in a sandbox of the attempt's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Whereabouts>,
}

impl Creation {
    /// Says where the scenario stands, in words that follow "it ran"; `None` of a sandbox of its own.
    pub fn place(&self) -> Option<String> {
        let target = self.target.as_ref()?;
        let account = &target.account;
        let mut told = match &target.endpoint {
            Some(url) => format!("in account {account} at {url}, {}", self.region),
            None => format!("in the AWS account {account}, {}", self.region),
        };
        if let Some(profile) = &target.profile {
            told.push_str(&format!(" ({profile})"));
        }
        if !target.enforces {
            told.push_str(&format!("; {UNENFORCED}"));
        }
        Some(told)
    }
}

/// What is said of a target that lets a candidate go on after the end.
pub const UNENFORCED: &str = "the deadline is not enforced by the target";

/// A target that is no sandbox of the attempt's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    pub kind: TargetKind,
    /// The address at which AWS is spoken; `None`: AWS itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    pub account: String,
    /// What an endpoint is taken for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Whether the target itself keeps the candidate out when the time is over.
    pub enforces: bool,
}

/// Why an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FreezeReason {
    Submitted,
    Deadline,
}

/// What a grade came to. Points are in hundredths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub result: score::Result,
    pub low: u32,
    pub high: u32,
    pub points: u32,
    /// Digest of the rubric's files.
    pub definition: String,
    /// Digest of the scorecard.
    pub scorecard: String,
}

/// The issuer's signature under a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// DID of the issuer, and of its key.
    pub issuer: String,
    pub key: String,
    /// Hash of the entry up to which it stands for the ledger. Two processes may sign at once.
    pub head: String,
    /// Ed25519, as multibase (base58btc).
    pub signature: String,
}

/// What can happen to an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    Created(Creation),
    /// A step is begun. What it does comes after this entry is on disk.
    Begun {
        state: State,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<FreezeReason>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// The step has done what it does.
    Finished {
        state: State,
        /// What of note there is: a digest, a count, a name.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// The candidate hands in.
    Submitted,
    /// The machine or the program was down for so long while the clock went: given back.
    Credited {
        given: Duration,
        why: String,
    },
    /// Somebody gave more time.
    Extended {
        given: Duration,
        why: String,
    },
    /// The program was told to end, and took the clock with it nowhere: it goes on.
    Stopped {
        why: String,
    },
    /// The program took the attempt up again.
    Resumed,
    /// The time of day and the time since the start do not agree.
    ClockDisagreed {
        wall_ms: i64,
        elapsed_ms: i64,
    },
    /// What was inspected is on disk.
    Inspected {
        digest: String,
    },
    /// An answer to a question.
    Answered {
        question: String,
        answer: String,
    },
    /// A hint was taken, at a cost in hundredths of a point.
    Hinted {
        check: String,
        cost: u32,
    },
    /// The candidate had the work looked at: the checks that passed, as `task/check`.
    Looked {
        passed: Vec<String>,
    },
    Graded {
        outcome: Outcome,
        archive: String,
    },
    /// The stored evidence was graded anew.
    Regraded {
        outcome: Outcome,
    },
    /// The candidate asks to have a verdict looked at.
    Appealed {
        check: String,
        why: String,
    },
    /// An assessor puts another verdict in its place.
    Overridden {
        check: String,
        pass: bool,
        why: String,
    },
    /// The issuer stands for everything up to here.
    Signed(Signature),
}

impl Event {
    /// Returns the event's name, as it stands in the ledger.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::Begun { .. } => "begun",
            Self::Finished { .. } => "finished",
            Self::Submitted => "submitted",
            Self::Credited { .. } => "credited",
            Self::Extended { .. } => "extended",
            Self::Stopped { .. } => "stopped",
            Self::Resumed => "resumed",
            Self::ClockDisagreed { .. } => "clock-disagreed",
            Self::Inspected { .. } => "inspected",
            Self::Answered { .. } => "answered",
            Self::Hinted { .. } => "hinted",
            Self::Looked { .. } => "looked",
            Self::Graded { .. } => "graded",
            Self::Signed(_) => "signed",
            Self::Regraded { .. } => "regraded",
            Self::Appealed { .. } => "appealed",
            Self::Overridden { .. } => "overridden",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accommodation_multiplies_the_base() {
        let allowance = Allowance { base: Duration::from_mins(90), extra: 2_500, unlimited: false };
        assert_eq!(allowance.whole(), Duration::from_secs(6_750));
        assert_eq!(Allowance { extra: 0, ..allowance }.whole(), Duration::from_mins(90));
        assert_eq!(Allowance { unlimited: true, ..allowance }.whole(), Duration::MAX);
    }

    #[test]
    fn a_ledger_of_an_older_release_is_read_and_hashes_the_same() {
        let Event::Created(creation) = crate::attempt::attempt::tests::created() else { unreachable!() };
        let written = serde_json::to_value(&creation).unwrap();
        assert!(written.get("target").is_none(), "what is hashed has nothing new");
        assert_eq!(serde_json::from_value::<Creation>(written).unwrap(), creation);
        assert_eq!(creation.place(), None);
        let target = Whereabouts {
            kind: TargetKind::Endpoint,
            endpoint: Some("http://127.0.0.1:4566".to_owned()),
            account: "111122223333".to_owned(),
            profile: Some("moto".to_owned()),
            enforces: false,
        };
        let elsewhere = Creation { target: Some(target), ..creation };
        let told = elsewhere.place().unwrap();
        assert_eq!(
            told,
            "in account 111122223333 at http://127.0.0.1:4566, us-east-1 (moto); the deadline is not enforced by the target"
        );
        let written = serde_json::to_value(&elsewhere).unwrap();
        assert_eq!(serde_json::from_value::<Creation>(written).unwrap(), elsewhere);
    }

    #[test]
    fn the_name_is_the_one_that_is_written() {
        for event in [
            Event::Submitted,
            Event::Resumed,
            Event::ClockDisagreed { wall_ms: 1, elapsed_ms: 2 },
            Event::Begun { state: State::Void, reason: None, why: String::new() },
            Event::Credited { given: Duration::from_secs(1), why: "x".to_owned() },
        ] {
            let written = serde_json::to_value(&event).unwrap();
            assert_eq!(written["event"], event.name());
            assert_eq!(serde_json::from_value::<Event>(written).unwrap(), event);
        }
    }
}
