use std::collections::BTreeMap;
use std::sync::Arc;

use proofmark::aws::{Clients, Endpoint, Settling};
use proofmark::challenge::{Challenge, World};
use proofmark::grade::{Extent, History, Job, Limits, Opening, Silent, grade};
use proofmark::provision::{Blueprint, Redeploy, Site, Stack, update};
use proofmark::target::Lease;

use super::{Lab, Marks};

/// A scenario that stands in an account of its own.
pub(crate) struct Standing<'a> {
    pub(super) lab: &'a Lab,
    pub(crate) challenge: Arc<Challenge>,
    pub(crate) lease: Lease,
    pub(crate) site: Site,
    pub(crate) stack: Stack,
}

impl Standing<'_> {
    /// Treats the target as one where a change can take a while to be seen.
    pub(crate) fn eventual(mut self) -> Self {
        let endpoint = Endpoint { settling: Settling::Eventual, ..self.lease.clients.endpoint.clone() };
        self.lease.clients = Clients::new(&endpoint);
        self
    }

    pub(crate) async fn grade(&self) -> Marks {
        self.grade_within(Limits::default()).await
    }

    pub(crate) async fn grade_within(&self, limits: Limits) -> Marks {
        Marks(grade(self.job(limits)).await)
    }

    pub(crate) fn job(&self, limits: Limits) -> Job {
        Job {
            challenge: Arc::clone(&self.challenge),
            lease: self.lease.clone(),
            stack: self.stack.clone(),
            variables: self.stack.outputs.clone(),
            seed: 7,
            history: History::default(),
            clock: Arc::clone(&self.lab.context.clock),
            limits,
            listener: Arc::new(Silent),
            opening: Opening::default(),
            extent: Extent::Whole,
        }
    }

    /// Brings the scenario to the world that has only these faults.
    pub(crate) async fn repair_all_but(&mut self, faults: &[&str]) {
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
