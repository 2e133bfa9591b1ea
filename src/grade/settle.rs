use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Event;
use super::order::Step;
use super::shared::Shared;
use super::window::{Decision, Look, Window};
use crate::challenge::Subject;
use crate::evaluate::Outcome;
use crate::evidence::{Inspection, Observation, Transcript};
use crate::probe::Probe;
use crate::target::quiet;

/// What probes did and saw, by the key of their check or of the member of a group.
pub(super) type Transcripts = BTreeMap<String, Transcript>;

/// The least time that a check has on a target that may have a bad moment, said or not.
const MOMENT: Duration = Duration::from_secs(4);
/// How often a refusal that is expected must be seen in all.
const REFUSALS: u32 = 3;

/// What one check came to.
#[derive(Debug)]
pub(super) struct Settled {
    /// None for a check on the inspection alone, several for a group.
    pub(super) transcripts: Transcripts,
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
    // Where a bad moment is to be reckoned with, one look is none.
    let eventual = shared.world.clients.eventual();
    let limit = if eventual { Some(check.within.unwrap_or_default().max(MOMENT)) } else { None };
    let mut window = Window::open(&*shared.world.clock, limit);
    let mut looker = Looker {
        shared,
        step,
        inspection: shared.inspections.latest().await,
        probes: check
            .probes(&step.key)
            .into_iter()
            .map(|(key, check)| {
                let probe = Probe::new(&shared.world, check, &shared.variables, shared.drawn(&key));
                (key, probe)
            })
            .collect(),
    };
    let mut seen: Option<Transcripts> = None;
    let mut attempt = 1;
    loop {
        let mut settled = looker.look(attempt).await;
        if eventual && settled.look() == Look::Passed && settled.is_trouble() {
            (settled, attempt) = looker.confirm(settled, attempt).await;
        }
        let look = settled.look();
        if attempt == 1 && look == Look::Differs && looker.came_to_rest().await {
            return looker.look(2).await;
        }
        // Without time of its own a check is looked at once, unless a cloud in trouble may have answered in place of the work.
        if look == Look::Differs && check.within.is_none() && !settled.is_trouble() {
            return settled;
        }
        let pause = match window.after(look) {
            Decision::LookAgain { after } => after,
            Decision::Take => return settled,
            Decision::TakeLastSeen => return looker.conclude(settled, seen),
        };
        if look == Look::Differs {
            seen = Some(settled.transcripts.clone());
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
    probes: Vec<(String, Probe<'a>)>,
}

impl Looker<'_> {
    /// Every second look of a probe is at what the acts before left behind: it may only have been late.
    async fn look(&mut self, attempt: u32) -> Settled {
        let mut transcripts = Transcripts::new();
        for (key, probe) in &mut self.probes {
            let observation = if attempt.is_multiple_of(2) {
                probe.attempt_after(&self.inspection).await
            } else {
                probe.attempt(&self.inspection).await
            };
            transcripts.insert(key.clone(), probe.transcript(observation));
        }
        self.judged(transcripts)
    }

    /// Looks again at a pass that an error status made: a cloud with trouble refuses, too, and would pass wrong work. A look that differs is
    /// no more of a verdict than any other one, since that same cloud answers right work with 500: it is tried again like them. Returns
    /// the last look and its number.
    async fn confirm(&mut self, first: Settled, attempt: u32) -> (Settled, u32) {
        let (mut settled, mut attempt) = (first, attempt);
        for _ in 1..REFUSALS {
            // Odd attempts act anew.
            attempt += 1;
            settled = self.look(attempt).await;
            if settled.look() != Look::Passed {
                break;
            }
        }
        (settled, attempt)
    }

    /// Waits where a function may still be at work on what the check did; `false` where nobody can tell.
    async fn came_to_rest(&self) -> bool {
        let check = self.shared.check(self.step);
        // Whoever is asked answers when the work is done.
        let asks = matches!(check.subject, Subject::Http(_) | Subject::Invoke { .. });
        let (false, Some(limit), false) = (self.probes.is_empty(), check.within, asks) else { return false };
        quiet(&self.shared.world.clients.endpoint, &self.inspection.account, limit).await
    }

    /// Looks at the account anew where that is what the check hangs on.
    async fn renew(&mut self, before: &Settled) {
        let missing = |transcript: &Transcript| {
            matches!(transcript.observation, Observation::Missing(_) | Observation::Unavailable(_))
        };
        // A group may look at things beside its probes.
        let looks = self.probes.is_empty() || !self.shared.check(self.step).subject.is_probe();
        if looks || before.transcripts.values().any(missing) {
            self.inspection = self.shared.inspections.renewed().await;
        }
    }

    /// Returns the check with what was seen before we could no longer look; the exchanges tell of both.
    fn conclude(&self, last: Settled, seen: Option<Transcripts>) -> Settled {
        let Some(mut seen) = seen else { return last };
        let joined = last.transcripts.into_iter().map(|(key, last)| {
            let transcript = match seen.remove(&key) {
                Some(Transcript { variables, observation, .. }) => {
                    Transcript { variables, observation, ..last }
                }
                None => last,
            };
            (key, transcript)
        });
        self.judged(joined.collect())
    }

    fn judged(&self, transcripts: Transcripts) -> Settled {
        let outcome = self.shared.judge(self.step, &self.inspection, &transcripts);
        Settled { transcripts, outcome }
    }
}

impl Settled {
    /// Whether an answer of the last attempt is one that any cloud in trouble could give.
    fn is_trouble(&self) -> bool {
        self.transcripts.values().any(|transcript| {
            let last = transcript.exchanges.iter().filter(|exchange| exchange.attempt == transcript.attempts);
            let mut status = last.filter_map(|exchange| exchange.received["status"].as_u64());
            status.any(|status| matches!(status, 403 | 429 | 500..))
        })
    }

    fn look(&self) -> Look {
        match &self.outcome {
            Outcome::Undetermined { trouble } => Look::Troubled(trouble.kind),
            Outcome::Pass => Look::Passed,
            _ => Look::Differs,
        }
    }
}
