use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Function, FunctionName, Layer, Mapping, Snapshot, Target};
use crate::context::Random;
use crate::policy::Policy;
use crate::sandbox::{AccountId, Scope, ServiceError};

/// What is kept of a function or layer: its key and its bytes.
type Record = (String, Vec<u8>);

/// What one account has in one region.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Region {
    pub functions: BTreeMap<String, Function>,
    pub layers: BTreeMap<String, Layer>,
    /// By UUID.
    pub mappings: BTreeMap<String, Mapping>,
}

/// Everything that Lambda keeps, of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    regions: Mutex<HashMap<Scope, Region>>,
}

impl Region {
    pub(crate) fn function(&self, name: &FunctionName) -> Result<&Function, ServiceError> {
        let unqualified = || FunctionName { qualifier: None, ..name.clone() };
        self.functions.get(&name.name).ok_or_else(|| unqualified().not_found())
    }

    pub(crate) fn function_mut(&mut self, name: &FunctionName) -> Result<&mut Function, ServiceError> {
        let unqualified = FunctionName { qualifier: None, ..name.clone() };
        self.functions.get_mut(&name.name).ok_or_else(|| unqualified.not_found())
    }

    /// Returns what a name with its qualifier stands for.
    pub(crate) fn snapshot(&self, name: &FunctionName) -> Result<&Arc<Snapshot>, ServiceError> {
        // A function that is not there is named with the qualifier, too.
        let function = self.functions.get(&name.name).ok_or_else(|| name.not_found())?;
        function.qualified(name.qualifier.as_deref()).ok_or_else(|| name.not_found())
    }
}

impl Registry {
    /// Locks everything and runs `work` on one region.
    pub(crate) fn with<T>(&self, scope: &Scope, work: impl FnOnce(&mut Region) -> T) -> T {
        work(self.lock().entry(scope.clone()).or_default())
    }

    /// Takes an account's regions apart into records.
    pub(crate) fn of_account(
        &self,
        account: &AccountId,
        take: impl Fn(&Scope, &Region) -> Result<Vec<Record>, String>,
    ) -> Result<Option<Vec<Record>>, String> {
        let regions = self.lock();
        let mut records = Vec::new();
        for (scope, region) in regions.iter().filter(|(scope, _)| scope.account == *account) {
            records.extend(take(scope, region)?);
        }
        Ok(Some(records))
    }

    /// Returns the resource policy of a function, version or alias.
    pub(crate) fn policy(&self, name: &FunctionName) -> Option<Arc<Policy>> {
        let regions = self.lock();
        let function = regions.get(&name.scope)?.functions.get(&name.name)?;
        function.policies.get(name.qualifier.as_deref().unwrap_or_default())?.parsed()
    }

    /// Finds what an invocation by this name runs; a weighted alias draws.
    pub(crate) fn target(&self, name: &FunctionName, random: &Random) -> Result<Target, ServiceError> {
        self.with(&name.scope, |region| {
            let function = region.functions.get(&name.name).ok_or_else(|| name.not_found())?;
            let mut snapshot = region.snapshot(name)?;
            if let Some(alias) = name.qualifier.as_ref().and_then(|qualifier| function.aliases.get(qualifier))
                && let Some((version, share)) = &alias.routing
                && draws(*share, random)
                && let Some(other) = function.version(version)
            {
                snapshot = other;
            }
            Ok(Target {
                name: name.clone(),
                snapshot: Arc::clone(snapshot),
                reserved: function.unprovisioned(name),
            })
        })
    }

    /// Looks through all regions of all accounts until `look` finds something.
    pub(crate) fn search<T>(&self, mut look: impl FnMut(&Scope, &Region) -> Option<T>) -> Option<T> {
        self.lock().iter().find_map(|(scope, region)| look(scope, region))
    }

    pub(crate) fn reset(&self, account: Option<&AccountId>) {
        self.lock().retain(|scope, _| account.is_some_and(|account| *account != scope.account));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Scope, Region>> {
        // A panic cannot leave a region half changed: every change is one assignment after all checks.
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Draws true with a probability of `share`, to a millionth.
fn draws(share: f64, random: &Random) -> bool {
    #[allow(clippy::cast_precision_loss)] // below a million: exact
    let drawn = random.below(1_000_000) as f64 / 1_000_000.0;
    drawn < share
}
