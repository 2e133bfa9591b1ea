use std::sync::Arc;

use serde_json::Value;

use super::super::entity::{Function, FunctionName, Progress, Snapshot};
use super::command::Command;
use super::constraint::invalid;
use super::functions::named;
use super::service::Core;
use super::settings;
use crate::sandbox::{Caller, Response, ServiceError};

impl Core {
    pub(super) async fn update_code(
        self: &Arc<Self>,
        caller: &Caller,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.wait_for_update(name).await?;
        let package = Arc::new(self.read_code(&command.body, caller)?);
        let architecture = command
            .body
            .get("Architectures")
            .filter(|value| !value.is_null())
            .map(settings::architecture)
            .transpose()?;
        let dry = command.flag("DryRun");
        let publish = command.flag("Publish");
        self.update(name, command, dry, publish, |snapshot| {
            Self::check_whole(&snapshot.settings, &package)?;
            snapshot.package = Arc::clone(&package);
            if let Some(architecture) = architecture {
                snapshot.settings.architecture = architecture;
            }
            Ok(())
        })
    }

    pub(super) async fn update_configuration(
        self: &Arc<Self>,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.wait_for_update(name).await?;
        if name.qualifier.as_deref().is_some_and(|qualifier| qualifier != "$LATEST") {
            return Err(invalid(
                "The function configuration of a published version or an alias cannot be changed.",
            ));
        }
        // Read on a copy: looking up layers takes the registry's lock.
        let mut changed = self.registry.with(&name.scope, |region| {
            region.function(name).map(|function| function.latest.settings.clone())
        })?;
        settings::merge(&mut changed, &command.body, &|arn| self.find_layer(arn))?;
        if command.text("Role").is_some() {
            self.check_role(&changed.role)?;
        }
        if let Some(target) =
            changed.dead_letter.as_ref().filter(|_| command.body.contains_key("DeadLetterConfig"))
        {
            self.check_dead_letters(&changed.role, target, &name.scope)?;
        }
        self.update(name, command, false, false, |snapshot| {
            Self::check_whole(&changed, &snapshot.package)?;
            snapshot.settings = changed;
            Ok(())
        })
    }

    /// Makes a new `$LATEST` of the old one and starts its preparation.
    fn update(
        self: &Arc<Self>,
        name: &FunctionName,
        command: &Command,
        dry: bool,
        publish: bool,
        change: impl FnOnce(&mut Snapshot) -> Result<(), ServiceError>,
    ) -> Result<Response, ServiceError> {
        let (answer, snapshot) = self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            check_revision(command.text("RevisionId"), &function.latest.revision)?;
            let mut next = Snapshot::clone(&function.latest);
            change(&mut next)?;
            next.last_modified = self.clock.now();
            next.revision = self.random.uuid();
            if dry {
                return Ok((next.render(name, &function.name.unqualified_arn()), None));
            }
            next.update = Progress::Under;
            let next = Arc::new(next);
            function.latest = Arc::clone(&next);
            let answer = if publish {
                let version = self.publish(function, None);
                version.render(&function.name, &function.arn_of(&version.version))
            } else {
                next.render(&function.name, &function.name.unqualified_arn())
            };
            Ok((answer, Some(next)))
        })?;
        if let Some(snapshot) = snapshot {
            self.engine.forget(&FunctionName { qualifier: None, ..name.clone() });
            self.settle(FunctionName { qualifier: None, ..name.clone() }, &snapshot);
        }
        Ok(Response::json(200, &Value::Object(answer)))
    }

    /// Makes a version of `$LATEST`; where nothing changed since the newest one, that one is it.
    pub(super) fn publish(&self, function: &mut Function, description: Option<&str>) -> Arc<Snapshot> {
        let latest = &function.latest;
        if let Some(newest) = function.versions.get(&function.newest)
            && newest.package.sha256 == latest.package.sha256
            && same_configuration(newest, latest)
        {
            return Arc::clone(newest);
        }
        function.newest += 1;
        let mut version = Snapshot::clone(latest);
        version.version = function.newest.to_string();
        version.revision = self.random.uuid();
        version.last_modified = self.clock.now();
        version.update = Progress::Done;
        if let Some(description) = description {
            description.clone_into(&mut version.settings.description);
        }
        let version = Arc::new(version);
        function.versions.insert(function.newest, Arc::clone(&version));
        version
    }
}

/// Whether a version still is what `$LATEST` is; a description of its own does not make it another one.
fn same_configuration(version: &Snapshot, latest: &Snapshot) -> bool {
    let plain = |snapshot: &Snapshot| {
        let mut settings = snapshot.settings.clone();
        settings.description = String::new();
        format!("{settings:?}")
    };
    plain(version) == plain(latest)
}

/// Refuses a change that was made on an older state than the one that stands.
pub(super) fn check_revision(given: Option<&str>, now: &str) -> Result<(), ServiceError> {
    match given {
        Some(given) if given != now => Err(ServiceError::new(
            412,
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the \
             latest Revision Id",
        )),
        _ => Ok(()),
    }
}
