use serde_json::Value;

use super::super::entity::{Alias, Function, FunctionName};
use super::command::Command;
use super::constraint::{invalid, is_word, missing, serialization, text, violated};
use super::functions::named;
use super::page::page;
use super::service::Core;
use super::updates::check_revision;
use crate::sandbox::{Request, Response, ServiceError};

impl Core {
    pub(super) fn create_alias(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let alias = command.text("Name").ok_or_else(|| missing("name"))?;
        if !is_word(alias) || alias.len() > 128 || alias.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(violated(
                alias,
                "name",
                "satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
            ));
        }
        let version = command.text("FunctionVersion").ok_or_else(|| missing("functionVersion"))?;
        self.registry.with(&name.scope, |region| {
            let whole = FunctionName { qualifier: Some(version.to_owned()), ..name.clone() };
            let function = region.functions.get_mut(&name.name).ok_or_else(|| whole.not_found())?;
            if function.aliases.contains_key(alias) {
                return Err(ServiceError::new(
                    409,
                    "ResourceConflictException",
                    format!("Alias already exists: {}", function.arn_of(alias)),
                ));
            }
            check_version(function, version)?;
            let alias = Alias {
                name: alias.to_owned(),
                version: version.to_owned(),
                description: read_description(command)?.unwrap_or_default(),
                routing: read_routing(command, function, version)?.flatten(),
                revision: self.random.uuid(),
            };
            let answer = alias.render(function);
            function.aliases.insert(alias.name.clone(), alias);
            Ok(Response::json(201, &answer))
        })
    }

    pub(super) fn get_alias(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let function = region.function(name)?;
            let alias =
                function.aliases.get(&command.item).ok_or_else(|| no_alias(function, &command.item))?;
            Ok(Response::json(200, &alias.render(function)))
        })
    }

    pub(super) fn update_alias(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            let mut alias = function.aliases.get(&command.item).cloned().ok_or_else(|| {
                let message = format!("Alias not found: {}", function.arn_of(&command.item));
                ServiceError::new(404, "ResourceNotFoundException", message)
            })?;
            check_revision(command.text("RevisionId"), &alias.revision)?;
            if let Some(version) = command.text("FunctionVersion") {
                check_version(function, version)?;
                version.clone_into(&mut alias.version);
            }
            if let Some(description) = read_description(command)? {
                alias.description = description;
            }
            if let Some(routing) = read_routing(command, function, &alias.version)? {
                alias.routing = routing;
            }
            alias.revision = self.random.uuid();
            let answer = alias.render(function);
            function.aliases.insert(alias.name.clone(), alias);
            Ok(Response::json(200, &answer))
        })
    }

    pub(super) fn delete_alias(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        self.registry.with(&name.scope, |region| {
            let function = region.function_mut(name)?;
            // An alias that is not there is deleted all the same, as on AWS.
            function.aliases.remove(&command.item);
            // What hung on it goes with it.
            function.urls.remove(&command.item);
            function.provisioned.remove(&command.item);
            function.event_invoke.remove(&command.item);
            function.policies.remove(&command.item);
            Ok(Response::empty(204))
        })
    }

    pub(super) fn list_aliases(
        &self,
        request: &Request,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let wanted = request.query_value("FunctionVersion");
        let items = self.registry.with(&name.scope, |region| {
            let function = region.function(name)?;
            Ok(function
                .aliases
                .iter()
                .filter(|(_, alias)| wanted.as_ref().is_none_or(|wanted| *wanted == alias.version))
                .map(|(key, alias)| (key.clone(), alias.render(function)))
                .collect())
        })?;
        Ok(Response::json(200, &page(request, "Aliases", items)?))
    }
}

fn no_alias(function: &Function, alias: &str) -> ServiceError {
    ServiceError::new(
        404,
        "ResourceNotFoundException",
        format!("Cannot find alias arn: {}", function.arn_of(alias)),
    )
}

fn check_version(function: &Function, version: &str) -> Result<(), ServiceError> {
    if version != "$LATEST" && (version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(violated(
            version,
            "functionVersion",
            r"satisfy regular expression pattern: (\$LATEST|[0-9]+)",
        ));
    }
    match function.version(version) {
        Some(_) => Ok(()),
        None => {
            Err(FunctionName { qualifier: Some(version.to_owned()), ..function.name.clone() }.not_found())
        }
    }
}

fn read_description(command: &Command) -> Result<Option<String>, ServiceError> {
    let given = command.body.get("Description").filter(|value| !value.is_null());
    given.map(|value| text(value, "description", 256).map(str::to_owned)).transpose()
}

/// Reads `RoutingConfig`. `None`: not given; `Some(None)`: taken away.
#[allow(clippy::option_option)]
fn read_routing(
    command: &Command,
    function: &Function,
    version: &str,
) -> Result<Option<Option<(String, f64)>>, ServiceError> {
    let Some(config) = command.body.get("RoutingConfig").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let weights = match config.get("AdditionalVersionWeights") {
        None | Some(Value::Null) => return Ok(Some(None)),
        Some(Value::Object(weights)) => weights,
        Some(other) => return Err(serialization(other, "a map")),
    };
    let mut weights = weights.iter();
    let Some((other, weight)) = weights.next() else {
        return Ok(Some(None));
    };
    if weights.next().is_some() {
        return Err(invalid("Number of items in AdditionalVersionWeights cannot be greater than 1"));
    }
    let shown = format!(
        "{{{other}={}}}",
        weight.as_f64().map_or_else(|| weight.to_string(), |share| format!("{share:?}"))
    );
    let share = weight.as_f64().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| {
        map_violated(
            &shown,
            "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater \
             than or equal to 0.0, Member must not be null]",
        )
    })?;
    if !other.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(map_violated(
            &shown,
            "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater \
             than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]",
        ));
    }
    if other == version {
        return Err(invalid(format!(
            "Invalid function version {other}. Function version {version} is already included in routing configuration."
        )));
    }
    if version == "$LATEST" {
        return Err(invalid("$LATEST is not supported for an alias pointing to more than 1 version"));
    }
    check_version(function, other)?;
    Ok(Some(Some((other.clone(), share))))
}

fn map_violated(value: &str, constraint: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ValidationException",
        format!(
            "1 validation error detected: Value '{value}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: \
             {constraint}"
        ),
    )
}
