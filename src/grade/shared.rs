use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::inspections::Inspections;
use super::order::Step;
use super::settle::{Settled, Transcripts};
use super::{Event, History, Listener};
use crate::challenge::{Challenge, Check, probe_digest};
use crate::evaluate::{Facts, Outcome, evaluate_check};
use crate::evidence::{Inspection, Observation, Transcript, Trouble, TroubleKind};
use crate::probe::{Variables, World};

/// What all checks of a grade share.
pub(super) struct Shared {
    pub(super) challenge: Arc<Challenge>,
    pub(super) world: World,
    pub(super) inspections: Inspections,
    pub(super) variables: Variables,
    pub(super) seed: u64,
    pub(super) history: History,
    pub(super) listener: Arc<dyn Listener>,
}

impl Shared {
    pub(super) fn check(&self, step: &Step) -> &Check {
        &self.challenge.tasks[step.task].checks[step.check]
    }

    /// Draws the inputs of one check, or one member of a group. Each has its own, so that checks that write can run side by side; they
    /// follow from the grade's seed, so that a grade can be repeated.
    pub(super) fn drawn(&self, key: &str) -> Variables {
        let digest = Sha256::digest(format!("{}/{key}", self.seed));
        let seed = digest.iter().take(8).fold(0, |seed, byte| (seed << 8) | u64::from(*byte));
        self.challenge.draw(seed)
    }

    /// Evaluates one check alone, as the whole will be evaluated in the end.
    pub(super) fn judge(&self, step: &Step, inspection: &Inspection, transcripts: &Transcripts) -> Outcome {
        let facts = Facts {
            variables: &self.variables,
            inspection,
            before: self.history.before.as_ref(),
            transcripts,
            answers: &self.history.answers,
            audit: None,
        };
        evaluate_check(&step.key, self.check(step), &facts)
    }

    pub(super) fn finished(&self, step: &Step, verdict: &'static str) {
        tracing::debug!(check = %step.key, verdict, "finished");
        self.listener.hear(&Event::Finished { check: step.key.clone(), verdict });
    }

    /// Returns the record of a check that we could not carry through.
    pub(super) fn given_up(&self, step: &Step, message: &str) -> Settled {
        let trouble = Trouble { kind: TroubleKind::Internal, message: message.to_owned() };
        let transcripts = self.check(step).probes(&step.key).into_iter().map(|(key, check)| {
            let drawn = self.drawn(&key);
            let mut variables = self.variables.clone();
            variables.extend(drawn.clone());
            let transcript = Transcript {
                probe: probe_digest(check, &variables),
                variables: drawn,
                exchanges: Vec::new(),
                attempts: 0,
                elapsed_ms: 0,
                observation: Observation::Unavailable(trouble.clone()),
            };
            (key, transcript)
        });
        Settled {
            transcripts: transcripts.collect(),
            outcome: Outcome::Undetermined { trouble: trouble.clone() },
        }
    }
}
