//! What a challenge says of attempts: retakes, how long a pass is good for, what a candidate sees while working.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::definition::Definition;
use super::raw::{RawCounts, RawFeedback, RawPolicies, RawProgress};
use crate::text::parse_duration;

/// The rules for attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policies {
    pub retake: Retake,
    /// How long a pass is good for; `None`: without end.
    pub validity: Option<Validity>,
    pub progress: Progress,
    pub counts: Counts,
    pub feedback: Feedback,
}

/// When a candidate may try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retake {
    pub wait_after_fail: Option<Duration>,
    pub max_attempts: Option<u32>,
    pub bar_after_pass: Option<Bar>,
}

/// For how long nobody tries again who has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    Always,
    For(Duration),
}

/// A span of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub years: u16,
    pub days: u16,
}

impl Validity {
    /// Returns it as ISO 8601 has it, for example `P3Y`.
    pub fn iso(self) -> String {
        let part =
            |number: u16, unit: char| if number == 0 { String::new() } else { format!("{number}{unit}") };
        format!("P{}{}", part(self.years, 'Y'), part(self.days, 'D'))
    }
}

/// Whether a candidate may have the work looked at before it is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Progress {
    #[default]
    PracticeOnly,
    Always,
    Never,
}

/// Which of several attempts counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counts {
    #[default]
    Best,
    Latest,
}

/// What a candidate's report says of a check that did not pass. Assessors read everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Feedback {
    /// What was expected and seen, and the smallest change that would make it pass.
    #[default]
    Difference,
    /// Why it matters and what to do, and not what was expected and seen.
    Hint,
    /// The verdict alone.
    Verdict,
}

impl Feedback {
    /// Whether it is what challenges have that say nothing of it.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Definition<'_> {
    pub(super) fn policies(&mut self, raw: Option<RawPolicies>) -> Policies {
        let Some(raw) = raw else { return Policies::default() };
        let retake = raw.retake.unwrap_or_default();
        let at = "/policies/retake";
        let wait =
            retake.wait_after_fail.and_then(|text| self.duration(&text, &format!("{at}/wait_after_fail")));
        let bar = retake.bar_after_pass.and_then(|text| {
            if text == "always" {
                Some(Bar::Always)
            } else {
                self.duration(&text, &format!("{at}/bar_after_pass")).map(Bar::For)
            }
        });
        if retake.max_attempts == Some(0) {
            self.value(&format!("{at}/max_attempts"), "nobody could take the challenge");
        }
        Policies {
            retake: Retake { wait_after_fail: wait, max_attempts: retake.max_attempts, bar_after_pass: bar },
            validity: raw.validity.and_then(|text| self.validity(&text)),
            progress: match raw.progress {
                RawProgress::PracticeOnly => Progress::PracticeOnly,
                RawProgress::Always => Progress::Always,
                RawProgress::Never => Progress::Never,
            },
            counts: match raw.counts {
                RawCounts::Best => Counts::Best,
                RawCounts::Latest => Counts::Latest,
            },
            feedback: match raw.feedback {
                RawFeedback::Difference => Feedback::Difference,
                RawFeedback::Hint => Feedback::Hint,
                RawFeedback::Verdict => Feedback::Verdict,
            },
        }
    }

    fn validity(&mut self, text: &str) -> Option<Validity> {
        let validity = read_validity(text);
        if validity.is_none() {
            let help = "write years or days, for example `3y` or `90d`";
            self.value("/policies/validity", format!("`{text}` is no span of time")).help =
                Some(help.to_owned());
        }
        validity
    }
}

fn read_validity(text: &str) -> Option<Validity> {
    if let Some(years) = text.strip_suffix('y') {
        let years = years.parse().ok().filter(|years| (1..=100).contains(years))?;
        return Some(Validity { years, days: 0 });
    }
    let duration = parse_duration(text).ok().filter(|duration| text.ends_with('d') && !duration.is_zero())?;
    Some(Validity { years: 0, days: u16::try_from(duration.as_secs() / 86_400).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_validity_is_read_in_years_or_days() {
        assert_eq!(read_validity("3y").map(Validity::iso).as_deref(), Some("P3Y"));
        assert_eq!(read_validity("90d").map(Validity::iso).as_deref(), Some("P90D"));
        for text in ["", "y", "0y", "3", "3h", "1d12h", "0d", "900y", "-1y"] {
            assert_eq!(read_validity(text), None, "{text}");
        }
    }
}
