use super::credit::Share;
use super::{GateEffect, GateScore, Interval, TaskScore};
use crate::challenge::{Gate, Points};

/// What the gates of a challenge come to.
#[derive(Debug)]
pub(super) struct Gates {
    /// Those that do not stand open: shut, or undecided.
    pub(super) told: Vec<GateScore>,
}

impl Gates {
    /// Notes a gate. `key` is the task's id, or `task/check`.
    pub(super) fn note(&mut self, key: String, title: &str, gate: Gate, share: Share, points: Points) {
        let effect = match gate {
            // Its task has felt it already.
            Gate::Task => return,
            Gate::Fail => GateEffect::Fail,
            Gate::Cap(most) => GateEffect::Cap { most: share_of(points, most) },
        };
        let shut = match share {
            Share::Earned => return,
            Share::Lost => true,
            Share::Open => false,
        };
        self.told.push(GateScore { key, title: title.to_owned(), effect, shut });
    }

    /// Whether a gate keeps the result from being a pass: for sure, and perhaps.
    pub(super) fn fail(&self) -> (bool, bool) {
        let of = |shut| self.told.iter().any(|gate| gate.effect == GateEffect::Fail && gate.shut == shut);
        (of(true), of(false))
    }

    /// Returns the score under the caps.
    pub(super) fn capped(&self, score: Interval) -> Interval {
        self.told.iter().fold(score, |score, gate| match gate.effect {
            GateEffect::Cap { most } => Interval {
                low: score.low.min(most),
                high: if gate.shut { score.high.min(most) } else { score.high },
            },
            GateEffect::Fail => score,
        })
    }
}

/// Returns how a task as a whole stands to its gate: all its points, or not.
pub(super) fn whole(task: &TaskScore) -> Share {
    if task.score.low == task.points {
        Share::Earned
    } else if task.score.high == task.points {
        Share::Open
    } else {
        Share::Lost
    }
}

fn share_of(points: Points, share: u32) -> Points {
    let part = u64::from(points.0) * u64::from(share) / 10_000;
    Points(u32::try_from(part).unwrap_or(u32::MAX))
}
