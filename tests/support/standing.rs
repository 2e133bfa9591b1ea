use std::collections::BTreeMap;
use std::sync::Arc;

use proofmark::challenge::{Challenge, World};
use proofmark::grade::{Job, Limits, Silent, grade};
use proofmark::provision::{Blueprint, Redeploy, Site, Stack, update};
use proofmark::target::Lease;

use super::{Lab, Marks};

/// A scenario that stands in an account of its own.
pub struct Standing<'a> {
    pub(super) lab: &'a Lab,
    pub challenge: Arc<Challenge>,
    pub lease: Lease,
    pub site: Site,
    pub stack: Stack,
}

impl Standing<'_> {
    pub async fn grade(&self) -> Marks {
        self.grade_within(Limits::default()).await
    }

    pub async fn grade_within(&self, limits: Limits) -> Marks {
        Marks(grade(self.job(limits)).await)
    }

    pub fn job(&self, limits: Limits) -> Job {
        Job {
            challenge: Arc::clone(&self.challenge),
            lease: self.lease.clone(),
            stack: self.stack.clone(),
            variables: self.stack.outputs.clone(),
            seed: 7,
            clock: Arc::clone(&self.lab.context.clock),
            limits,
            listener: Arc::new(Silent),
        }
    }

    /// Brings the scenario to the world that has only these faults.
    pub async fn repair_all_but(&mut self, faults: &[&str]) {
        let World { template, files, then } = self.challenge.world(faults).unwrap();
        let parameters = BTreeMap::new();
        let blueprint =
            Blueprint { stack: "lab", template: &template, files: &files, parameters: &parameters };
        self.stack = update(&self.site, &self.stack, &blueprint, Redeploy::Always).await.unwrap();
        if let Some(then) = then {
            let blueprint = Blueprint {
                stack: "lab",
                template: &then.template,
                files: &then.files,
                parameters: &parameters,
            };
            self.stack = update(&self.site, &self.stack, &blueprint, Redeploy::Never).await.unwrap();
        }
    }
}
