use std::path::{Path, PathBuf};

use proofmark::aws::{Clients, Endpoint, Settling};
use proofmark::challenge::Challenge;
use proofmark::context::Context;
use proofmark::sandbox::{Options, Running, Sandbox};
use proofmark::source::{FileTree, Style, read_folder, render};
use proofmark::target::{Lease, make_candidate};
use serde_json::json;

use super::{Scenario, Standing};

/// A sandbox that lives as long as the test. Each scenario that is provisioned in it has an account of its own.
pub(crate) struct Lab {
    pub(crate) sandbox: Running,
    pub(crate) context: Context,
}

impl Lab {
    pub(crate) fn new() -> Self {
        // The test binary is not the one that handlers start through.
        let executable = PathBuf::from(env!("CARGO_BIN_EXE_proofmark"));
        let context = Context { executable, ..Context::system() };
        let sandbox = Sandbox::start(&Options::default(), &context).unwrap();
        Self { sandbox, context }
    }

    /// Takes a challenge of this repository, in its healthy world.
    pub(crate) fn challenge(&self, name: &str) -> Scenario<'_> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges").join(name);
        self.definition(&read_folder(&folder).unwrap())
    }

    /// Takes a challenge of a test's own.
    pub(crate) fn definition(&self, files: &FileTree) -> Scenario<'_> {
        let challenge = Challenge::load(files)
            .unwrap_or_else(|problems| panic!("{}", render(&problems, files, Style::PLAIN)));
        Scenario::healthy(self, challenge)
    }

    /// Returns the scenario's account as a user sees it who may do one thing only.
    pub(crate) async fn limited_to(&self, standing: &Standing<'_>, action: &str) -> Lease {
        let policy = json!({
            "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }]
        });
        let clients = &standing.lease.clients;
        let user = make_candidate(clients, "lab", "limited", &policy.to_string()).await.unwrap();
        let endpoint = Endpoint::with_keys(
            Some(&self.sandbox.endpoint_url()),
            clients.endpoint.region.clone(),
            user.access_key_id,
            user.secret_access_key,
            Settling::Immediate,
        );
        Lease { clients: Clients::new(&endpoint), ..standing.lease.clone() }
    }
}
