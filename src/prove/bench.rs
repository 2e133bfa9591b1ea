use std::time::Duration;

use super::stage::Stage;
use super::{Case, Job, Kind, Seen, Step};
use crate::challenge::World;
use crate::evidence::Inspection;
use crate::grade::Extent;
use crate::provision::Stack;
use crate::target::left_over;

/// An account with the healthy world, in which altered worlds follow one another: each is made by changing the one before. What a
/// world leaves alone stays as it is, functions stay warm, and that is where the time goes.
///
/// That the worlds do not rub off on each other is checked, not believed: the healthy world comes back and is graded when
/// the bench is done, what a world set off and did not end is brought to its end before the next, and what is not as it must be is
/// looked at again in an account of its own.
pub(super) struct Bench<'a> {
    stage: Stage<'a>,
    healthy: World,
    stack: Stack,
    baseline: Option<Baseline>,
}

/// How often, and how far apart, it is looked whether the healthy world is done with what another one left over.
const RESTS: u32 = 200;
const REST: Duration = Duration::from_millis(50);

/// What stood when the world was healthy, for checks that compare with it.
#[derive(Clone)]
struct Baseline {
    inspection: Option<Inspection>,
    stack: Stack,
    /// What the resources were called then.
    ids: Vec<(String, String)>,
}

/// What a bench saw of a case.
pub(super) enum Outcome {
    Seen(Seen),
    /// This was seen, and what was set off goes on: no other world may follow.
    Last(Seen),
    /// Such a world does not come about here; others do.
    Elsewhere,
    /// The bench is no longer what it was: look at this case elsewhere, and at others on another bench.
    Spoilt,
}

impl<'a> Bench<'a> {
    /// Puts up the healthy world; `None` when that does not succeed, which the healthy world's own case tells.
    pub(super) async fn open(job: &'a Job, name: &str) -> Option<Self> {
        let healthy = job.challenge.changed(&[]);
        let stage = Stage::open(job, None, name).await.ok()?;
        match stage.put_up(&healthy).await {
            Ok(stack) => Some(Self { stage, healthy, stack, baseline: None }),
            Err((_, left)) => {
                stage.clear(left.as_ref()).await;
                None
            }
        }
    }

    /// Alters what stands, and grades what comes of it. `seed`: no grade on the bench had it before, or its inputs would meet their
    /// own traces.
    pub(super) async fn look(&mut self, case: &Case, seed: u64, extent: Extent) -> Outcome {
        let Some(world) = case.on_bench() else { return Outcome::Elsewhere };
        // Whoever compares would find a thing that was made anew changed, in a world that left it alone.
        let shifted = self.baseline.as_ref().is_some_and(|baseline| baseline.ids != ids(&self.stack));
        if shifted && !self.restore().await {
            return Outcome::Spoilt;
        }
        let Baseline { inspection, stack, .. } = self.baseline().await;
        if !self.bring(world).await {
            return if self.restore().await { Outcome::Elsewhere } else { Outcome::Spoilt };
        }
        // As in an exam, where what was provisioned tells where to look.
        let known = if case.kind == Kind::NearMiss { &stack } else { &self.stack };
        let seen = self.stage.grade(known, inspection, seed, extent).await;
        // What failed here is tried again in the next world, and may hold up what comes behind it. The healthy one is done with it soon.
        let Job { spent, clock, .. } = self.stage.job;
        if spent.during(&**clock, Step::Rest, self.has_left_over()).await
            && !(self.restore().await && spent.during(&**clock, Step::Rest, self.comes_to_rest()).await)
        {
            return Outcome::Last(seen);
        }
        Outcome::Seen(seen)
    }

    async fn baseline(&mut self) -> Baseline {
        if let Some(baseline) = &self.baseline {
            return baseline.clone();
        }
        let inspection = self.stage.before(&self.stack).await;
        let baseline = Baseline { inspection, stack: self.stack.clone(), ids: ids(&self.stack) };
        self.baseline.insert(baseline).clone()
    }

    async fn has_left_over(&self) -> bool {
        let lease = &self.stage.lease;
        left_over(&lease.clients.endpoint, &lease.account).await
    }

    async fn comes_to_rest(&self) -> bool {
        for _ in 0..RESTS {
            if !self.has_left_over().await {
                return true;
            }
            tokio::time::sleep(REST).await;
        }
        false
    }

    /// Whether the healthy world, brought back, is still found to be healthy.
    pub(super) async fn is_sound(&mut self, seed: u64) -> bool {
        if !self.restore().await {
            return false;
        }
        let before = self.stage.before(&self.stack).await;
        let seen = self.stage.grade(&self.stack, before, seed, Extent::Whole).await;
        if !seen.is_whole() {
            let failing: Vec<&str> = seen.failing().collect();
            tracing::warn!("the healthy world did not come back: {}", failing.join(", "));
        }
        seen.is_whole()
    }

    /// Brings the healthy world back. What is compared with is read anew then.
    async fn restore(&mut self) -> bool {
        let healthy = self.healthy.clone();
        self.baseline = None;
        self.bring(&healthy).await
    }

    async fn bring(&mut self, world: &World) -> bool {
        let brought = self.stage.bring(&self.stage.site, &self.stack, world).await;
        let came = brought.is_ok();
        self.stack = brought.unwrap_or_else(|left| left.stack);
        came
    }

    pub(super) async fn clear(self) {
        self.stage.clear(Some(&self.stack)).await;
    }
}

/// What a stack's resources are called, but for deployments, which every change of an API makes anew.
fn ids(stack: &Stack) -> Vec<(String, String)> {
    let named = stack.resources.iter().filter(|(_, standing)| !standing.kind.ends_with("::Deployment"));
    let mut ids: Vec<_> = named.map(|(id, standing)| (id.clone(), standing.made.id.clone())).collect();
    ids.sort();
    ids
}
