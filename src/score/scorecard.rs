use std::iter::Sum;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{USUAL_CUT, scaled};
use crate::challenge::{Feedback, Points};
use crate::evaluate::Verdict;

/// Points earned for sure, and points that might have been earned had we been able to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Interval {
    pub low: Points,
    pub high: Points,
}

impl Sum for Interval {
    fn sum<I: Iterator<Item = Self>>(intervals: I) -> Self {
        intervals.fold(Self::default(), |sum, one| Self { low: sum.low + one.low, high: sum.high + one.high })
    }
}

/// The result of a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Result {
    Passed,
    Failed,
    /// Something is undetermined: points are open, and with all of them the mark would be reached.
    Provisional,
}

/// A whole grade, for every report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    pub challenge: String,
    pub release: String,
    pub title: String,
    pub points: Points,
    pub score: Interval,
    /// Hundredths of a percent of the points that pass.
    pub pass_mark: u32,
    /// Where the scale of 100 to 1,000 places the pass mark.
    #[serde(default = "usual_cut")]
    pub scaled_cut: u32,
    pub result: Result,
    /// What a candidate's report says of a check that did not pass.
    #[serde(default, skip_serializing_if = "Feedback::is_usual")]
    pub feedback: Feedback,
    /// How well the sandbox inside this program kept functions in, in its own words; nothing of other targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<String>,
    pub domains: Vec<DomainScore>,
    pub tasks: Vec<TaskScore>,
    /// Gates that are shut, or might be: where the score is less than what the tasks earned together, and where a result is a fail
    /// in spite of its points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateScore>,
}

/// A gate that did not stand open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateScore {
    /// Id of the task, or `task/check`.
    pub key: String,
    pub title: String,
    pub effect: GateEffect,
    /// `false`: nobody could look, so it may be shut.
    pub shut: bool,
}

/// What a shut gate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "effect")]
pub enum GateEffect {
    /// The result is a fail.
    Fail,
    /// The score is at most so many points, in hundredths.
    Cap { most: Points },
}

impl Scorecard {
    /// Returns the score on the scale of 100 to 1,000: its lower and its upper end.
    pub fn scaled(&self) -> (u32, u32) {
        let on_scale = |points| scaled(points, self.points, self.pass_mark, self.scaled_cut);
        (on_scale(self.score.low), on_scale(self.score.high))
    }
}

fn usual_cut() -> u32 {
    USUAL_CUT
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainScore {
    pub id: String,
    pub title: String,
    pub points: Points,
    pub score: Interval,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskScore {
    pub id: String,
    pub title: String,
    pub domain: String,
    pub points: Points,
    pub score: Interval,
    /// What hints cost that were taken; the score is less by it already, and never below zero.
    #[serde(default, skip_serializing_if = "Points::is_zero")]
    pub hints: Points,
    pub checks: Vec<CheckScore>,
}

/// A check with what the report says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckScore {
    pub title: String,
    /// 0 for a check that earns nothing, but takes points off.
    pub weight: u32,
    /// Points that its failure takes off the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduct: Option<Points>,
    /// Its failure leaves nothing of the task.
    #[serde(default)]
    pub decides: bool,
    pub hidden: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    pub verdict: Verdict,
}
