use std::sync::Arc;

use serde_json::Value;

use super::super::command::Command;
use super::super::constraint::{invalid, missing, serialization};
use super::super::page::page;
use super::super::service::Core;
use super::super::tags;
use super::super::urls::gone;
use super::rules::{defaults, kind_of, merge};
use super::{queue, source, stream};
use crate::sandbox::lambda::entity::{FunctionName, Mapping, SourceKind};
use crate::sandbox::{Request, Response, Scope, ServiceError};

impl Core {
    pub(in super::super) fn create_mapping(
        self: &Arc<Self>,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let arn = match command.text("EventSourceArn") {
            Some(arn) => arn,
            None if command.body.contains_key("SelfManagedEventSource") => {
                return Err(ServiceError::not_covered("lambda", "event source mappings of Kafka"));
            }
            None => return Err(invalid("Unrecognized event source.")),
        };
        let kind = kind_of(arn)?;
        let mut settings = defaults(kind);
        merge(&mut settings, kind, &command.body)?;
        let tags = tags::read(command.body.get("Tags"))?;
        let enabled = read_enabled(command)?.unwrap_or(true);
        let function = read_function(scope, command)?.ok_or_else(|| missing("functionName"))?;
        let function = self.check_function(function)?;
        source::check(self, &function, kind, arn)?;
        let mapping = Mapping {
            uuid: self.random.uuid(),
            kind,
            source: arn.to_owned(),
            function,
            enabled,
            settings,
            modified: self.clock.now(),
            last_result: (!kind.is_queue()).then(|| "No records processed".to_owned()),
            generation: 0,
            tags,
            position: None,
        };
        let answer = mapping.render(if enabled { "Creating" } else { "Disabled" });
        self.registry.with(scope, |region| {
            let twin = region
                .mappings
                .values()
                .find(|other| other.source == arn && other.function == mapping.function);
            if let Some(twin) = twin {
                return Err(conflict(twin));
            }
            region.mappings.insert(mapping.uuid.clone(), mapping.clone());
            Ok(())
        })?;
        self.poll(&mapping);
        Ok(Response::json(202, &answer))
    }

    pub(in super::super) fn get_mapping(
        &self,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        self.registry.with(scope, |region| {
            let mapping = region.mappings.get(&command.item).ok_or_else(gone)?;
            Ok(Response::json(200, &mapping.render(mapping.state())))
        })
    }

    pub(in super::super) fn update_mapping(
        self: &Arc<Self>,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let old = self
            .registry
            .with(scope, |region| region.mappings.get(&command.item).cloned())
            .ok_or_else(gone)?;
        let mut new = old.clone();
        merge(&mut new.settings, new.kind, &command.body)?;
        let enabled = read_enabled(command)?;
        new.enabled = enabled.unwrap_or(old.enabled);
        if let Some(function) = read_function(scope, command)? {
            new.function = self.check_function(function)?;
            source::check(self, &new.function, new.kind, &new.source)?;
        }
        new.modified = self.clock.now();
        new.generation += 1;
        let state = match (old.enabled, new.enabled) {
            (true, false) => "Disabling",
            (false, true) => "Enabling",
            _ => "Updating",
        };
        self.registry.with(scope, |region| {
            // It may be gone by now.
            let place = region.mappings.get_mut(&command.item).ok_or_else(gone)?;
            *place = new.clone();
            Ok(())
        })?;
        self.poll(&new);
        Ok(Response::json(202, &new.render(state)))
    }

    pub(in super::super) fn delete_mapping(
        &self,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let mapping =
            self.registry.with(scope, |region| region.mappings.remove(&command.item)).ok_or_else(gone)?;
        Ok(Response::json(202, &mapping.render("Deleting")))
    }

    pub(in super::super) fn list_mappings(
        &self,
        request: &Request,
        scope: &Scope,
    ) -> Result<Response, ServiceError> {
        let source = request.query_value("EventSourceArn").filter(|arn| !arn.is_empty());
        let function = request.query_value("FunctionName").filter(|name| !name.is_empty());
        let function = function.map(|name| FunctionName::parse(&name, None, scope)).transpose()?;
        let items = self.registry.with(scope, |region| {
            let mappings = region.mappings.values().filter(|mapping| {
                source.as_ref().is_none_or(|source| *source == mapping.source)
                    && function.as_ref().is_none_or(|wanted| *wanted == mapping.function)
            });
            mappings.map(|mapping| (mapping.uuid.clone(), mapping.render(mapping.state()))).collect()
        });
        Ok(Response::json(200, &page(request, "EventSourceMappings", items)?))
    }

    /// Starts polling; the poller ends by itself when the mapping changes or goes.
    pub(in crate::sandbox::lambda) fn poll(self: &Arc<Self>, mapping: &Mapping) {
        if !mapping.enabled {
            return;
        }
        let (core, mapping) = (Arc::clone(self), mapping.clone());
        tokio::spawn(async move {
            if mapping.kind.is_queue() {
                queue::poll(core, mapping).await;
            } else {
                stream::poll(core, mapping).await;
            }
        });
    }

    /// Refuses a function, version or alias that is not there.
    fn check_function(&self, name: FunctionName) -> Result<FunctionName, ServiceError> {
        let there = self.registry.with(&name.scope, |region| region.snapshot(&name).is_ok());
        if there { Ok(name) } else { Err(invalid("Function does not exist")) }
    }
}

fn read_function(scope: &Scope, command: &Command) -> Result<Option<FunctionName>, ServiceError> {
    command.text("FunctionName").map(|name| FunctionName::parse(name, None, scope)).transpose()
}

fn read_enabled(command: &Command) -> Result<Option<bool>, ServiceError> {
    match command.body.get("Enabled") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(enabled)) => Ok(Some(*enabled)),
        Some(other) => Err(serialization(other, "a boolean")),
    }
}

/// In AWS's words, which differ by the source.
fn conflict(twin: &Mapping) -> ServiceError {
    let Mapping { source, function, uuid, .. } = twin;
    let message = if twin.kind == SourceKind::Stream {
        format!(
            "The event source arn (\" {source} \") and function (\" {} \") provided mapping already exists. Please update or \
             delete the existing mapping with UUID {uuid}",
            function.name
        )
    } else {
        format!(
            "An event source mapping with SQS arn (\" {source} \") and function (\" {} \") already exists. Please update or delete \
             the existing mapping with UUID {uuid}",
            function.name
        )
    };
    ServiceError::new(409, "ResourceConflictException", message)
}
