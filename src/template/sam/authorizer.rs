use serde_json::{Map, Value, json};

use super::definition::{each_operation, push, within};
use super::event::Route;
use super::expansion::{Expansion, Inherited};
use super::part::{Built, Part};
use super::python2::{all_marked, marked};
use crate::text::did_you_mean;

/// Puts what `Auth` says on a REST API's definition: its authorizers, who is asked by default, API keys; and makes the permissions to
/// call authorizer functions.
pub(super) fn add(
    expansion: &mut Expansion<'_>,
    document: &mut Value,
    api: &str,
    auth: Option<&Part<'_>>,
    routes: &[Route],
    inherited: &Inherited,
) {
    let none = json!({});
    let nothing = Part::new(&none, &inherited.origin);
    let auth = auth.unwrap_or(&nothing);
    let known = [
        "AddApiKeyRequiredToCorsPreflight",
        "AddDefaultAuthorizerToCorsPreflight",
        "ApiKeyRequired",
        "Authorizers",
        "DefaultAuthorizer",
        "InvokeRole",
        "ResourcePolicy",
        "UsagePlan",
    ];
    expansion.known(auth, &known, "`Auth`");
    expansion.not_carried_out(auth, &["ResourcePolicy"], "`Auth`");
    let authorizers = auth.get("Authorizers").map(|given| given.members()).unwrap_or_default();
    let mut definitions = Map::new();
    for (name, authorizer) in &authorizers {
        if let Some(definition) = definition(expansion, api, name, authorizer, inherited) {
            definitions.insert((*name).to_owned(), definition);
        }
    }
    let default = auth.text("DefaultAuthorizer").filter(|name| *name != "NONE");
    if let Some(name) = default.filter(|name| *name != "AWS_IAM" && !definitions.contains_key(*name)) {
        let at = auth.get("DefaultAuthorizer").map_or_else(|| auth.at.clone(), |part| part.at);
        let help = did_you_mean(name, definitions.keys().map(String::as_str));
        expansion.refuse(&at, format!("`Authorizers` has no `{name}`")).help = help;
    }
    let preflight = auth.flag("AddDefaultAuthorizerToCorsPreflight").unwrap_or(true);
    let key_preflight = auth.flag("AddApiKeyRequiredToCorsPreflight").unwrap_or(true);
    let key_by_default = auth.flag("ApiKeyRequired") == Some(true);
    let mut keys = key_by_default;
    let mut iam = default == Some("AWS_IAM");
    for route in routes {
        let Some(own) = route.part().get("Auth") else { continue };
        let known = [
            "ApiKeyRequired",
            "Authorizer",
            "AuthorizationScopes",
            "InvokeRole",
            "OverrideApiAuth",
            "ResourcePolicy",
        ];
        expansion.known(&own, &known, "`Auth`");
        expansion.not_carried_out(&own, &["ResourcePolicy", "OverrideApiAuth"], "`Auth`");
        keys |= own.flag("ApiKeyRequired") == Some(true);
        match own.text("Authorizer") {
            Some("NONE") if default.is_none() => {
                expansion.refuse(&own.at, "`NONE` means something only where there is a `DefaultAuthorizer`");
            }
            Some("AWS_IAM") => iam = true,
            Some("NONE") | None => {}
            Some(name) if !definitions.contains_key(name) => {
                let help = did_you_mean(name, definitions.keys().map(String::as_str));
                expansion.refuse(&own.at, format!("the API has no authorizer `{name}`")).help = help;
            }
            Some(_) => {}
        }
    }
    let scopes_of = |name: &str| {
        let authorizer =
            authorizers.iter().find(|(known, _)| *known == name).map(|(_, authorizer)| authorizer);
        let scopes = authorizer.and_then(|authorizer| authorizer.get("AuthorizationScopes"));
        scopes.map_or_else(|| json!([]), |scopes| all_marked(scopes.value))
    };
    each_operation(document, |path, method, operation| {
        let route = routes.iter().find(|route| route.path == path && route.method == method);
        let own = route.and_then(|route| route.part().get("Auth"));
        let asked = own.as_ref().and_then(|own| own.text("Authorizer"));
        let asked = asked.or(default.filter(|_| method != "options" || preflight || route.is_some()));
        let has_own = operation.get("security").is_some() && route.is_none();
        if let Some(name) = asked.filter(|_| !has_own) {
            let own_scopes = own.as_ref().and_then(|own| own.get("AuthorizationScopes"));
            let scopes = own_scopes.map_or_else(|| scopes_of(name), |scopes| all_marked(scopes.value));
            push(&mut operation["security"], json!({ marked(name): scopes }));
        }
        let key = own.as_ref().and_then(|own| own.flag("ApiKeyRequired"));
        let by_default = key_by_default && (method != "options" || key_preflight || route.is_some());
        if key.unwrap_or(by_default) {
            push(&mut operation["security"], json!({ "api_key": [] }));
        }
        // Where keys are asked for everywhere else, an empty list says that one route asks for nothing.
        if key == Some(false) && key_by_default && operation["security"].is_null() {
            operation["security"] = json!([]);
        }
        if operation.get("security").is_some_and(Value::is_null)
            && let Some(members) = operation.as_object_mut()
        {
            members.shift_remove("security");
        }
    });
    if iam {
        let kind = ("type", "apiKey");
        let own = ("x-amazon-apigateway-authtype", "awsSigv4");
        let (name, place) = (("name", "Authorization"), ("in", "header"));
        // The order counts in the text that a deployment's id comes from.
        let members =
            if default == Some("AWS_IAM") { [kind, name, own, place] } else { [kind, name, place, own] };
        let members = members.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value)));
        definitions.insert("AWS_IAM".to_owned(), Value::Object(members.collect()));
    }
    if keys {
        definitions
            .insert("api_key".to_owned(), json!({ "type": "apiKey", "name": "x-api-key", "in": "header" }));
    }
    if !definitions.is_empty() {
        let place = within(document, "securityDefinitions");
        for (name, definition) in definitions {
            let own = name == "AWS_IAM" || name == "api_key";
            place[if own { name } else { marked(&name) }] = definition;
        }
    }
}

