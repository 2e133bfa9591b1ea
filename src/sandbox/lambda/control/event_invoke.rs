use serde_json::Value;

use super::super::entity::{EventInvokeConfig, FunctionName};
use super::command::{Command, Name};
use super::constraint::number;
use super::functions::named;
use super::page::page;
use super::service::Core;
use crate::sandbox::{Request, Response, ServiceError};

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
        let destinations = given("DestinationConfig").cloned();
        if let Some(config) = &destinations
            && ["OnSuccess", "OnFailure"].iter().any(|kind| config[*kind]["Destination"].is_string())
        {
            // There is nothing yet that events could be sent to.
            return Err(ServiceError::not_covered("lambda", "destinations of asynchronous invocations"));
        }
        self.registry.with(&name.scope, |region| {
            region.snapshot(name)?;
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
            let function = region.function(name)?;
            let key = name.qualifier.as_deref().unwrap_or("$LATEST");
            let config = function.event_invoke.get(key).ok_or_else(|| no_config(name))?;
            Ok(Response::json(200, &config.render(&function.arn_of(key))))
        })
    }

    pub(super) fn delete_event_invoke(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            let key = name.qualifier.as_deref().unwrap_or("$LATEST");
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
            let function = region.function(name)?;
            let configs = function.event_invoke.iter();
            Ok(configs.map(|(key, config)| (key.clone(), config.render(&function.arn_of(key)))).collect())
        })?;
        Ok(Response::json(200, &page(request, "FunctionEventInvokeConfigs", items)?))
    }
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
