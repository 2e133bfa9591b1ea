use serde_json::{Value, json};

use super::super::entity::{Function, FunctionName, Provisioned, Region};
use super::command::Command;
use super::concurrency::{ACCOUNT_LIMIT, UNRESERVED_LEAST, reserved_of};
use super::constraint::{invalid, missing, number};
use super::functions::named;
use super::page::page;
use super::service::Core;
use crate::sandbox::{Request, Response, ServiceError};

impl Core {
    pub(super) fn put_provisioned(&self, command: &Command) -> Result<Response, ServiceError> {
        let (name, qualifier) = qualified(command)?;
        let wanted = command
            .body
            .get("ProvisionedConcurrentExecutions")
            .ok_or_else(|| missing("provisionedConcurrentExecutions"))?;
        let wanted = number(wanted, "provisionedConcurrentExecutions", 1, u32::MAX)?;
        if qualifier == "$LATEST" {
            return Err(invalid(
                "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
            ));
        }
        let now = self.clock.now();
        self.registry.with(&name.scope, |region| {
            let function = find(region, name, qualifier)?;
            check_room(region, function, qualifier, wanted)?;
            check_overlap(function, qualifier)?;
            let config = Provisioned { requested: wanted, modified: now };
            let answer = config.render(false);
            region.function_mut(name)?.provisioned.insert(qualifier.to_owned(), config);
            Ok(Response::json(202, &answer))
        })
    }

    pub(super) fn get_provisioned(&self, command: &Command) -> Result<Response, ServiceError> {
        let (name, qualifier) = published(command)?;
        self.registry.with(&name.scope, |region| {
            let config = find(region, name, qualifier)?.provisioned.get(qualifier).ok_or_else(|| {
                ServiceError::new(
                    404,
                    "ProvisionedConcurrencyConfigNotFoundException",
                    "No Provisioned Concurrency Config found for this function",
                )
            })?;
            Ok(Response::json(200, &config.render(true)))
        })
    }

    pub(super) fn delete_provisioned(&self, command: &Command) -> Result<Response, ServiceError> {
        let (name, qualifier) = published(command)?;
        self.registry.with(&name.scope, |region| {
            find(region, name, qualifier)?;
            // One that is not there is deleted all the same.
            region.function_mut(name)?.provisioned.remove(qualifier);
            Ok(Response::empty(204))
        })
    }

    pub(super) fn list_provisioned(
        &self,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let items: Vec<(String, Value)> = self.registry.with(&name.scope, |region| {
            let function = region.function(name)?;
            let shown = function.provisioned.iter().map(|(qualifier, config)| {
                let mut item = config.render(true);
                item["FunctionArn"] = json!(function.arn_of(qualifier));
                (qualifier.clone(), item)
            });
            Ok(shown.collect())
        })?;
        Ok(Response::json(200, &page(request, "ProvisionedConcurrencyConfigs", items)?))
    }
}

fn qualified(command: &Command) -> Result<(&FunctionName, &str), ServiceError> {
    let name = named(command)?;
    let qualifier = name.qualifier.as_deref().ok_or_else(|| missing("qualifier"))?;
    Ok((name, qualifier))
}

fn published(command: &Command) -> Result<(&FunctionName, &str), ServiceError> {
    let (name, qualifier) = qualified(command)?;
    if qualifier == "$LATEST" {
        return Err(invalid("The function resource provided must be an alias or a published version."));
    }
    Ok((name, qualifier))
}

fn find<'a>(region: &'a Region, name: &FunctionName, qualifier: &str) -> Result<&'a Function, ServiceError> {
    let is_version = qualifier.bytes().all(|byte| byte.is_ascii_digit());
    let function = region.functions.get(&name.name);
    let there = function.filter(|function| {
        if is_version {
            function.version(qualifier).is_some()
        } else {
            function.aliases.contains_key(qualifier)
        }
    });
    there.ok_or_else(|| {
        if is_version {
            name.not_found()
        } else {
            ServiceError::new(404, "ResourceNotFoundException", format!("Cannot find alias arn: {name}"))
        }
    })
}

/// Refuses more than the function or the account has.
fn check_room(
    region: &Region,
    function: &Function,
    qualifier: &str,
    wanted: u32,
) -> Result<(), ServiceError> {
    let others = function.provisioned.iter().filter(|(key, _)| *key != qualifier);
    let others: u32 = others.map(|(_, config)| config.requested).sum();
    if function.reserved.is_some_and(|reserved| reserved < others.saturating_add(wanted)) {
        return Err(invalid(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
        ));
    }
    if wanted > ACCOUNT_LIMIT {
        return Err(invalid(format!(
            "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{ACCOUNT_LIMIT}]."
        )));
    }
    let used: u32 = region.functions.values().map(reserved_of).sum();
    let own = function.provisioned.get(qualifier).map_or(0, |config| config.requested);
    // What is reserved for the function already holds what is provisioned within it.
    if function.reserved.is_none()
        && used.saturating_sub(own).saturating_add(wanted) > ACCOUNT_LIMIT - UNRESERVED_LEAST
    {
        return Err(invalid(format!(
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum \
             value of [{UNRESERVED_LEAST}]."
        )));
    }
    Ok(())
}

/// An alias and the version that it points to cannot both have environments of their own.
fn check_overlap(function: &Function, qualifier: &str) -> Result<(), ServiceError> {
    let conflict = |message: &str| Err(ServiceError::new(409, "ResourceConflictException", message));
    if let Some(alias) = function.aliases.get(qualifier) {
        if function.provisioned.contains_key(&alias.version) {
            return conflict(
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
            );
        }
        return Ok(());
    }
    let pointed = function
        .aliases
        .values()
        .any(|alias| alias.version == qualifier && function.provisioned.contains_key(&alias.name));
    if pointed { conflict("Version is pointed by a Provisioned Concurrency alias") } else { Ok(()) }
}