fn definition(
    expansion: &mut Expansion<'_>,
    api: &str,
    name: &str,
    authorizer: &Part<'_>,
    inherited: &Inherited,
) -> Option<Value> {
    let known = [
        "AuthorizationScopes",
        "DisableFunctionDefaultPermissions",
        "FunctionArn",
        "FunctionInvokeRole",
        "FunctionPayloadType",
        "Identity",
        "UserPoolArn",
    ];
    expansion.known(authorizer, &known, &format!("the authorizer `{name}`"));
    let identity = authorizer.get("Identity");
    if let Some(identity) = &identity {
        let known = [
            "Context",
            "Header",
            "Headers",
            "QueryStrings",
            "ReauthorizeEvery",
            "StageVariables",
            "ValidationExpression",
        ];
        expansion.known(identity, &known, "`Identity`");
    }
    let of_identity = |key: &str| identity.as_ref().and_then(|identity| identity.get(key));
    let header =
        of_identity("Header").map_or_else(|| "Authorization".into(), |header| all_marked(header.value));
    if let Some(pool) = authorizer.get("UserPoolArn") {
        let arns: Vec<Value> = pool.one_or_more().iter().map(|arn| all_marked(arn.value)).collect();
        let mut told = json!({ "type": "cognito_user_pools", "providerARNs": arns });
        if let Some(expression) = of_identity("ValidationExpression") {
            told["identityValidationExpression"] = all_marked(expression.value);
        }
        return Some(json!({
            "type": "apiKey", "name": header,
            "x-amazon-apigateway-authorizer": told, "x-amazon-apigateway-authtype": "cognito_user_pools", "in": "header",
        }));
    }
    let Some(function) = authorizer.get("FunctionArn") else {
        expansion
            .refuse(&authorizer.at, format!("the authorizer `{name}` needs `FunctionArn` or `UserPoolArn`"));
        return None;
    };
    let request = match authorizer.text("FunctionPayloadType") {
        None | Some("TOKEN") => false,
        Some("REQUEST") => true,
        Some(_) => {
            expansion.refuse(&authorizer.at, "`FunctionPayloadType` is `TOKEN` or `REQUEST`");
            return None;
        }
    };
    // The order counts in the text that a deployment's id comes from.
    let mut told = json!({
        "authorizerUri": { "Fn::Sub": [
            "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations",
            { "__FunctionArn__": all_marked(function.value) },
        ] },
        "type": if request { "request" } else { "token" },
    });
    if let Some(seconds) = of_identity("ReauthorizeEvery") {
        told["authorizerResultTtlInSeconds"] = seconds.value.clone();
    }
    if request {
        let mut sources = Vec::new();
        let kinds = [
            ("Headers", "method.request.header."),
            ("QueryStrings", "method.request.querystring."),
            ("StageVariables", "stageVariables."),
            ("Context", "context."),
        ];
        for (key, prefix) in kinds {
            let names = of_identity(key).map(|names| names.items()).unwrap_or_default();
            sources.extend(
                names.iter().filter_map(|name| name.value.as_str()).map(|name| format!("{prefix}{name}")),
            );
        }
        let cached = of_identity("ReauthorizeEvery").is_none_or(|seconds| seconds.value != &json!(0));
        if sources.is_empty() && cached {
            let message = "a `REQUEST` authorizer needs an `Identity` with headers, query strings, stage variables or context";
            expansion.refuse(&authorizer.at, message);
        }
        if !sources.is_empty() {
            told["identitySource"] = marked(&sources.join(", ")).into();
        }
    } else if let Some(expression) = of_identity("ValidationExpression") {
        told["identityValidationExpression"] = all_marked(expression.value);
    }
    if let Some(role) = authorizer.get("FunctionInvokeRole").filter(|role| role.value != "NONE") {
        told["authorizerCredentials"] = all_marked(role.value);
    }
    let origin = inherited.condition_alone().from(&authorizer.at);
    if authorizer.flag("DisableFunctionDefaultPermissions") != Some(true) {
        permit(expansion, api, name, "arn:aws", &function, &origin);
    }
    Some(json!({
        "type": "apiKey", "name": if request { "Unused".into() } else { header },
        "x-amazon-apigateway-authorizer": told, "x-amazon-apigateway-authtype": "custom", "in": "header",
    }))
}

/// Lets API Gateway call an authorizer's function.
pub(super) fn permit(
    expansion: &mut Expansion<'_>,
    api: &str,
    name: &str,
    partition: &str,
    function: &Part<'_>,
    inherited: &Inherited,
) {
    let pattern =
        format!("{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/authorizers/*");
    let made = Built::new()
        .with("Action", "lambda:InvokeFunction")
        .with("FunctionName", function.value.clone())
        .with("Principal", "apigateway.amazonaws.com")
        .with("SourceArn", json!({ "Fn::Sub": [pattern, { "__ApiId__": { "Ref": api } }] }));
    expansion.put(&format!("{api}{name}AuthorizerPermission"), "AWS::Lambda::Permission", made, inherited);
}
