use serde_json::Value;

use super::document::Document;
use crate::context::Random;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::control::authorizers;
use crate::sandbox::apigateway::entity::{Authorizer, Definition};
use crate::sandbox::apigateway::identifier;

/// What an operation asks of its callers.
#[derive(Debug)]
pub(super) struct Demand {
    pub authorization_type: String,
    pub authorizer_id: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub api_key_required: bool,
}

/// Makes an authorizer of every scheme that has one.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html>
pub(super) fn add(
    document: &Document,
    definition: &mut Definition,
    random: &Random,
) -> Result<(), ServiceError> {
    for (name, scheme) in document.security_schemes().as_object().into_iter().flatten() {
        let scheme = document.resolve(scheme);
        let Some(given) = scheme.get("x-amazon-apigateway-authorizer").filter(|given| given.is_object())
        else {
            continue;
        };
        let text = |member: &str| given[member].as_str().map(str::to_owned);
        let kind = match text("type").unwrap_or_default().to_lowercase().as_str() {
            "request" => "REQUEST",
            "cognito_user_pools" => "COGNITO_USER_POOLS",
            _ => "TOKEN",
        };
        let header = scheme["name"].as_str().filter(|name| *name != "Unused");
        let header = header.map(|name| format!("method.request.header.{name}"));
        let pools = given["providerARNs"]
            .as_array()
            .map(|arns| arns.iter().filter_map(|arn| arn.as_str().map(str::to_owned)).collect::<Vec<_>>());
        let there = definition.authorizers.values().find(|other| other.name == *name);
        let authorizer = Authorizer {
            id: there.map_or_else(|| identifier::short(random), |other| other.id.clone()),
            name: name.clone(),
            kind: kind.to_owned(),
            provider_arns: pools,
            auth_type: scheme["x-amazon-apigateway-authtype"].as_str().map(str::to_owned),
            authorizer_uri: text("authorizerUri"),
            authorizer_credentials: text("authorizerCredentials"),
            identity_source: text("identitySource").or(header),
            identity_validation_expression: text("identityValidationExpression"),
            authorizer_result_ttl_in_seconds: Some(
                given["authorizerResultTtlInSeconds"].as_i64().unwrap_or(300),
            ),
        };
        authorizers::check(&authorizer, "importRestApiInput.type")?;
        definition.authorizers.insert(authorizer.id.clone(), authorizer);
    }
    Ok(())
}

/// Reads an operation's `security`, or the document's where it has none.
pub(super) fn demand(document: &Document, definition: &Definition, operation: &Value) -> Demand {
    let mut demand = Demand {
        authorization_type: "NONE".to_owned(),
        authorizer_id: None,
        scopes: None,
        api_key_required: false,
    };
    let auth = operation["x-amazon-apigateway-auth"]["type"].as_str();
    if auth.is_some_and(|kind| kind.eq_ignore_ascii_case("AWS_IAM")) {
        "AWS_IAM".clone_into(&mut demand.authorization_type);
    }
    let security = operation.get("security").or_else(|| document.root.get("security"));
    for requirement in security.and_then(Value::as_array).into_iter().flatten() {
        for (name, scopes) in requirement.as_object().into_iter().flatten() {
            let scheme = document.resolve(&document.security_schemes()[name]);
            let found = definition.authorizers.values().find(|authorizer| authorizer.name == *name);
            if let Some(authorizer) = found {
                let pool = authorizer.kind == "COGNITO_USER_POOLS";
                if pool { "COGNITO_USER_POOLS" } else { "CUSTOM" }.clone_into(&mut demand.authorization_type);
                demand.authorizer_id = Some(authorizer.id.clone());
                let scopes: Vec<String> = scopes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|scope| scope.as_str().map(str::to_owned))
                    .collect();
                demand.scopes = Some(scopes).filter(|scopes| !scopes.is_empty());
            } else if scheme["x-amazon-apigateway-authtype"].as_str() == Some("awsSigv4") {
                "AWS_IAM".clone_into(&mut demand.authorization_type);
            } else if scheme["type"].as_str() == Some("apiKey")
                && scheme["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("x-api-key"))
            {
                demand.api_key_required = true;
            }
        }
    }
    demand
}
