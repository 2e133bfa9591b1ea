use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::inspections::Inspections;
use super::order::Step;
use super::settle::Settled;
use super::{Event, Listener};
use crate::challenge::{Challenge, Check, probe_digest};
use crate::evaluate::{Outcome, evaluate_check};
use crate::evidence::{Inspection, Observation, Transcript, Trouble, TroubleKind};
use crate::probe::{Variables, World};

/// What all checks of a grade share.
pub(super) struct Shared {
    pub(super) challenge: Arc<Challenge>,
    pub(super) world: World,
    pub(super) inspections: Inspections,
    pub(super) variables: Variables,
    pub(super) seed: u64,
    pub(super) listener: Arc<dyn Listener>,
}

impl Shared {
    pub(super) fn check(&self, step: &Step) -> &Check {
        &self.challenge.tasks[step.task].checks[step.check]
    }

    /// Draws the inputs of one check. Each check has its own, so that checks that write can run side by side; they
    /// follow from the grade's seed, so that a grade can be repeated.
    pub(super) fn drawn(&self, step: &Step) -> Variables {
        let digest = Sha256::digest(format!("{}/{}", self.seed, step.key));
        let seed = digest.iter().take(8).fold(0, |seed, byte| (seed << 8) | u64::from(*byte));
        self.challenge.draw(seed)
    }

    /// Evaluates one check alone, as the whole will be evaluated in the end.
    pub(super) fn judge(
        &self,
        step: &Step,
        inspection: &Inspection,
        transcript: Option<&Transcript>,
    ) -> Outcome {
        evaluate_check(self.check(step), &self.variables, inspection, transcript)
    }

    pub(super) fn finished(&self, step: &Step, verdict: &'static str) {
        tracing::debug!(check = %step.key, verdict, "finished");
        self.listener.hear(&Event::Finished { check: step.key.clone(), verdict });
    }

    /// Returns the record of a check that we could not carry through.
    pub(super) fn given_up(&self, step: &Step, message: &str) -> Settled {
        let trouble = Trouble { kind: TroubleKind::Internal, message: message.to_owned() };
        let check = self.check(step);
        let drawn = self.drawn(step);
        let mut variables = self.variables.clone();
        variables.extend(drawn.clone());
        let transcript = check.subject.is_probe().then(|| Transcript {
            probe: probe_digest(check, &variables),
            variables: drawn,
            exchanges: Vec::new(),
            attempts: 0,
            elapsed_ms: 0,
            observation: Observation::Unavailable(trouble.clone()),
        });
        Settled { transcript, outcome: Outcome::Undetermined { trouble } }
    }
}
