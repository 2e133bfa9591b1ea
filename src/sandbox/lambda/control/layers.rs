use std::sync::Arc;

use serde_json::{Value, json};

use super::super::entity::{LayerReference, LayerVersion, Registry, Runtime, sdk_time};
use super::command::Command;
use super::constraint::{invalid, is_word, missing, serialization, text, violated};
use super::download;
use super::page::page;
use super::service::Core;
use crate::sandbox::{AccountId, Caller, Request, Response, Scope, ServiceError};

impl Core {
    pub(super) fn publish_layer(
        &self,
        request: &Request,
        scope: &Scope,
        caller: &Caller,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (_, name) = place(&command.item, scope)?;
        let content =
            command.body.get("Content").and_then(Value::as_object).ok_or_else(|| missing("content"))?;
        let package = Arc::new(self.read_code(content, caller)?);
        let strings = |key: &str, most: usize| -> Result<Vec<String>, ServiceError> {
            let Some(value) = command.body.get(key).filter(|value| !value.is_null()) else {
                return Ok(vec![]);
            };
            let list = value.as_array().ok_or_else(|| serialization(value, "a list"))?;
            if list.len() > most {
                return Err(violated(
                    &value.to_string(),
                    key,
                    &format!("have length less than or equal to {most}"),
                ));
            }
            Ok(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        let runtimes = strings("CompatibleRuntimes", 15)?;
        if runtimes.iter().any(|runtime| !Runtime::is_for_layers(runtime)) {
            return Err(violated(
                &format!("[{}]", runtimes.join(", ")),
                "compatibleRuntimes",
                &format!("satisfy enum value set: [{}]", Runtime::known()),
            ));
        }
        let optional = |key: &str, member: &str, most: usize| {
            let given = command.body.get(key).filter(|value| !value.is_null());
            given.map(|value| text(value, member, most).map(str::to_owned)).transpose()
        };
        let description = optional("Description", "description", 256)?.unwrap_or_default();
        let license = optional("LicenseInfo", "licenseInfo", 512)?;
        let architectures = strings("CompatibleArchitectures", 2)?;
        if architectures.iter().any(|name| !["x86_64", "arm64"].contains(&name.as_str())) {
            return Err(violated(
                &format!("[{}]", architectures.join(", ")),
                "compatibleArchitectures",
                "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
            ));
        }
        let answer = self.registry.with(scope, |region| {
            let layer = region.layers.entry(name.clone()).or_default();
            layer.newest += 1;
            let version = Arc::new(LayerVersion {
                layer_arn: format!("arn:aws:lambda:{}:{}:layer:{name}", scope.region, scope.account),
                version: layer.newest,
                package,
                description,
                license,
                runtimes,
                architectures,
                created: request.received,
            });
            layer.versions.insert(layer.newest, Arc::clone(&version));
            self.render_layer(request, scope, &version)
        });
        Ok(Response::json(201, &answer))
    }

    pub(super) fn get_layer(
        &self,
        request: &Request,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (place, name, number) = match command.item.rsplit_once(':') {
            Some((layer, number)) if command.number == 0 => {
                let number = number
                    .parse()
                    .map_err(|_| invalid(format!("Layer version {} does not exist.", command.item)))?;
                let (place, name) = place(layer, scope)?;
                (place, name, number)
            }
            _ => {
                let (place, name) = place(&command.item, scope)?;
                (place, name, command.number)
            }
        };
        let found = self.registry.with(&place, |region| {
            region.layers.get(&name).and_then(|layer| layer.versions.get(&number).cloned())
        });
        match found {
            Some(version) => Ok(Response::json(200, &self.render_layer(request, &place, &version))),
            None => Err(ServiceError::new(
                404,
                "ResourceNotFoundException",
                "The resource you requested does not exist.",
            )),
        }
    }

    pub(super) fn delete_layer(&self, scope: &Scope, command: &Command) -> Result<Response, ServiceError> {
        let (place, name) = place(&command.item, scope)?;
        self.registry.with(&place, |region| {
            if let Some(layer) = region.layers.get_mut(&name) {
                layer.versions.remove(&command.number);
                layer.policies.remove(&command.number);
            }
        });
        Ok(Response::empty(204))
    }

    pub(super) fn list_layers(&self, request: &Request, scope: &Scope) -> Result<Response, ServiceError> {
        let wanted = request.query_value("CompatibleRuntime");
        let fits =
            |version: &LayerVersion| wanted.as_ref().is_none_or(|wanted| version.runtimes.contains(wanted));
        let items = self.registry.with(scope, |region| {
            let newest = region.layers.iter().filter_map(|(name, layer)| {
                let (_, version) = layer.versions.iter().next_back()?;
                fits(version).then(|| {
                    let item = json!({
                        "LayerName": name,
                        "LayerArn": version.layer_arn,
                        "LatestMatchingVersion": summary(version),
                    });
                    (name.clone(), item)
                })
            });
            newest.collect()
        });
        Ok(Response::json(200, &page(request, "Layers", items)?))
    }

    pub(super) fn list_layer_versions(
        &self,
        request: &Request,
        scope: &Scope,
        command: &Command,
    ) -> Result<Response, ServiceError> {
        let (place, name) = place(&command.item, scope)?;
        let items = self.registry.with(&place, |region| {
            let versions = region.layers.get(&name).map(|layer| &layer.versions);
            // Newest first, as Lambda lists them.
            let newest_first = versions.into_iter().flatten().rev();
            newest_first
                .map(|(number, version)| (format!("{:020}", u64::MAX - number), summary(version)))
                .collect()
        });
        Ok(Response::json(200, &page(request, "LayerVersions", items)?))
    }

    fn render_layer(&self, request: &Request, scope: &Scope, version: &LayerVersion) -> Value {
        let mut out = summary(version);
        out["Description"] = json!(version.description);
        out["LayerArn"] = json!(version.layer_arn);
        out["Content"] = json!({
            "Location": download::layer_location(self, request, scope, version),
            "CodeSha256": version.package.sha256,
            "CodeSize": version.package.size(),
        });
        out
    }
}

/// What lists show; of a description that was never given they show nothing.
fn summary(version: &LayerVersion) -> Value {
    let mut out = json!({
        "LayerVersionArn": version.arn(),
        "Version": version.version,
        "CreatedDate": sdk_time(version.created),
    });
    if !version.description.is_empty() {
        out["Description"] = json!(version.description);
    }
    if !version.runtimes.is_empty() {
        out["CompatibleRuntimes"] = json!(version.runtimes);
    }
    if !version.architectures.is_empty() {
        out["CompatibleArchitectures"] = json!(version.architectures);
    }
    if let Some(license) = &version.license {
        out["LicenseInfo"] = json!(license);
    }
    out
}

/// Reads a layer's name or ARN.
pub(super) fn place(layer: &str, scope: &Scope) -> Result<(Scope, String), ServiceError> {
    let wrong = || {
        violated(
            layer,
            "layerName",
            r"satisfy regular expression pattern: (arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+",
        )
    };
    if let ["arn", "aws", "lambda", region, account, "layer", name] = layer.split(':').collect::<Vec<_>>()[..]
    {
        let account = AccountId::parse(account).ok_or_else(wrong)?;
        return Ok((Scope { account, region: region.to_owned() }, name.to_owned()));
    }
    if !is_word(layer) || layer.len() > 64 {
        return Err(wrong());
    }
    Ok((scope.clone(), layer.to_owned()))
}

/// Finds the layer version that a function refers to.
pub(super) fn find(registry: &Registry, arn: &str) -> Result<LayerReference, ServiceError> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", "aws", "lambda", region, account, "layer", name, version] = parts[..] else {
        return Err(violated(
            arn,
            "layers",
            r"satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null]",
        ));
    };
    let missing = || invalid(format!("Layer version {arn} does not exist."));
    let scope = Scope { account: AccountId::parse(account).ok_or_else(missing)?, region: region.to_owned() };
    let version: u64 = version.parse().map_err(|_| missing())?;
    registry.with(&scope, |region| {
        let layer =
            region.layers.get(name).and_then(|layer| layer.versions.get(&version)).ok_or_else(missing)?;
        Ok(LayerReference { arn: arn.to_owned(), package: Arc::clone(&layer.package) })
    })
}
