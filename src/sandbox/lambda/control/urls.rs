use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::super::entity::{FunctionName, Region, UrlConfig};
use super::super::execution::Job;
use super::access::on_url;
use super::command::Command;
use super::constraint::{missing, violated, word};
use super::functions::named;
use super::page::page;
use super::service::{Core, Lambda};
use super::url_cors;
use crate::sandbox::{
    Access, FunctionUrl, FunctionUrls, Future, InvocationOutcome, InvocationType, Request, Response, Scope,
    ServiceError, StreamedOutcome, UrlAuth, UrlMode,
};

/// The letters of a URL's id.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl Core {
    pub(super) fn create_url(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = url_name(command)?;
        let auth = read_auth(command)?.ok_or_else(|| missing("authType"))?;
        let mode = read_mode(command)?.unwrap_or(UrlMode::Buffered);
        let cors = url_cors::read(command.body.get("Cors"))?;
        let now = self.clock.now();
        self.registry.with(&name.scope, |region| {
            must_exist(region, name)?;
            let function = region.function_mut(name)?;
            let key = name.qualifier.clone().unwrap_or_default();
            if function.urls.contains_key(&key) {
                return Err(ServiceError::new(
                    409,
                    "ResourceConflictException",
                    format!(
                        "Failed to create function url config for [functionArn = {name}]. Error message:  FunctionUrlConfig exists for \
                         this Lambda function"
                    ),
                ));
            }
            let id = self.random.characters(LETTERS, 32);
            let config = UrlConfig { id, auth, mode, cors: cors.flatten(), created: now, modified: now };
            let mut answer = config.render(&name.scope.region, &name.arn());
            answer.remove("LastModifiedTime");
            function.urls.insert(key, config);
            Ok(Response::json(201, &Value::Object(answer)))
        })
    }

    pub(super) fn get_url(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = url_name(command)?;
        self.registry.with(&name.scope, |region| {
            let config = find(region, name)?;
            Ok(Response::json(200, &Value::Object(config.render(&name.scope.region, &name.arn()))))
        })
    }

    pub(super) fn update_url(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = url_name(command)?;
        let (auth, mode) = (read_auth(command)?, read_mode(command)?);
        let cors = url_cors::read(command.body.get("Cors"))?;
        let now = self.clock.now();
        self.registry.with(&name.scope, |region| {
            must_exist(region, name)?;
            find(region, name)?;
            let function = region.function_mut(name)?;
            let key = name.qualifier.as_deref().unwrap_or_default();
            let config = function.urls.get_mut(key).ok_or_else(gone)?;
            config.auth = auth.unwrap_or(config.auth);
            config.mode = mode.unwrap_or(config.mode);
            if let Some(cors) = cors {
                config.cors = cors;
            }
            config.modified = now;
            Ok(Response::json(200, &Value::Object(config.render(&name.scope.region, &name.arn()))))
        })
    }

    pub(super) fn delete_url(&self, command: &Command) -> Result<Response, ServiceError> {
        let name = url_name(command)?;
        self.registry.with(&name.scope, |region| {
            find(region, name)?;
            region.function_mut(name)?.urls.remove(name.qualifier.as_deref().unwrap_or_default());
            Ok(Response::empty(204))
        })
    }

    pub(super) fn list_urls(&self, request: &Request, command: &Command) -> Result<Response, ServiceError> {
        let name = named(command)?;
        let items = self.registry.with(&name.scope, |region| {
            let function = region.functions.get(&name.name).ok_or_else(no_function)?;
            let shown = function.urls.iter().map(|(key, config)| {
                let qualifier = (!key.is_empty()).then(|| key.clone());
                let arn = FunctionName { qualifier, ..function.name.clone() }.arn();
                (key.clone(), Value::Object(config.render(&name.scope.region, &arn)))
            });
            Ok(shown.collect())
        })?;
        Ok(Response::json(200, &page(request, "FunctionUrlConfigs", items)?))
    }

    fn find_url(&self, id: &str) -> Option<FunctionUrl> {
        self.registry.search(|scope, region| {
            region.functions.values().find_map(|function| {
                let (key, config) = function.urls.iter().find(|(_, config)| config.id == id)?;
                let qualifier = (!key.is_empty()).then(|| key.clone());
                let name = FunctionName { qualifier: qualifier.clone(), ..function.name.clone() };
                Some(FunctionUrl {
                    id: id.to_owned(),
                    scope: Scope::clone(scope),
                    function_arn: name.arn(),
                    qualifier,
                    auth: config.auth,
                    mode: config.mode,
                    cors: config.cors.clone(),
                })
            })
        })
    }
}

