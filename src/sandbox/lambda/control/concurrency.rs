use serde_json::json;

use super::super::entity::{Function, FunctionName};
use super::command::Command;
use super::constraint::{invalid, missing, number};
use super::functions::named;
use super::service::Core;
use crate::sandbox::{Response, ServiceError};

/// Concurrent executions that an account has. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub(super) const ACCOUNT_LIMIT: u32 = 1000;
/// What must stay unreserved.
pub(super) const UNRESERVED_LEAST: u32 = 100;

impl Core {
    pub(super) fn put_concurrency(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = unqualified(command)?;
        let wanted = command
            .body
            .get("ReservedConcurrentExecutions")
            .ok_or_else(|| missing("reservedConcurrentExecutions"))?;
        let wanted = number(wanted, "reservedConcurrentExecutions", 0, u32::MAX)?;
        self.registry.with(&name.scope, |region| {
            let function = region.functions.get(&name.name).ok_or_else(|| missing_latest(name))?;
            let others = region.functions.iter().filter(|(key, _)| **key != name.name);
            let others: u32 = others.map(|(_, function)| reserved_of(function)).sum();
            let provisioned: u32 = function.provisioned.values().map(|config| config.requested).sum();
            if others.saturating_add(wanted) > ACCOUNT_LIMIT - UNRESERVED_LEAST {
                return Err(invalid(format!(
                    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below \
                     its minimum value of [{UNRESERVED_LEAST}]."
                )));
            }
            if provisioned > wanted {
                // Two blanks, as AWS has them.
                return Err(invalid(format!(
                    " ReservedConcurrentExecutions  {wanted} should not be lower than function's total provisioned concurrency \
                     [{provisioned}]."
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
        let name = unqualified(command)?;
        self.registry.with(&name.scope, |region| {
            region.function_mut(name)?.reserved = None;
            Ok(Response::empty(204))
        })
    }
}

/// What a function takes of the account's concurrency.
pub(super) fn reserved_of(function: &Function) -> u32 {
    let provisioned = function.provisioned.values().map(|config| config.requested).sum();
    function.reserved.unwrap_or(provisioned)
}

fn unqualified(command: &Command) -> Result<&FunctionName, ServiceError> {
    let name = named(command)?;
    if name.qualifier.is_some() {
        return Err(invalid(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please \
             specify either a function name or an unqualified function ARN.",
        ));
    }
    Ok(name)
}

/// Names `$LATEST`, as AWS does for this operation.
fn missing_latest(name: &FunctionName) -> ServiceError {
    FunctionName { qualifier: Some("$LATEST".to_owned()), ..name.clone() }.not_found()
}
