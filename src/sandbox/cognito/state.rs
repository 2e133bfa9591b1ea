use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use indexmap::IndexMap;

use super::entity::{Client, Pool, User};
use super::fault::{no_client, no_pool, no_user};
use super::signing::SigningKey;
use crate::context::Random;
use crate::sandbox::{AccountId, Scope, ServiceError};

/// All user pools. The lock is never held over an await.
#[derive(Debug, Default)]
pub(super) struct State {
    regions: Mutex<HashMap<Scope, IndexMap<String, Pool>>>,
    /// By pool.
    keys: Mutex<HashMap<String, Arc<OnceLock<Option<SigningKey>>>>>,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, HashMap<Scope, IndexMap<String, Pool>>> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the pools of one region.
    pub(super) fn with<T>(&self, scope: &Scope, work: impl FnOnce(&mut IndexMap<String, Pool>) -> T) -> T {
        work(self.lock().entry(scope.clone()).or_default())
    }

    /// Works on the pool that a client belongs to; client ids are unique over all accounts and regions.
    pub(super) fn with_client<T>(
        &self,
        client: &str,
        work: impl FnOnce(&Scope, &mut Pool) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let mut regions = self.lock();
        let found = regions.iter_mut().find_map(|(scope, pools)| {
            pools.values_mut().find(|pool| pool.clients.contains_key(client)).map(|pool| (scope, pool))
        });
        let (scope, pool) = found.ok_or_else(|| no_client(client))?;
        work(scope, pool)
    }

    /// The scope of a client's pool.
    pub(super) fn scope_of_client(&self, client: &str) -> Option<Scope> {
        self.with_client(client, |scope, _| Ok(scope.clone())).ok()
    }

    pub(super) fn has_pool(&self, id: &str) -> bool {
        self.lock().values().any(|pools| pools.contains_key(id))
    }

    /// Returns a pool's key, making it when it is needed for the first time, which takes a moment. `None` where the pool
    /// is not there, or no key could be made.
    pub(super) fn key(&self, pool: &str, random: &Random) -> Option<SigningKey> {
        if !self.has_pool(pool) {
            return None;
        }
        let slot = {
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(keys.entry(pool.to_owned()).or_default())
        };
        slot.get_or_init(|| SigningKey::generate(random)).clone()
    }

    pub(super) fn reset(&self, account: Option<&AccountId>) {
        match account {
            Some(account) => self.lock().retain(|scope, _| scope.account != *account),
            None => self.lock().clear(),
        }
        let left: Vec<String> = self.lock().values().flat_map(|pools| pools.keys().cloned()).collect();
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).retain(|pool, _| left.contains(pool));
    }
}

pub(super) fn pool<'p>(
    pools: &'p mut IndexMap<String, Pool>,
    id: &str,
) -> Result<&'p mut Pool, ServiceError> {
    pools.get_mut(id).ok_or_else(|| no_pool(id))
}

impl Pool {
    pub(super) fn client(&self, id: &str) -> Result<&Client, ServiceError> {
        self.clients.get(id).ok_or_else(|| no_client(id))
    }

    /// Finds a user by username, by `sub`, or by an attribute that the pool takes for a name.
    pub(super) fn user(&self, name: &str) -> Result<&User, ServiceError> {
        let key = self.key_of(name).ok_or_else(no_user)?;
        self.users.get(&key).ok_or_else(no_user)
    }

    pub(super) fn user_mut(&mut self, name: &str) -> Result<&mut User, ServiceError> {
        let key = self.key_of(name).ok_or_else(no_user)?;
        self.users.get_mut(&key).ok_or_else(no_user)
    }

    pub(super) fn key_of(&self, name: &str) -> Option<String> {
        let lower = name.to_lowercase();
        if self.users.contains_key(&lower) {
            return Some(lower);
        }
        let aliases = ["UsernameAttributes", "AliasAttributes"].iter().flat_map(|setting| {
            self.settings.get(*setting).and_then(|list| list.as_array()).into_iter().flatten()
        });
        let aliases: Vec<&str> = aliases.filter_map(|alias| alias.as_str()).collect();
        let fits = |user: &User| {
            user.sub() == name
                || aliases.iter().any(|alias| {
                    user.attributes.get(*alias).is_some_and(|value| value.eq_ignore_ascii_case(name))
                })
        };
        self.users.iter().find(|(_, user)| fits(user)).map(|(key, _)| key.clone())
    }
}
