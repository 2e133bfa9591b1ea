use serde_json::json;

use super::command::Command;
use super::constraint::{invalid, missing, number};
use super::functions::named;
use super::service::Core;
use crate::sandbox::{Response, ServiceError};

/// Concurrent executions that an account has. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub(super) const ACCOUNT_LIMIT: u32 = 1000;
/// What must stay unreserved.
const UNRESERVED_LEAST: u32 = 100;

impl Core {
    pub(super) fn put_concurrency(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let wanted = command
            .body
            .get("ReservedConcurrentExecutions")
            .ok_or_else(|| missing("reservedConcurrentExecutions"))?;
        let wanted = number(wanted, "reservedConcurrentExecutions", 0, u32::MAX)?;
        self.registry.with(&name.scope, |region| {
            region.function(name)?;
            let others: u32 = region
                .functions
                .iter()
                .filter(|(key, _)| **key != name.name)
                .filter_map(|(_, function)| function.reserved)
                .sum();
            if others.saturating_add(wanted) > ACCOUNT_LIMIT - UNRESERVED_LEAST {
                return Err(invalid(format!(
                    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below \
                     its minimum value of [{UNRESERVED_LEAST}]."
                )));
            }
            region.function_mut(name)?.reserved = Some(wanted);
            Ok(Response::json(200, &json!({ "ReservedConcurrentExecutions": wanted })))
        })
    }

    pub(super) fn get_concurrency(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let answer = match region.function(name)?.reserved {
                Some(reserved) => json!({ "ReservedConcurrentExecutions": reserved }),
                None => json!({}),
            };
            Ok(Response::json(200, &answer))
        })
    }

    pub(super) fn delete_concurrency(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            region.function_mut(name)?.reserved = None;
            Ok(Response::empty(204))
        })
    }
}
