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
            self.check_role(&changed.role, &name.scope)?;
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
            next.build = self.random.uuid();
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

    /// Gives what a qualifier names a new revision: AWS does so at every change, of a state or a permission, too.
    pub(super) fn touch(&self, function: &mut Function, qualifier: Option<&str>) {
        let revision = self.random.uuid();
        match qualifier {
            None | Some("$LATEST") => Arc::make_mut(&mut function.latest).revision = revision,
            Some(qualifier) => {
                if let Some(alias) = function.aliases.get_mut(qualifier) {
                    alias.revision = revision;
                } else if let Some(version) =
                    qualifier.parse().ok().and_then(|number: u64| function.versions.get_mut(&number))
                {
                    Arc::make_mut(version).revision = revision;
                }
            }
        }
    }

    /// Makes a version of `$LATEST`; where nothing was updated since the newest one was made, that one is it.
    pub(super) fn publish(&self, function: &mut Function, description: Option<&str>) -> Arc<Snapshot> {
        let latest = &function.latest;
        if let Some(newest) = function.versions.get(&function.newest)
            && function.published.as_deref() == Some(&latest.build)
        {
            return Arc::clone(newest);
        }
        let published = Some(latest.build.clone());
        function.newest += 1;
        let mut version = Snapshot::clone(latest);
        version.version = function.newest.to_string();
        version.revision = self.random.uuid();
        // An environment knows its version, so those of `$LATEST` do not serve.
        version.build = self.random.uuid();
        version.last_modified = self.clock.now();
        // A version that is published with an update is being made as long as that is under way.
        if version.update == Progress::Under {
            version.state = Progress::Under;
        }
        version.update = Progress::Done;
        if let Some(description) = description {
            description.clone_into(&mut version.settings.description);
        }
        let version = Arc::new(version);
        function.versions.insert(function.newest, Arc::clone(&version));
        function.published = published;
        self.touch(function, None);
        version
    }
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
