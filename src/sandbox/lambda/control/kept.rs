use std::collections::HashMap;
use std::sync::Arc;

use super::super::entity::{Function, LayerVersion, Package, Progress, Region};
use super::service::Lambda;
use crate::sandbox::keeping::{Durable, Keeper, Records, join, split};
use crate::sandbox::{AccountId, Scope};

/// Between a region and the rest of a key.
const SEPARATOR: char = '\u{1f}';

impl Durable for Lambda {
    fn name(&self) -> &'static str {
        "lambda"
    }

    fn records(&self, account: &AccountId, keeper: &Keeper) -> Result<Option<Records>, String> {
        self.core.registry.of_account(account, |scope, region| {
            for package in packages(region) {
                keeper.put_content(&package.bytes)?;
            }
            split(&format!("{}{SEPARATOR}", scope.region), region)
        })
    }

    fn restore(&self, account: &AccountId, records: Records, keeper: &Keeper) -> Result<(), String> {
        let mut regions: HashMap<String, Records> = HashMap::new();
        for (key, value) in records {
            let (region, rest) = key.split_once(SEPARATOR).ok_or("a key without a region")?;
            regions.entry(region.to_owned()).or_default().push((rest.to_owned(), value));
        }
        for (name, records) in regions {
            let mut region: Region = join(records)?;
            revive(&mut region, keeper)?;
            let mappings: Vec<_> = region.mappings.values().cloned().collect();
            let scope = Scope { account: account.clone(), region: name };
            self.core.registry.with(&scope, |there| *there = region);
            for mapping in mappings {
                self.core.poll(&mapping);
            }
        }
        Ok(())
    }
}

fn packages(region: &Region) -> Vec<&Arc<Package>> {
    let mut all = Vec::new();
    for function in region.functions.values() {
        for snapshot in std::iter::once(&function.latest).chain(function.versions.values()) {
            all.push(&snapshot.package);
            all.extend(snapshot.settings.layers.iter().map(|layer| &layer.package));
        }
    }
    all.extend(
        region.layers.values().flat_map(|layer| layer.versions.values()).map(|version| &version.package),
    );
    all
}

/// Gives what was read its code and its parsed policies back; a change that was under way when the process ended is over.
fn revive(region: &mut Region, keeper: &Keeper) -> Result<(), String> {
    let mut known: HashMap<String, Arc<Package>> = HashMap::new();
    let mut load = |package: &mut Arc<Package>| -> Result<(), String> {
        if let Some(loaded) = known.get(&package.digest) {
            *package = Arc::clone(loaded);
            return Ok(());
        }
        let bytes = keeper.content(&package.digest)?;
        let loaded = Arc::new(Package { bytes, ..package.as_ref().clone() });
        known.insert(loaded.digest.clone(), Arc::clone(&loaded));
        *package = loaded;
        Ok(())
    };
    for function in region.functions.values_mut() {
        let Function { latest, versions, policies, .. } = function;
        for snapshot in std::iter::once(latest).chain(versions.values_mut()) {
            let snapshot = Arc::make_mut(snapshot);
            load(&mut snapshot.package)?;
            for layer in &mut snapshot.settings.layers {
                load(&mut layer.package)?;
            }
            for progress in [&mut snapshot.state, &mut snapshot.update] {
                if *progress == Progress::Under {
                    *progress = Progress::Done;
                }
            }
        }
        for policy in policies.values_mut() {
            policy.revive();
        }
    }
    for (policy, _) in region.layers.values_mut().flat_map(|layer| layer.policies.values_mut()) {
        policy.revive();
    }
    for version in region.layers.values_mut().flat_map(|layer| layer.versions.values_mut()) {
        // Just read: nobody else holds it.
        let Some(LayerVersion { package, .. }) = Arc::get_mut(version) else { continue };
        load(package)?;
    }
    Ok(())
}
