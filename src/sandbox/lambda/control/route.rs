use http::Method;
use serde_json::{Map, Value};

use super::super::entity::{FunctionName, PATTERN, PATTERN_GET};
use super::command::{Command, Name};
use super::tags::MAPPING;
use crate::sandbox::coverage::Api;
use crate::sandbox::{AccountId, Request, Scope, ServiceError};

/// Says which operation a request is; one that AWS has and the sandbox does not is refused by its name.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>
pub(super) fn route(request: &Request, scope: &Scope) -> Result<Command, ServiceError> {
    let segments = request.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let method = &request.method;
    let (get, post) = (method == Method::GET, method == Method::POST);
    let (put, delete) = (method == Method::PUT, method == Method::DELETE);
    let (function, item, number) = match parts[..] {
        [_, "functions", name, ..] => (Some(name), String::new(), 0),
        [_, "layers", layer, "versions", number, ..] => {
            (None, layer.to_owned(), number.parse().map_err(|_| no_number(number))?)
        }
        [_, "layers", layer, ..] => (None, layer.to_owned(), 0),
        _ => (None, String::new(), 0),
    };
    let mut item = item;
    if let [_, "functions", _, "aliases" | "policy", third] | [_, "event-source-mappings", third] = parts[..]
    {
        third.clone_into(&mut item);
    }
    let operation = match parts[..] {
        ["2015-03-31", "functions"] if post => Name::CreateFunction,
        ["2015-03-31", "functions"] if get => Name::ListFunctions,
        ["2015-03-31", "functions", _] if get => Name::GetFunction,
        ["2015-03-31", "functions", _] if delete => Name::DeleteFunction,
        ["2015-03-31", "functions", _, "configuration"] if get => Name::GetFunctionConfiguration,
        ["2015-03-31", "functions", _, "configuration"] if put => Name::UpdateFunctionConfiguration,
        ["2015-03-31", "functions", _, "code"] if put => Name::UpdateFunctionCode,
        ["2015-03-31", "functions", _, "versions"] if post => Name::PublishVersion,
        ["2015-03-31", "functions", _, "versions"] if get => Name::ListVersionsByFunction,
        ["2015-03-31", "functions", _, "invocations"] if post => Name::Invoke,
        ["2015-03-31", "functions", _, "aliases"] if post => Name::CreateAlias,
        ["2015-03-31", "functions", _, "aliases"] if get => Name::ListAliases,
        ["2015-03-31", "functions", _, "aliases", _] if get => Name::GetAlias,
        ["2015-03-31", "functions", _, "aliases", _] if put => Name::UpdateAlias,
        ["2015-03-31", "functions", _, "aliases", _] if delete => Name::DeleteAlias,
        ["2015-03-31", "functions", _, "policy"] if post => Name::AddPermission,
        ["2015-03-31", "functions", _, "policy"] if get => Name::GetPolicy,
        ["2015-03-31", "functions", _, "policy", _] if delete => Name::RemovePermission,
        ["2017-10-31", "functions", _, "concurrency"] if put => Name::PutFunctionConcurrency,
        ["2017-10-31", "functions", _, "concurrency"] if delete => Name::DeleteFunctionConcurrency,
        ["2019-09-30", "functions", _, "concurrency"] if get => Name::GetFunctionConcurrency,
        ["2019-09-25", "functions", _, "event-invoke-config"] if put => Name::PutFunctionEventInvokeConfig,
        ["2019-09-25", "functions", _, "event-invoke-config"] if post => {
            Name::UpdateFunctionEventInvokeConfig
        }
        ["2019-09-25", "functions", _, "event-invoke-config"] if get => Name::GetFunctionEventInvokeConfig,
        ["2019-09-25", "functions", _, "event-invoke-config"] if delete => {
            Name::DeleteFunctionEventInvokeConfig
        }
        ["2019-09-25", "functions", _, "event-invoke-config", "list"] if get => {
            Name::ListFunctionEventInvokeConfigs
        }
        ["2018-10-31", "layers"] if get && request.query_value("find").is_some() => {
            Name::GetLayerVersionByArn
        }
        ["2018-10-31", "layers"] if get => Name::ListLayers,
        ["2018-10-31", "layers", _, "versions"] if post => Name::PublishLayerVersion,
        ["2018-10-31", "layers", _, "versions"] if get => Name::ListLayerVersions,
        ["2018-10-31", "layers", _, "versions", _, "policy"] if post => Name::AddLayerVersionPermission,
        ["2018-10-31", "layers", _, "versions", _, "policy"] if get => Name::GetLayerVersionPolicy,
        ["2018-10-31", "layers", _, "versions", _, "policy", _] if delete => {
            Name::RemoveLayerVersionPermission
        }
        ["2018-10-31", "layers", _, "versions", _] if get => Name::GetLayerVersion,
        ["2018-10-31", "layers", _, "versions", _] if delete => Name::DeleteLayerVersion,
        ["2015-03-31", "event-source-mappings"] if post => Name::CreateEventSourceMapping,
        ["2015-03-31", "event-source-mappings"] if get => Name::ListEventSourceMappings,
        ["2015-03-31", "event-source-mappings", _] if get => Name::GetEventSourceMapping,
        ["2015-03-31", "event-source-mappings", _] if put => Name::UpdateEventSourceMapping,
        ["2015-03-31", "event-source-mappings", _] if delete => Name::DeleteEventSourceMapping,
        ["2021-10-31", "functions", _, "url"] if post => Name::CreateFunctionUrlConfig,
        ["2021-10-31", "functions", _, "url"] if get => Name::GetFunctionUrlConfig,
        ["2021-10-31", "functions", _, "url"] if put => Name::UpdateFunctionUrlConfig,
        ["2021-10-31", "functions", _, "url"] if delete => Name::DeleteFunctionUrlConfig,
        ["2021-10-31", "functions", _, "urls"] if get => Name::ListFunctionUrlConfigs,
        ["2019-09-30", "functions", _, "provisioned-concurrency"] if put => {
            Name::PutProvisionedConcurrencyConfig
        }
        ["2019-09-30", "functions", _, "provisioned-concurrency"] if delete => {
            Name::DeleteProvisionedConcurrencyConfig
        }
        ["2019-09-30", "functions", _, "provisioned-concurrency"] if get => {
            if request.query_value("List").is_some() {
                Name::ListProvisionedConcurrencyConfigs
            } else {
                Name::GetProvisionedConcurrencyConfig
            }
        }
        ["2021-07-20", "functions", _, "runtime-management-config"] if get => {
            Name::GetRuntimeManagementConfig
        }
        ["2021-07-20", "functions", _, "runtime-management-config"] if put => {
            Name::PutRuntimeManagementConfig
        }
        ["2024-08-31", "functions", _, "recursion-config"] if get => Name::GetFunctionRecursionConfig,
        ["2024-08-31", "functions", _, "recursion-config"] if put => Name::PutFunctionRecursionConfig,
        ["2020-06-30", "functions", _, "code-signing-config"] if get => Name::GetFunctionCodeSigningConfig,
        ["2020-04-22", "code-signing-configs"] if get => Name::ListCodeSigningConfigs,
        ["2021-11-15", "functions", _, "response-streaming-invocations"] if post => {
            Name::InvokeWithResponseStream
        }
        ["2014-11-13", "functions", _, "invoke-async"] if post => Name::InvokeAsync,
        ["2016-08-19", "account-settings"] if get => Name::GetAccountSettings,
        ["2017-03-31", "tags", ..] if get => Name::ListTags,
        ["2017-03-31", "tags", ..] if post => Name::TagResource,
        ["2017-03-31", "tags", ..] if delete => Name::UntagResource,
        _ => return Err(unknown(request, &parts)),
    };
    let mut qualifier = request.query_value("Qualifier");
    let function = match (operation, function) {
        (Name::ListTags | Name::TagResource | Name::UntagResource, _) => {
            // SDKs encode the ARN's colons; some send them as they are.
            let arn = parts[2..].join("/");
            if !arn.starts_with("arn:aws:lambda:") {
                return Err(ServiceError::new(
                    400,
                    "ValidationException",
                    format!(
                        "1 validation error detected: Value '{arn}' at 'resource' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*):lambda:[a-z]{{2}}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{{1}}:\\d{{12}}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{{17}}|event-source-mapping:[a-f0-9]{{8}}-[a-f0-9]{{4}}-[a-f0-9]{{4}}-[a-f0-9]{{4}}-[a-f0-9]{{12}})"
                    ),
                ));
            }
            if let Some((_, uuid)) = arn.split_once(":event-source-mapping:") {
                let fields: Vec<&str> = arn.split(':').collect();
                let account = AccountId::parse(fields[4]).unwrap_or_else(|| scope.account.clone());
                let place = Scope { account, region: fields[3].to_owned() };
                uuid.clone_into(&mut item);
                let function = FunctionName { scope: place, name: MAPPING.to_owned(), qualifier: None };
                return Ok(Command {
                    operation,
                    function: Some(function),
                    item,
                    number,
                    statement: String::new(),
                    body: body(request)?,
                });
            }
            if !arn.contains(":function:") {
                return Err(ServiceError::not_covered(
                    "lambda",
                    &format!("{operation:?} of anything but functions"),
                ));
            }
            Some(FunctionName::parse(&arn, None, scope)?)
        }
        (operation, Some(name)) => {
            let qualifier = qualifier.take();
            check_qualifier(qualifier.as_deref())?;
            let parsed = FunctionName::parse(name, qualifier.as_deref(), scope);
            let name = parsed.map_err(|error| with_pattern_of(operation, error))?;
            check_region(&name, scope)?;
            Some(name)
        }
        (_, None) => None,
    };
    let statement = match parts[..] {
        [_, "layers", _, "versions", _, "policy", sid] => sid.to_owned(),
        _ => String::new(),
    };
    if operation == Name::GetLayerVersionByArn {
        item = request.query_value("Arn").unwrap_or_default();
    }
    let raw = matches!(operation, Name::Invoke | Name::InvokeWithResponseStream | Name::InvokeAsync);
    let body = if raw { Map::new() } else { body(request)? };
    Ok(Command { operation, function, item, number, statement, body })
}

