use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::driver::milliseconds;
use crate::context::Clock;
use crate::grade;

/// What a worker of a proof is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Provisions a world from nothing.
    PutUp,
    /// Changes one world into another.
    Change,
    /// Runs a candidate's script.
    Script,
    /// Inspects what stands.
    Inspect,
    /// Probes, and judges.
    Check,
    /// Waits until what was set off is done.
    Rest,
    /// Gives an account back.
    Clear,
}

/// How often a step was taken, and how long it took in all. Steps of worlds that stand side by side add up to more than the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepTime {
    pub times: u32,
    pub elapsed_ms: u64,
}

/// Where the time of a proof goes.
#[derive(Debug, Default)]
pub struct Spent {
    steps: Mutex<BTreeMap<Step, (u32, Duration)>>,
}

impl Spent {
    fn add(&self, step: Step, time: Duration) {
        // Sums are never half changed.
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = steps.entry(step).or_default();
        sum.0 += 1;
        sum.1 += time;
    }

    /// Waits for some work, and notes how long that took.
    pub(super) async fn during<T>(&self, clock: &dyn Clock, step: Step, work: impl Future<Output = T>) -> T {
        let began = clock.elapsed();
        let done = work.await;
        self.add(step, clock.elapsed().saturating_sub(began));
        done
    }

    pub(super) fn times(&self) -> BTreeMap<Step, StepTime> {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let time = |(times, elapsed): &(u32, Duration)| StepTime {
            times: *times,
            elapsed_ms: milliseconds(*elapsed),
        };
        steps.iter().map(|(step, sum)| (*step, time(sum))).collect()
    }
}

/// Notes how a grade spends its time: first it inspects, then it checks.
#[derive(Debug)]
pub(super) struct GradeTimes {
    pub(super) spent: Arc<Spent>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) since: Mutex<Duration>,
}

impl GradeTimes {
    pub(super) fn begin(spent: &Arc<Spent>, clock: &Arc<dyn Clock>) -> Self {
        Self { spent: Arc::clone(spent), clock: Arc::clone(clock), since: Mutex::new(clock.elapsed()) }
    }

    /// Notes the time since the last step ended.
    pub(super) fn ended(&self, step: Step) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.elapsed();
        self.spent.add(step, now.saturating_sub(*since));
        *since = now;
    }
}

impl grade::Listener for GradeTimes {
    fn hear(&self, event: &grade::Event) {
        if let grade::Event::Inspected { .. } = event {
            self.ended(Step::Inspect);
        }
    }
}
