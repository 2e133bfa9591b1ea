use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::entity::{
    Function, FunctionName, LayerReference, Package, Progress, Region, Settings, Snapshot,
};
use super::command::Command;
use super::constraint::{invalid, missing, violated};
use super::page::page;
use super::service::Core;
use super::{download, layers, settings, tags};
use crate::sandbox::{Caller, Request, Response, Scope, ServiceError};

impl Core {
    pub(super) fn create_function(
        self: &Arc<Self>,
        request: &Request,
        scope: &Scope,
        caller: &Caller,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let text = command.text("FunctionName").ok_or_else(|| missing("functionName"))?;
        // A bare name that is none is an invalid value; an ARN that is none a violated pattern.
        let name = FunctionName::parse(text, None, scope)
            .map_err(|error| if text.contains(':') { error } else { invalid(error.message) })?;
        let most = if name.name == text { 64 } else { 140 };
        if text.len() > most {
            let long = violated(text, "functionName", &format!("have length less than or equal to {most}"));
            return Err(if most == 64 { invalid(long.message) } else { long });
        }
        if name.qualifier.is_some() || name.scope != *scope {
            return Err(invalid(format!(
                "The function {text} cannot be made: it is named by a qualifier, or of another account or region"
            )));
        }
        if command.text("PackageType") == Some("Image") {
            return Err(ServiceError::not_covered("lambda", "functions from container images"));
        }
        if command.text("CodeSigningConfigArn").is_some_and(|arn| !arn.is_empty()) {
            return Err(ServiceError::not_covered("lambda", "code signing"));
        }
        let find = |arn: &str| self.find_layer(arn);
        let settings = settings::create(&command.body, &find)?;
        let tags = tags::read(command.body.get("Tags"))?;
        let code = command.body.get("Code").and_then(Value::as_object).ok_or_else(|| missing("code"))?;
        let package = Arc::new(self.read_code(code, caller)?);
        Self::check_whole(&settings, &package)?;
        self.check_role(&settings.role, scope)?;
        if let Some(target) = &settings.dead_letter {
            self.check_dead_letters(&settings.role, target, scope)?;
        }
        let snapshot = Arc::new(Snapshot {
            version: "$LATEST".to_owned(),
            settings,
            package,
            last_modified: request.received,
            revision: self.random.uuid(),
            build: self.random.uuid(),
            state: Progress::Under,
            update: Progress::Done,
        });
        let publish = command.flag("Publish");
        let answer = self.registry.with(&name.scope, |region| {
            if region.functions.contains_key(&name.name) {
                return Err(ServiceError::new(
                    409,
                    "ResourceConflictException",
                    format!("Function already exist: {}", name.name),
                ));
            }
            let mut function = Function {
                name: name.clone(),
                latest: Arc::clone(&snapshot),
                versions: BTreeMap::new(),
                newest: 0,
                published: None,
                aliases: BTreeMap::new(),
                policies: BTreeMap::new(),
                tags,
                reserved: None,
                event_invoke: BTreeMap::new(),
                urls: BTreeMap::new(),
                provisioned: BTreeMap::new(),
                recursive_loop: "Terminate".to_owned(),
            };
            let answer = if publish {
                let version = self.publish(&mut function, None);
                // The version, but by the function's own ARN: so AWS answers, unlike to an update that publishes.
                version.render(&name, &name.unqualified_arn())
            } else {
                snapshot.render(&name, &name.unqualified_arn())
            };
            region.functions.insert(name.name.clone(), function);
            Ok(answer)
        })?;
        self.settle(name, &snapshot);
        Ok(Response::json(201, &Value::Object(answer)))
    }

    pub(super) async fn get_function(
        &self,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.let_settle(name).await;
        self.registry.with(&name.scope, |region| {
            let snapshot = region.snapshot(name)?;
            let function = region.function(name)?;
            let location = download::location(self, request, name, snapshot);
            let mut answer = json!({
                "Configuration": snapshot.render(name, &name.arn()),
                "Code": { "RepositoryType": "S3", "Location": location },
            });
            if !function.tags.is_empty() {
                answer["Tags"] = json!(function.tags);
            }
            if let Some(reserved) = function.reserved {
                answer["Concurrency"] = json!({ "ReservedConcurrentExecutions": reserved });
            }
            Ok(Response::json(200, &answer))
        })
    }