fn body(request: &Request) -> Result<Map<String, Value>, ServiceError> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(ServiceError::new(
            400,
            "SerializationException",
            "Start of structure or map found where not expected.",
        )),
        Err(error) => Err(ServiceError::new(
            400,
            "InvalidRequestContentException",
            format!("Could not parse request body into json: {error}"),
        )),
    }
}

fn no_number(text: &str) -> ServiceError {
    ServiceError::new(
        400,
        "ValidationException",
        format!(
            "1 validation error detected: Value '{text}' at 'versionNumber' failed to satisfy constraint: Member must be a number"
        ),
    )
}

/// Names what AWS has at a path and the sandbox has not.
fn unknown(request: &Request, parts: &[&str]) -> ServiceError {
    match Api::of("lambda").and_then(|api| api.at(request.method.as_str(), parts, &request.raw_query)) {
        Some(name) => ServiceError::not_covered("lambda", name),
        None => ServiceError::new(
            404,
            "UnknownOperationException",
            format!("Lambda has no operation at {} /{}", request.method, parts.join("/")),
        ),
    }
}

/// Operations show two patterns for a function's name.
fn with_pattern_of(operation: Name, mut error: ServiceError) -> ServiceError {
    if matches!(operation, Name::GetFunction | Name::Invoke | Name::DeleteFunction) {
        error.message = error.message.replace(PATTERN, PATTERN_GET);
    }
    error
}

fn check_qualifier(qualifier: Option<&str>) -> Result<(), ServiceError> {
    let Some(qualifier) = qualifier else { return Ok(()) };
    let mut problems = vec![];
    let shown = |constraint: &str| {
        format!("Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must {constraint}")
    };
    if qualifier.chars().count() > 128 {
        problems.push(shown("have length less than or equal to 128"));
    }
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_$".contains(&byte);
    if qualifier.is_empty() || !qualifier.bytes().all(word) {
        problems.push(shown(r"satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"));
    }
    if problems.is_empty() {
        return Ok(());
    }
    let errors = if problems.len() == 1 { "error" } else { "errors" };
    let message = format!("{} validation {errors} detected: {}", problems.len(), problems.join("; "));
    Err(ServiceError::new(400, "ValidationException", message))
}

fn check_region(name: &FunctionName, scope: &Scope) -> Result<(), ServiceError> {
    if name.scope.region == scope.region {
        return Ok(());
    }
    let message = format!(
        "Functions from '{}' are not reachable in this region ('{}')",
        name.scope.region, scope.region
    );
    Err(ServiceError::new(404, "ResourceNotFoundException", message))
}
