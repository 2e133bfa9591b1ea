use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Extent, Listener};
use crate::challenge::Challenge;
use crate::context::Clock;
use crate::evaluate::Verdict;
use crate::evidence::{Answers, Evidence, Inspection, Variant};
use crate::probe::Variables;
use crate::provision::Stack;
use crate::score::Scorecard;
use crate::target::Lease;

/// What is to be graded, and where.
pub struct Job {
    /// As the candidate got it: a variant, where there are any.
    pub challenge: Arc<Challenge>,
    pub lease: Lease,
    /// What was provisioned: it tells which untagged parts of the account are the scenario's.
    pub stack: Stack,
    /// What `{{ name }}` stands for: the stack's outputs, as they can be reached from here.
    pub variables: Variables,
    /// What the randomised inputs are drawn from.
    pub seed: u64,
    pub history: History,
    pub clock: Arc<dyn Clock>,
    pub limits: Limits,
    pub listener: Arc<dyn Listener>,
    pub opening: Opening,
    pub extent: Extent,
}

/// What comes between the inspection and the probes, where the two are kept apart.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// What was inspected before, by a grade that did not get to its end: it is not looked at again, since probes leave traces.
    pub inspection: Option<Inspection>,
    pub doors: Option<Arc<dyn Doors>>,
}

/// Lets probes in once the inspection is done.
pub trait Doors: fmt::Debug + Send + Sync {
    /// Fails with a sentence; no probe is made then, and what hangs on one is undetermined.
    fn open<'a>(
        &'a self,
        inspection: &'a Inspection,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("challenge", &self.challenge.id)
            .field("target", &self.lease.name())
            .field("seed", &self.seed)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// What came before the grade: it is judged with it, and kept in its evidence.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// What stood when the candidate began: see [`inspect_before`](super::inspect_before).
    pub before: Option<Inspection>,
    pub answers: Answers,
    /// Hints that were taken, by `task/check`: what each costs, in hundredths of a point.
    pub hints: BTreeMap<String, u32>,
    /// What the challenge of the job, which is a variant, was drawn from.
    pub variant: Option<Variant>,
}

/// What a grade may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Checks that are tried at the same time.
    pub parallel: usize,
    /// For the whole grade. What was not looked at by then is undetermined.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { parallel: 8, time: Duration::from_mins(15) }
    }
}

/// A whole grade: the result, and everything that it was computed from.
#[derive(Debug, Clone)]
pub struct Graded {
    pub evidence: Evidence,
    pub verdicts: Vec<Verdict>,
    pub scorecard: Scorecard,
}
