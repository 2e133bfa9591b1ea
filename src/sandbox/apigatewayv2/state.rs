use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::entity::{Api, Definition, Domain, Map, Stage, VpcLink};
use super::fault::not_found;
use crate::sandbox::{AccountId, Scope, ServiceError};

/// Everything that API Gateway v2 keeps for one account in one region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Region {
    pub apis: Map<Api>,
    pub domains: Map<Domain>,
    pub vpc_links: Map<VpcLink>,
}

impl Region {
    pub(super) fn api_mut(&mut self, account: &AccountId, id: &str) -> Result<&mut Api, ServiceError> {
        self.apis.get_mut(id).ok_or_else(|| unknown_api(account, id))
    }
}

fn unknown_api(account: &AccountId, id: &str) -> ServiceError {
    not_found(format!("Invalid API identifier specified {account}:{id}"))
}

/// What the data plane must remember between requests; it is not worth keeping over a restart.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// By stage and route: tokens left, and when they were counted (seconds since some moment).
    pub buckets: HashMap<String, (f64, f64)>,
    /// Answers of authorizers, by API, stage, authorizer and identity; with the second at which they expire.
    pub permits: HashMap<String, (i64, serde_json::Value)>,
}

/// A stage as the data plane meets it.
#[derive(Debug, Clone)]
pub(super) struct Deployed {
    pub scope: Scope,
    pub api: String,
    pub stage: Stage,
    /// `None` while nothing has been deployed to the stage.
    pub definition: Option<Arc<Definition>>,
    pub endpoint_disabled: bool,
    pub web_socket: bool,
}

/// The state of control plane and data plane, behind one lock that is never held over an await.
#[derive(Debug, Default)]
pub(super) struct State {
    regions: Mutex<HashMap<Scope, Region>>,
    pub traffic: Mutex<Traffic>,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, HashMap<Scope, Region>> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on one region, making it when it is not there.
    pub(super) fn with<T>(&self, scope: &Scope, work: impl FnOnce(&mut Region) -> T) -> T {
        work(self.lock().entry(scope.clone()).or_default())
    }

    /// Returns what an account has, by region.
    pub(super) fn of_account(&self, account: &AccountId) -> Vec<(Scope, Region)> {
        let regions = self.lock();
        let own = regions.iter().filter(|(scope, _)| scope.account == *account);
        own.map(|(scope, region)| (scope.clone(), region.clone())).collect()
    }

    /// Whether an API is there; API ids are unique over all accounts and regions.
    pub(super) fn has_api(&self, api: &str) -> bool {
        self.lock().values().any(|region| region.apis.contains_key(api))
    }

    /// Finds the stage that `choose` picks from the names of an API's stages.
    pub(super) fn stage(
        &self,
        api: &str,
        choose: impl FnOnce(&Map<Stage>) -> Option<String>,
    ) -> Option<Deployed> {
        let regions = self.lock();
        let (scope, found) =
            regions.iter().find_map(|(scope, region)| region.apis.get(api).map(|api| (scope, api)))?;
        let stage = found.stages.get(&choose(&found.stages)?)?;
        let deployment = stage.deployment_id.as_ref().and_then(|id| found.deployments.get(id));
        Some(Deployed {
            scope: scope.clone(),
            api: api.to_owned(),
            stage: stage.clone(),
            definition: deployment.map(|deployment| Arc::clone(&deployment.definition)),
            endpoint_disabled: found.disable_execute_api_endpoint,
            web_socket: found.is_web_socket(),
        })
    }

    /// Finds the API mapping of a custom domain for a path: the one with the longest key. Returns API, stage and key.
    pub(super) fn mapping(&self, host: &str, path: &str) -> Option<(String, String, String)> {
        let regions = self.lock();
        let domain = regions.values().find_map(|region| region.domains.get(host))?;
        let path = path.trim_start_matches('/');
        let fits = |key: &str| {
            key.is_empty()
                || path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let best = domain.mappings.values().filter(|mapping| fits(&mapping.api_mapping_key));
        let best = best.max_by_key(|mapping| mapping.api_mapping_key.len())?;
        Some((best.api_id.clone(), best.stage.clone(), best.api_mapping_key.clone()))
    }

    pub(super) fn has_domain(&self, host: &str) -> bool {
        self.lock().values().any(|region| region.domains.contains_key(host))
    }

    pub(super) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reset(&self, account: Option<&AccountId>) {
        match account {
            Some(account) => self.lock().retain(|scope, _| scope.account != *account),
            None => self.lock().clear(),
        }
        *self.traffic() = Traffic::default();
    }
}
