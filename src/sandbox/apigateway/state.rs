use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entity::{Account, Api, ApiKey, ClientCertificate, DomainName, Map, UsagePlan, VpcLink};
use super::fault::not_found;
use super::usage::Usage;
use crate::sandbox::{AccountId, Caller, Response, Scope, ServiceError};

/// Everything that API Gateway keeps for one account in one region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Region {
    pub apis: Map<Api>,
    pub api_keys: Map<ApiKey>,
    pub usage_plans: Map<UsagePlan>,
    /// By usage plan id: the ids of its keys.
    pub plan_keys: HashMap<String, IndexSet<String>>,
    pub account: Account,
    pub vpc_links: Map<VpcLink>,
    pub domain_names: Map<DomainName>,
    #[serde(default)]
    pub client_certificates: Map<ClientCertificate>,
    /// By `API/STAGE`: how often the authorizers' answers of a stage were flushed.
    #[serde(default)]
    pub flushes: HashMap<String, u64>,
}

impl Region {
    pub(super) fn api(&self, account: &AccountId, id: &str) -> Result<&Api, ServiceError> {
        self.apis.get(id).ok_or_else(|| unknown_api(account, id))
    }

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
    pub usage: Usage,
    /// By stage, method and cache keys: an answer, and until when it is good (since some moment).
    pub answers: HashMap<String, (Response, Duration)>,
    /// By what is throttled: tokens left, and when they were counted (seconds since some moment).
    pub buckets: HashMap<String, (f64, f64)>,
    /// By role: API Gateway's session of it, and since when (since some moment).
    pub sessions: HashMap<String, (Caller, Duration)>,
    /// By stage, authorizer and identity: what the authorizer answered, and until when that holds (since some moment).
    pub authorizations: HashMap<String, (Value, Duration)>,
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

    /// Works on one region and on what the data plane remembers.
    pub(super) fn metered<T>(&self, scope: &Scope, work: impl FnOnce(&mut Region, &mut Traffic) -> T) -> T {
        self.with(scope, |region| {
            work(region, &mut self.traffic.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }

    /// Works on the region that holds an API; API ids are unique over all accounts and regions.
    pub(super) fn with_api<T>(&self, api: &str, work: impl FnOnce(&Scope, &Region, &Api) -> T) -> Option<T> {
        let regions = self.lock();
        regions
            .iter()
            .find_map(|(scope, region)| region.apis.get(api).map(|found| (scope, region, found)))
            .map(|(scope, region, api)| work(scope, region, api))
    }

    /// Works on a custom domain name; names are unique over all accounts and regions.
    pub(super) fn with_domain<T>(&self, name: &str, work: impl FnOnce(&DomainName) -> T) -> Option<T> {
        let regions = self.lock();
        regions.values().find_map(|region| region.domain_names.get(name)).map(work)
    }

    /// Returns what an account has, by region.
    pub(super) fn of_account(&self, account: &AccountId) -> Vec<(Scope, Region)> {
        let regions = self.lock();
        let own = regions.iter().filter(|(scope, _)| scope.account == *account);
        own.map(|(scope, region)| (scope.clone(), region.clone())).collect()
    }

    pub(super) fn reset(&self, account: Option<&AccountId>) {
        match account {
            Some(account) => self.lock().retain(|scope, _| scope.account != *account),
            None => self.lock().clear(),
        }
        let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        *traffic = Traffic::default();
    }
}
