use super::stage::Stage;
use super::{Case, Job, Sight, Way};
use crate::challenge::World;
use crate::provision::Stack;

/// An account with the healthy world, in which altered worlds follow one another: each is made by changing the healthy one, and
/// changed back. Functions that a world leaves alone stay warm, which is where the time goes.
///
/// That the worlds do not rub off on each other is checked, not believed: the healthy world is graded when the bench is done,
/// and what passed unnoticed is looked at again in an account of its own.
pub(super) struct Bench<'a> {
    stage: Stage<'a>,
    healthy: World,
    stack: Stack,
}

/// What a bench saw of a case.
pub(super) enum Outcome {
    Seen(Sight),
    /// The bench is no longer what it was: look at this case elsewhere.
    Spoilt,
}

impl<'a> Bench<'a> {
    /// Puts up the healthy world; `None` when that does not succeed, which the healthy world's own case tells.
    pub(super) async fn open(job: &'a Job, name: &str) -> Option<Self> {
        let healthy = job.challenge.changed(&[]);
        let stage = Stage::open(job, name).await.ok()?;
        match stage.put_up(&healthy).await {
            Ok(stack) => Some(Self { stage, healthy, stack }),
            Err((_, left)) => {
                stage.clear(left.as_ref()).await;
                None
            }
        }
    }

    /// Alters the healthy world, grades what comes of it, and changes it back.
    pub(super) async fn look(&mut self, case: &Case) -> Outcome {
        let Way::Altered(world) = &case.way else { return Outcome::Spoilt };
        let before = self.stage.before(&self.stack).await;
        let altered = match self.stage.bring(&self.stage.site, &self.stack, world).await {
            Ok(altered) => altered,
            Err(left) => {
                self.stack = left.stack;
                return Outcome::Spoilt;
            }
        };
        let seen = self.stage.grade(&altered, before).await;
        match self.stage.bring(&self.stage.site, &altered, &self.healthy).await {
            Ok(stack) => {
                self.stack = stack;
                Outcome::Seen(Sight::Graded(seen))
            }
            Err(left) => {
                self.stack = left.stack;
                Outcome::Spoilt
            }
        }
    }

    /// Whether the healthy world is still found to be healthy.
    pub(super) async fn is_sound(&self) -> bool {
        let before = self.stage.before(&self.stack).await;
        self.stage.grade(&self.stack, before).await.is_whole()
    }

    pub(super) async fn clear(self) {
        self.stage.clear(Some(&self.stack)).await;
    }
}
