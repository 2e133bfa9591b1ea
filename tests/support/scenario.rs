use std::collections::BTreeMap;
use std::sync::Arc;

use proofmark::challenge::{Challenge, Check, World};
use proofmark::provision::{Blueprint, Redeploy, Site, provision, update};
use proofmark::target::lease_embedded;
use serde_json::Value;

use super::{Lab, Standing};

/// A challenge that is about to be provisioned: the healthy world, less what the test breaks.
pub(crate) struct Scenario<'a> {
    lab: &'a Lab,
    pub(crate) challenge: Challenge,
    faults: Vec<String>,
}

impl<'a> Scenario<'a> {
    pub(super) fn healthy(lab: &'a Lab, challenge: Challenge) -> Self {
        Self { lab, challenge, faults: Vec::new() }
    }

    /// Breaks it as the challenge's faults do.
    pub(crate) fn faults<S: Into<String>>(mut self, faults: impl IntoIterator<Item = S>) -> Self {
        self.faults = faults.into_iter().map(Into::into).collect();
        self
    }

    /// Breaks it as the candidate finds it.
    pub(crate) fn broken_start(self) -> Self {
        let start = self.challenge.start.clone();
        self.faults(start)
    }

    /// Gives a function other code.
    pub(crate) fn code(mut self, function: &str, code: &str) -> Self {
        let path = format!("functions/{function}/app.py");
        assert!(self.challenge.files.get(&path).is_some(), "the scenario has no {path}");
        self.challenge.files.insert(path, code.as_bytes().to_vec());
        self
    }

    /// Gives a resource another property.
    pub(crate) fn property(mut self, resource: &str, property: &str, value: impl Into<Value>) -> Self {
        self.challenge.template.document["Resources"][resource]["Properties"][property] = value.into();
        self
    }

    /// Changes a check of the challenge.
    pub(crate) fn check(mut self, task: &str, check: &str, change: impl FnOnce(&mut Check)) -> Self {
        let task = self.challenge.tasks.iter_mut().find(|found| found.id == task).unwrap();
        change(task.checks.iter_mut().find(|found| found.id == check).unwrap());
        self
    }

    /// Puts it up, in a new account.
    pub(crate) async fn provision(self) -> Standing<'a> {
        let Self { lab, challenge, faults } = self;
        let lease =
            lease_embedded(&lab.sandbox.endpoint_url(), &lab.sandbox.admin_token, "eu-west-1").await.unwrap();
        let site = Site::new(lease.clients.clone(), lab.context.random.clone());
        let World { template, files, then } = challenge.world(&faults).unwrap();
        let parameters = BTreeMap::new();
        let blueprint =
            Blueprint { stack: "lab", template: &template, files: &files, parameters: &parameters };
        let mut stack = provision(&site, &blueprint).await.unwrap();
        if let Some(then) = then {
            let blueprint = Blueprint {
                stack: "lab",
                template: &then.template,
                files: &then.files,
                parameters: &parameters,
            };
            stack = update(&site, &stack, &blueprint, Redeploy::Never).await.unwrap();
        }
        Standing { lab, challenge: Arc::new(challenge), lease, site, stack }
    }
}