impl FunctionUrls for Lambda {
    fn find_url(&self, id: &str) -> Option<FunctionUrl> {
        self.core.find_url(id)
    }

    fn url_accesses(&self, url: &FunctionUrl) -> Vec<Access> {
        match FunctionName::parse(&url.function_arn, None, &url.scope) {
            Ok(name) => on_url(&name, &self.core.registry, url.auth),
            Err(_) => vec![],
        }
    }

    fn invoke_url<'a>(
        &'a self,
        url: &'a FunctionUrl,
        payload: Bytes,
        trace_id: Option<&'a str>,
    ) -> Future<'a, Result<InvocationOutcome, ServiceError>> {
        Box::pin(async move {
            let (name, job) = self.errand(url, payload, trace_id, false)?;
            let request_id = job.request_id.clone();
            let (target, outcome) = self.core.run(&name, InvocationType::RequestResponse, job).await?;
            let (payload, failed) =
                outcome.map_or((Bytes::new(), false), |outcome| (outcome.payload, outcome.failed));
            Ok(InvocationOutcome {
                status: 200,
                payload,
                function_error: failed.then(|| "Unhandled".to_owned()),
                executed_version: target.snapshot.version.clone(),
                request_id,
            })
        })
    }

    fn stream_url<'a>(
        &'a self,
        url: &'a FunctionUrl,
        payload: Bytes,
        trace_id: Option<&'a str>,
    ) -> Future<'a, Result<StreamedOutcome, ServiceError>> {
        Box::pin(async move {
            let (name, job) = self.errand(url, payload, trace_id, true)?;
            let request_id = job.request_id.clone();
            let (_, outcome) = self.core.run(&name, InvocationType::RequestResponse, job).await?;
            let outcome = outcome.ok_or_else(|| ServiceError::new(500, "ServiceException", "no answer"))?;
            Ok(super::streaming::outcome(outcome, request_id))
        })
    }
}

impl Lambda {
    fn errand(
        &self,
        url: &FunctionUrl,
        payload: Bytes,
        trace_id: Option<&str>,
        streamed: bool,
    ) -> Result<(FunctionName, Job), ServiceError> {
        let core: &Arc<Core> = &self.core;
        let name = FunctionName::parse(&url.function_arn, None, &url.scope)?;
        let job = Job {
            request_id: core.random.uuid(),
            payload,
            trace_id: core.trace_id(trace_id),
            client_context: None,
            streamed,
        };
        Ok((name, job))
    }
}

/// Returns the function that a command's path names; only aliases have URLs of their own.
fn url_name(command: &Command) -> Result<&FunctionName, ServiceError> {
    let name = named(command)?;
    match name.qualifier.as_deref() {
        Some(qualifier) if qualifier == "$LATEST" || qualifier.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(violated(
                qualifier,
                "qualifier",
                r"satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)",
            ))
        }
        _ => Ok(name),
    }
}

fn read_auth(command: &Command) -> Result<Option<UrlAuth>, ServiceError> {
    let Some(given) = command.body.get("AuthType").filter(|value| !value.is_null()) else { return Ok(None) };
    let auth = word(given, "authType", &["AWS_IAM", "NONE"])?;
    Ok(Some(if auth == "NONE" { UrlAuth::Open } else { UrlAuth::Iam }))
}

fn read_mode(command: &Command) -> Result<Option<UrlMode>, ServiceError> {
    let Some(given) = command.body.get("InvokeMode").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let mode = word(given, "invokeMode", &["RESPONSE_STREAM", "BUFFERED"])?;
    Ok(Some(if mode == "BUFFERED" { UrlMode::Buffered } else { UrlMode::Streamed }))
}

fn must_exist(region: &Region, name: &FunctionName) -> Result<(), ServiceError> {
    let function = region.functions.get(&name.name).ok_or_else(no_function)?;
    match &name.qualifier {
        Some(alias) if !function.aliases.contains_key(alias) => Err(no_function()),
        _ => Ok(()),
    }
}

fn find<'a>(region: &'a Region, name: &FunctionName) -> Result<&'a UrlConfig, ServiceError> {
    let function = region.functions.get(&name.name).ok_or_else(gone)?;
    function.urls.get(name.qualifier.as_deref().unwrap_or_default()).ok_or_else(gone)
}

fn no_function() -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", "Function does not exist")
}

pub(super) fn gone() -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", "The resource you requested does not exist.")
}