    pub(super) async fn get_configuration(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.let_settle(name).await;
        self.registry.with(&name.scope, |region| {
            let snapshot = region.snapshot(name)?;
            Ok(Response::json(200, &Value::Object(snapshot.render(name, &name.arn()))))
        })
    }

    pub(super) fn delete_function(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| match name.qualifier.as_deref() {
            None => {
                region.function(name)?;
                region.functions.remove(&name.name);
                Ok(())
            }
            Some("$LATEST") => {
                Err(invalid("$LATEST version cannot be deleted without deleting the function."))
            }
            Some(qualifier) => delete_version(region, name, qualifier),
        })?;
        self.engine.forget(name);
        Ok(Response::empty(204))
    }

    pub(super) fn list_functions(&self, request: &Request, scope: &Scope) -> Result<Response, ServiceError> {
        let all = match request.query_value("FunctionVersion").as_deref() {
            None => false,
            Some("ALL") => true,
            Some(other) => return Err(violated(other, "functionVersion", "satisfy enum value set: [ALL]")),
        };
        let items = self.registry.with(scope, |region| {
            let mut items = vec![];
            for (key, function) in &region.functions {
                let qualified = |version: &str| {
                    if all { function.arn_of(version) } else { function.name.unqualified_arn() }
                };
                items.push((key.clone(), listed(&function.latest, function, &qualified("$LATEST"))));
                if all {
                    for (number, version) in &function.versions {
                        let item = listed(version, function, &qualified(&version.version));
                        items.push((format!("{key}:{number:012}"), item));
                    }
                }
            }
            items
        });
        Ok(Response::json(200, &page(request, "Functions", items)?))
    }

    /// Refuses a role that is not there or that Lambda may not assume.
    pub(super) fn check_role(&self, role: &str, scope: &Scope) -> Result<(), ServiceError> {
        if role.split(':').nth(4) != Some(scope.account.as_str()) {
            return Err(ServiceError::new(
                403,
                "AccessDeniedException",
                "Cross-account pass role is not allowed.",
            ));
        }
        let refused = || invalid("The role defined for the function cannot be assumed by Lambda.");
        if !self.directory.role_exists(role) {
            return Err(refused());
        }
        let session = self.directory.assume_for_service(role, "lambda.amazonaws.com", "proofmark-check");
        session.map(|_| ()).map_err(|_| refused())
    }

    /// Refuses a package that is too big together with its layers.
    pub(super) fn check_whole(settings: &Settings, package: &Package) -> Result<(), ServiceError> {
        let layers: u64 = settings.layers.iter().map(|layer| layer.package.unzipped).sum();
        let limit = super::super::entity::UNZIPPED_LIMIT;
        if layers + package.unzipped > limit {
            return Err(invalid(format!(
                "Function code combined with layers exceeds the maximum allowed size of {limit} bytes. The actual size is {} bytes.",
                layers + package.unzipped
            )));
        }
        Ok(())
    }

    pub(super) fn find_layer(&self, arn: &str) -> Result<LayerReference, ServiceError> {
        layers::find(&self.registry, arn)
    }
}

/// Returns the function that a command's path names.
pub(super) fn named(command: &Command) -> Result<&FunctionName, ServiceError> {
    command.function.as_ref().ok_or_else(|| missing("functionName"))
}

/// Renders an item of a list, which on AWS lacks the state.
pub(super) fn listed(snapshot: &Snapshot, function: &Function, arn: &str) -> Value {
    let mut item = snapshot.render(&function.name, arn);
    for key in [
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "RuntimeVersionConfig",
    ] {
        item.remove(key);
    }
    Value::Object(item)
}

fn delete_version(region: &mut Region, name: &FunctionName, qualifier: &str) -> Result<(), ServiceError> {
    let function = region.function_mut(name)?;
    let Ok(number) = qualifier.parse::<u64>() else {
        return Err(invalid("Deletion of aliases is not currently supported."));
    };
    let by: Vec<&str> = function
        .aliases
        .values()
        .filter(|alias| {
            alias.version == qualifier || alias.routing.as_ref().is_some_and(|(other, _)| other == qualifier)
        })
        .map(|alias| alias.name.as_str())
        .collect();
    if !by.is_empty() {
        return Err(ServiceError::new(
            409,
            "ResourceConflictException",
            format!(
                "Unable to delete version because the following aliases reference it: [{}]",
                by.join(", ")
            ),
        ));
    }
    // A version that is not there is deleted all the same, as on AWS.
    function.versions.remove(&number);
    function.policies.remove(qualifier);
    Ok(())
}
