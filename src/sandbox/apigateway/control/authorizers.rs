use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::wire;
use super::page::page;
use super::reference;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::Authorizer;
use crate::sandbox::apigateway::fault::{bad_request, conflict, not_found, not_in_enumeration};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{identifier, patch};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "providerARNs")]
    provider_arns: Option<Vec<String>>,
    auth_type: Option<String>,
    authorizer_uri: Option<String>,
    authorizer_credentials: Option<String>,
    identity_source: Option<String>,
    identity_validation_expression: Option<String>,
    authorizer_result_ttl_in_seconds: Option<i64>,
}

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    // Recorded: AWS speaks of concurrency where the API is not there.
    let api = region.apis.get_mut(ask.path("restapi_id")).ok_or_else(|| {
        conflict("Unable to complete operation due to concurrent modification. Please try again later.")
    })?;
    let kind = input.kind.unwrap_or_default();
    let lambda = kind != "COGNITO_USER_POOLS";
    let identity_source = input.identity_source.filter(|source| !source.is_empty());
    let authorizer = Authorizer {
        id: identifier::short(ask.random),
        name: input.name.unwrap_or_default(),
        auth_type: input
            .auth_type
            .or_else(|| Some(if lambda { "custom" } else { "cognito_user_pools" }.to_owned())),
        kind,
        provider_arns: input.provider_arns,
        authorizer_uri: input.authorizer_uri.filter(|uri| !uri.is_empty()),
        authorizer_credentials: input.authorizer_credentials.filter(|role| !role.is_empty()),
        identity_source,
        identity_validation_expression: input.identity_validation_expression,
        authorizer_result_ttl_in_seconds: Some(input.authorizer_result_ttl_in_seconds.unwrap_or(300)),
    };
    check(&authorizer, "createAuthorizerInput.type")?;
    if api.definition.authorizers.values().any(|other| other.name == authorizer.name) {
        return Err(bad_request(format!(
            "Authorizer name must be unique. Authorizer {} already exists in this RestApi.",
            authorizer.name
        )));
    }
    let body = wire(&authorizer)?;
    api.definition.authorizers.insert(authorizer.id.clone(), authorizer);
    Ok(body)
}

/// <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html>
pub(super) fn check(authorizer: &Authorizer, place: &str) -> Result<(), ServiceError> {
    if authorizer.name.is_empty() {
        return Err(bad_request("Authorizer name cannot be empty"));
    }
    match authorizer.kind.as_str() {
        "COGNITO_USER_POOLS" => {
            if authorizer.provider_arns.as_ref().is_none_or(Vec::is_empty) {
                return Err(bad_request("Provider ARNs cannot be empty"));
            }
        }
        "TOKEN" | "REQUEST" => {
            let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
            let function = uri.contains(":lambda:path/") && uri.ends_with("/invocations");
            if !uri.starts_with("arn:") || !function {
                return Err(bad_request(format!(
                    "Invalid Authorizer URI: {uri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation."
                )));
            }
            let ttl = authorizer.authorizer_result_ttl_in_seconds.unwrap_or(300);
            if authorizer.kind == "TOKEN" && authorizer.identity_source.is_none() {
                return Err(bad_request("Identity source must be specified for a TOKEN authorizer"));
            }
            if authorizer.kind == "REQUEST" && ttl > 0 && authorizer.identity_source.is_none() {
                return Err(bad_request(
                    "Identity source must be specified for a REQUEST authorizer with caching enabled",
                ));
            }
        }
        other => return Err(not_in_enumeration(other, place, "REQUEST, TOKEN, COGNITO_USER_POOLS")),
    }
    if let Some(expression) = &authorizer.identity_validation_expression {
        regex::Regex::new(expression).map_err(|_| {
            bad_request(format!("Invalid identity validation expression specified: {expression}"))
        })?;
    }
    if !(0..=3600).contains(&authorizer.authorizer_result_ttl_in_seconds.unwrap_or(300)) {
        return Err(bad_request("Authorizer result TTL must be between 0 and 3600 seconds"));
    }
    Ok(())
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(region, ask)?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = reference::api(region, ask)?;
    let entries = api
        .definition
        .authorizers
        .iter()
        .map(|(id, authorizer)| Ok((id.clone(), wire(authorizer)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let changed = patch::apply(found(region, ask)?, &operations, &patch::AUTHORIZER)?;
    check(&changed, "updateAuthorizerInput.type")?;
    let body = wire(&changed)?;
    *found(region, ask)? = changed;
    Ok(body)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let authorizer = found(region, ask)?.clone();
    let definition = &mut reference::api_mut(region, ask)?.definition;
    let user =
        definition.methods().find(|(_, method)| method.authorizer_id.as_deref() == Some(&authorizer.id));
    if let Some((resource, method)) = user {
        return Err(conflict(format!(
            "Cannot delete authorizer '{}', is referenced in method: {}/{}",
            authorizer.name, resource.path, method.http_method
        )));
    }
    definition.authorizers.shift_remove(&authorizer.id);
    Ok(Value::Null)
}

fn found<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut Authorizer, ServiceError> {
    region
        .apis
        .get_mut(ask.path("restapi_id"))
        .and_then(|api| api.definition.authorizers.get_mut(ask.path("authorizer_id")))
        .ok_or_else(|| not_found("Invalid Authorizer identifier specified"))
}

/// Forgets what authorizers said on a stage.
pub(super) fn flush(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let stage = ask.path("stage_name");
    if !reference::api(region, ask)?.stages.contains_key(stage) {
        return Err(not_found("Invalid stage identifier specified"));
    }
    *region.flushes.entry(format!("{}/{stage}", ask.path("restapi_id"))).or_default() += 1;
    Ok(Value::Null)
}
