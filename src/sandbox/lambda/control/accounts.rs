use std::collections::HashMap;

use serde_json::json;

use super::super::entity::{UNZIPPED_LIMIT, ZIPPED_LIMIT};
use super::concurrency::{ACCOUNT_LIMIT, reserved_of};
use super::service::Core;
use crate::sandbox::{Response, Scope, ServiceError};

/// In bytes, of all packages of an account.
const STORAGE: u64 = 80_530_636_800;

impl Core {
    // Every operation answers with a result.
    #[allow(clippy::unnecessary_wraps)]
    pub(super) fn account_settings(&self, scope: &Scope) -> Result<Response, ServiceError> {
        self.registry.with(scope, |region| {
            let reserved: u32 = region.functions.values().map(reserved_of).sum();
            let mut packages: HashMap<(&str, &str), u64> = HashMap::new();
            for function in region.functions.values() {
                for snapshot in std::iter::once(&function.latest).chain(function.versions.values()) {
                    packages.insert((&function.name.name, &snapshot.package.digest), snapshot.package.size());
                }
            }
            let layers = region.layers.values().flat_map(|layer| layer.versions.values());
            let used = packages.values().sum::<u64>() + layers.map(|layer| layer.package.size()).sum::<u64>();
            Ok(Response::json(
                200,
                &json!({
                    "AccountLimit": {
                        "TotalCodeSize": STORAGE,
                        "CodeSizeUnzipped": UNZIPPED_LIMIT,
                        "CodeSizeZipped": ZIPPED_LIMIT,
                        "ConcurrentExecutions": ACCOUNT_LIMIT,
                        "UnreservedConcurrentExecutions": ACCOUNT_LIMIT.saturating_sub(reserved),
                    },
                    "AccountUsage": { "TotalCodeSize": used, "FunctionCount": region.functions.len() },
                }),
            ))
        })
    }
}
