use std::sync::Arc;

use super::Event;
use super::order::Step;
use super::shared::Shared;
use super::window::{Decision, Look, Window};
use crate::challenge::Subject;
use crate::evaluate::Outcome;
use crate::evidence::{Inspection, Observation, Transcript};
use crate::probe::Probe;
use crate::target::quiet;

/// What one check came to.
#[derive(Debug)]
pub(super) struct Settled {
    /// `None` for a check on the inspection alone.
    pub(super) transcript: Option<Transcript>,
    pub(super) outcome: Outcome,
}

/// Tries a check until it passes, or until the target has had its time to settle.
///
/// A target where changes are seen at once has had it when it works on nothing by itself any more: then a check that has time is looked
/// at once more. On the others whatever is not as expected is tried
/// again until `within` is over. Then the last thing that was really seen counts, even if a look after it failed; but when
/// we could not look for the second half of that time, the check is undetermined.
pub(super) async fn settle(shared: &Shared, step: &Step) -> Settled {
    let check = shared.check(step);
    let limit = if shared.world.clients.eventual() { check.within } else { None };
    let mut window = Window::open(&*shared.world.clock, limit);
    let mut looker = Looker {
        shared,
        step,
        inspection: shared.inspections.latest().await,
        probe: check
            .subject
            .is_probe()
            .then(|| Probe::new(&shared.world, check, &shared.variables, shared.drawn(step))),
    };
    let mut seen: Option<Transcript> = None;
    let mut attempt = 1;
    loop {
        let settled = looker.look(attempt).await;
        let look = settled.look();
        if attempt == 1 && look == Look::Differs && looker.came_to_rest().await {
            return looker.look(2).await;
        }
        let pause = match window.after(look) {
            Decision::LookAgain { after } => after,
            Decision::Take => return settled,
            Decision::TakeLastSeen => return looker.conclude(settled, seen),
        };
        if look == Look::Differs {
            seen.clone_from(&settled.transcript);
        }
        attempt += 1;
        shared.listener.hear(&Event::Settling { check: step.key.clone(), attempt, pause });
        tokio::time::sleep(pause).await;
        looker.renew(&settled).await;
    }
}

struct Looker<'a> {
    shared: &'a Shared,
    step: &'a Step,
    inspection: Arc<Inspection>,
    probe: Option<Probe<'a>>,
}

impl Looker<'_> {
    /// Every second look of a probe is at what the acts before left behind: it may only have been late.
    async fn look(&mut self, attempt: u32) -> Settled {
        let transcript = match &mut self.probe {
            None => None,
            Some(probe) if attempt.is_multiple_of(2) => {
                let observation = probe.attempt_after(&self.inspection).await;
                Some(probe.transcript(observation))
            }
            Some(probe) => {
                let observation = probe.attempt(&self.inspection).await;
                Some(probe.transcript(observation))
            }
        };
        self.judged(transcript)
    }

    /// Waits where a function may still be at work on what the check did; `false` where nobody can tell.
    async fn came_to_rest(&self) -> bool {
        let check = self.shared.check(self.step);
        // Whoever is asked answers when the work is done.
        let asks = matches!(check.subject, Subject::Http(_) | Subject::Invoke { .. });
        let (Some(_), Some(limit), false) = (&self.probe, check.within, asks) else { return false };
        quiet(&self.shared.world.clients.endpoint, &self.inspection.account, limit).await
    }

    /// Looks at the account anew where that is what the check hangs on.
    async fn renew(&mut self, before: &Settled) {
        let missing = before.transcript.as_ref().is_none_or(|transcript| {
            matches!(transcript.observation, Observation::Missing(_) | Observation::Unavailable(_))
        });
        if missing {
            self.inspection = self.shared.inspections.renewed().await;
        }
    }

    /// Returns the check with what was seen before we could no longer look; the exchanges tell of both.
    fn conclude(&self, last: Settled, seen: Option<Transcript>) -> Settled {
        let (Some(last), Some(seen)) = (&last.transcript, seen) else { return last };
        let Transcript { variables, observation, .. } = seen;
        self.judged(Some(Transcript { variables, observation, ..last.clone() }))
    }

    fn judged(&self, transcript: Option<Transcript>) -> Settled {
        let outcome = self.shared.judge(self.step, &self.inspection, transcript.as_ref());
        Settled { transcript, outcome }
    }
}

impl Settled {
    fn look(&self) -> Look {
        match (&self.transcript, &self.outcome) {
            (Some(Transcript { observation: Observation::Unavailable(trouble), .. }), _)
            | (_, Outcome::Undetermined { trouble }) => Look::Troubled(trouble.kind),
            (_, Outcome::Pass) => Look::Passed,
            _ => Look::Differs,
        }
    }
}
