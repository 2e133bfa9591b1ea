use serde_json::{Value, json};

use super::super::entity::{EventInvokeConfig, FunctionName, Region};
use super::command::{Command, Name};
use super::constraint::{invalid, number, violated};
use super::destination::Kind;
use super::functions::named;
use super::page::page;
use super::service::Core;
use crate::sandbox::{Request, Response, ServiceError};

/// The pattern that AWS's message shows for a destination.
const DESTINATION: &str = r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)";

impl Core {
    pub(super) fn put_event_invoke(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let given = |key: &str| command.body.get(key).filter(|value| !value.is_null());
        let retries = given("MaximumRetryAttempts")
            .map(|value| number(value, "maximumRetryAttempts", 0, 2))
            .transpose()?;
        let age = given("MaximumEventAgeInSeconds")
            .map(|value| number(value, "maximumEventAgeInSeconds", 60, 21_600))
            .transpose()?;
        let destinations = given("DestinationConfig").map(read_destinations).transpose()?;
        if retries.is_none() && age.is_none() && destinations.is_none() {
            return Err(invalid("You must specify at least one of error handling or destination setting."));
        }
        let role = self.registry.with(&name.scope, |region| {
            let snapshot = region.snapshot(name).map_err(|_| no_function())?;
            if let Some(config) = &destinations {
                check_targets(region, name, config)?;
            }
            Ok::<_, ServiceError>(snapshot.settings.role.clone())
        })?;
        for target in destinations.iter().flat_map(targets) {
            self.check_destination(&role, target, &name.scope)?;
        }
        self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            let key = name.qualifier.clone().unwrap_or_else(|| "$LATEST".to_owned());
            let mut config = EventInvokeConfig { retries, age, destinations, modified: self.clock.now() };
            if command.operation == Name::UpdateFunctionEventInvokeConfig {
                let old = function.event_invoke.get(&key).ok_or_else(|| no_config(name))?;
                config.retries = config.retries.or(old.retries);
                config.age = config.age.or(old.age);
                config.destinations = config.destinations.or_else(|| old.destinations.clone());
            }
            let answer = config.render(&function.arn_of(&key));
            function.event_invoke.insert(key, config);
            Ok(Response::json(200, &answer))
        })
    }

    pub(super) fn get_event_invoke(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let key = name.qualifier.as_deref().unwrap_or("$LATEST");
            let function = region.functions.get(&name.name).ok_or_else(|| no_config(name))?;
            let config = function.event_invoke.get(key).ok_or_else(|| no_config(name))?;
            Ok(Response::json(200, &config.render(&function.arn_of(key))))
        })
    }

    pub(super) fn delete_event_invoke(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let key = name.qualifier.as_deref().unwrap_or("$LATEST");
            let function = region.functions.get_mut(&name.name).ok_or_else(|| no_config(name))?;
            function.event_invoke.remove(key).ok_or_else(|| no_config(name))?;
            Ok(Response::empty(204))
        })
    }

    pub(super) fn list_event_invoke(
        &self,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let items: Vec<(String, Value)> = self.registry.with(&name.scope, |region| {
            let function = region.functions.get(&name.name).ok_or_else(no_function)?;
            let configs = function.event_invoke.iter();
            Ok(configs.map(|(key, config)| (key.clone(), config.render(&function.arn_of(key)))).collect())
        })?;
        Ok(Response::json(200, &page(request, "FunctionEventInvokeConfigs", items)?))
    }
}

/// Reads `DestinationConfig`; an empty destination is none.
fn read_destinations(config: &Value) -> Result<Value, ServiceError> {
    let mut out = json!({ "OnSuccess": {}, "OnFailure": {} });
    for (kind, member) in [
        ("OnSuccess", "destinationConfig.onSuccess.destination"),
        ("OnFailure", "destinationConfig.onFailure.destination"),
    ] {
        let Some(target) = config[kind]["Destination"].as_str().filter(|target| !target.is_empty()) else {
            continue;
        };
        if !is_arn(target) {
            return Err(violated(
                target,
                member,
                &format!("satisfy regular expression pattern: {DESTINATION}"),
            ));
        }
        out[kind] = json!({ "Destination": target });
    }
    Ok(out)
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let word = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let number =
        |part: &str| part.is_empty() || (part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit()));
    match parts[..] {
        ["arn", partition, service, region, account, _] => {
            partition.starts_with("aws")
                && !service.is_empty()
                && word(service)
                && word(region)
                && number(account)
        }
        _ => false,
    }
}

fn targets(config: &Value) -> impl Iterator<Item = &str> {
    ["OnSuccess", "OnFailure"].into_iter().filter_map(|kind| config[kind]["Destination"].as_str())
}

/// Refuses destinations that cannot be: of another service, a function that is not there, the function itself.
fn check_targets(region: &Region, name: &FunctionName, config: &Value) -> Result<(), ServiceError> {
    for target in targets(config) {
        match Kind::of(target) {
            Some(Kind::Function) => {
                let other = FunctionName::parse(target, None, &name.scope)
                    .map_err(|_| invalid(format!("The destination ARN {target} is invalid.")))?;
                if other.scope == name.scope && !region.functions.contains_key(&other.name) {
                    return Err(invalid(format!("The destination ARN {target} is invalid.")));
                }
                if other.scope == name.scope && other.name == name.name {
                    return Err(invalid("You can't specify the function as a destination for itself."));
                }
            }
            Some(_) => {}
            None => {
                let shown = |kind: &str| {
                    config[kind]["Destination"]
                        .as_str()
                        .map_or_else(|| "null".to_owned(), |target| format!("{kind}(destination={target})"))
                };
                return Err(invalid(format!(
                    "The provided destination config DestinationConfig(onSuccess={}, onFailure={}) is invalid.",
                    shown("OnSuccess"),
                    shown("OnFailure")
                )));
            }
        }
    }
    Ok(())
}

fn no_function() -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", "The function doesn't exist.")
}

fn no_config(name: &FunctionName) -> ServiceError {
    let arn = FunctionName {
        qualifier: Some(name.qualifier.clone().unwrap_or_else(|| "$LATEST".to_owned())),
        ..name.clone()
    };
    ServiceError::new(
        404,
        "ResourceNotFoundException",
        format!("The function {arn} doesn't have an EventInvokeConfig"),
    )
}
