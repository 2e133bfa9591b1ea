use serde_json::Value;

use super::overlay::{check_choice, check_length, merged, overlay};
use super::page::page;
use super::{Ask, ask::wire, deployments, parameters, web_socket};
use crate::sandbox::ServiceError;
use crate::sandbox::apigatewayv2::entity::{Api, Integration};
use crate::sandbox::apigatewayv2::fault::{bad_request, conflict, unknown};
use crate::sandbox::apigatewayv2::identifier;
use crate::sandbox::apigatewayv2::state::Region;

/// What stands in an integration, and is a resource of its own.
const WITHIN: [&str; 1] = ["responses"];

const SETTABLE: [&str; 11] = [
    "connectionId",
    "connectionType",
    "credentialsArn",
    "description",
    "integrationMethod",
    "integrationSubtype",
    "integrationType",
    "integrationUri",
    "payloadFormatVersion",
    "timeoutInMillis",
    "tlsConfig",
];

const SETTABLE_IN_WEB_SOCKETS: [&str; 15] = [
    "connectionId",
    "connectionType",
    "contentHandlingStrategy",
    "credentialsArn",
    "description",
    "integrationMethod",
    "integrationSubtype",
    "integrationType",
    "integrationUri",
    "passthroughBehavior",
    "payloadFormatVersion",
    "requestTemplates",
    "templateSelectionExpression",
    "timeoutInMillis",
    "tlsConfig",
];

/// Members that only WebSocket APIs have.
const FOREIGN: [&str; 4] =
    ["contentHandlingStrategy", "passthroughBehavior", "requestTemplates", "templateSelectionExpression"];

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html>
/// with the parameters that each must have.
const SUBTYPES: [(&str, &[&str]); 10] = [
    ("EventBridge-PutEvents", &["Detail", "DetailType", "Source"]),
    ("SQS-SendMessage", &["QueueUrl", "MessageBody"]),
    ("SQS-ReceiveMessage", &["QueueUrl"]),
    ("SQS-DeleteMessage", &["QueueUrl", "ReceiptHandle"]),
    ("SQS-PurgeQueue", &["QueueUrl"]),
    ("AppConfig-GetConfiguration", &["Application", "Environment", "Configuration", "ClientId"]),
    ("Kinesis-PutRecord", &["StreamName", "Data", "PartitionKey"]),
    ("StepFunctions-StartExecution", &["StateMachineArn"]),
    ("StepFunctions-StartSyncExecution", &["StateMachineArn"]),
    ("StepFunctions-StopExecution", &["ExecutionArn"]),
];

pub(super) fn create(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    refuse_foreign(api, ask)?;
    let blank = Integration {
        integration_id: identifier::part(ask.random),
        connection_type: "INTERNET".to_owned(),
        timeout_in_millis: Some(30_000),
        ..Integration::default()
    };
    let mut integration = overlay(&blank, ask.body(), settable(api))?;
    integration = overlay(&integration, ask.body(), &["requestParameters", "responseParameters"])?;
    if let Some(given) = integration.request_parameters.take() {
        integration.request_parameters = Some(merged(&super::super::entity::Map::new(), given));
    }
    let answer = add(api, integration)?;
    deployments::changed(api, ask);
    wire(&answer, &WITHIN)
}

/// Puts an integration into an API once it is known to be right, with the defaults of its type.
pub(super) fn add(api: &mut Api, mut integration: Integration) -> Result<Integration, ServiceError> {
    if api.is_web_socket() {
        web_socket::complete_integration(&mut integration);
        web_socket::check_integration(&integration)?;
    } else {
        complete(&mut integration);
        check(&integration)?;
    }
    api.integrations.insert(integration.integration_id.clone(), integration.clone());
    Ok(integration)
}

/// An invocation of a function is always a POST, and nothing but a function is sent format 2.0.
fn complete(integration: &mut Integration) {
    let function = integration.integration_type == "AWS_PROXY" && integration.integration_subtype.is_none();
    if function {
        integration.integration_method.get_or_insert_with(|| "POST".to_owned());
    } else if ["AWS_PROXY", "HTTP_PROXY"].contains(&integration.integration_type.as_str()) {
        integration.payload_format_version.get_or_insert_with(|| "1.0".to_owned());
    }
}

fn settable(api: &Api) -> &'static [&'static str] {
    if api.is_web_socket() { &SETTABLE_IN_WEB_SOCKETS } else { &SETTABLE }
}

fn refuse_foreign(api: &Api, ask: &Ask<'_>) -> Result<(), ServiceError> {
    if api.is_web_socket() {
        return Ok(());
    }
    match FOREIGN.iter().find(|name| ask.body().get(**name).is_some_and(|value| !value.is_null())) {
        None => Ok(()),
        Some(name) => {
            let title = name[..1].to_ascii_uppercase() + &name[1..];
            Err(bad_request(format!("{title} is not supported for APIs with a protocol type of HTTP")))
        }
    }
}

/// <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html>
pub(super) fn check(integration: &Integration) -> Result<(), ServiceError> {
    let kind = integration.integration_type.as_str();
    if !["AWS_PROXY", "HTTP_PROXY"].contains(&kind) {
        return Err(bad_request(
            "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, \
             HTTP_PROXY)",
        ));
    }
    check_length(integration.description.as_deref(), "Description", 1024)?;
    check_choice(&integration.connection_type, "connection type", &["INTERNET", "VPC_LINK"])?;
    if integration.timeout_in_millis.is_some_and(|time| !(50..=30_000).contains(&time)) {
        return Err(bad_request("Timeout should be between 50 ms and 30000 ms"));
    }
    match integration.payload_format_version.as_deref() {
        None => return Err(bad_request("PayloadFormatVersion is a required parameter for integration")),
        Some("2.0") if kind == "HTTP_PROXY" => {
            return Err(bad_request(
                "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY",
            ));
        }
        Some("1.0" | "2.0") => {}
        Some(other) => return Err(bad_request(format!("Unsupported PayloadFormatVersion: {other}"))),
    }
    let mapped = match &integration.integration_subtype {
        Some(subtype) => return check_subtype(integration, subtype),
        None => integration.request_parameters.as_ref(),
    };
    parameters::check_request(mapped)?;
    parameters::check_response(integration.response_parameters.as_ref())?;
    check_target(integration)
}

fn check_target(integration: &Integration) -> Result<(), ServiceError> {
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    if integration.integration_type == "AWS_PROXY" {
        let function = uri.starts_with("arn:")
            && uri.contains(":lambda:")
            && uri.contains(":function:")
            && !uri.ends_with(":function:");
        return if function {
            Ok(())
        } else {
            Err(bad_request(format!("Invalid integration URI specified: {uri}")))
        };
    }
    if integration.integration_method.as_deref().is_none_or(str::is_empty) {
        return Err(bad_request(
            "HttpMethod parameter method must be specified for integrationType HTTPPROXY",
        ));
    }
    if integration.connection_type == "VPC_LINK" {
        if integration.connection_id.as_deref().is_none_or(str::is_empty) {
            return Err(bad_request("ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK"));
        }
        let listener =
            uri.starts_with("arn:") && (uri.contains(":listener/") || uri.contains(":servicediscovery:"));
        return if listener {
            Ok(())
        } else {
            Err(bad_request(
                "For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map \
                 service ARN.",
            ))
        };
    }
    let web = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
    if web.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        || uri.starts_with("${stageVariables.")
    {
        Ok(())
    } else {
        Err(bad_request(format!("Invalid HTTP endpoint specified for URI: {uri}")))
    }
}

fn check_subtype(integration: &Integration, subtype: &str) -> Result<(), ServiceError> {
    let unsupported = || bad_request(format!("Operation: {subtype} is not supported."));
    if integration.integration_type != "AWS_PROXY" {
        return Err(unsupported());
    }
    let (_, needed) = SUBTYPES.iter().find(|(name, _)| *name == subtype).ok_or_else(unsupported)?;
    if integration.payload_format_version.as_deref() != Some("1.0") {
        return Err(unsupported());
    }
    if integration.credentials_arn.as_deref().is_none_or(str::is_empty) {
        return Err(bad_request(format!(
            "Role ARN must be specified for AWS integration configuration with Subtype: {subtype}"
        )));
    }
    let given = integration.request_parameters.as_ref();
    if needed.iter().any(|name| !given.is_some_and(|given| given.contains_key(*name))) {
        return Err(bad_request(format!(
            "Operation: {subtype} requires enabling passthrough, or defining all of the following parameters: [{}]",
            needed.join(", ")
        )));
    }
    Ok(())
}

fn found<'a>(api: &'a Api, ask: &Ask<'_>) -> Result<&'a Integration, ServiceError> {
    let id = ask.path("integrationId");
    api.integrations.get(id).ok_or_else(|| unknown("Integration", id))
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire(found(ask.api(region)?, ask)?, &WITHIN)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let all = ask.api(region)?.integrations.values();
    let items = all.map(|one| Ok((one.integration_id.clone(), wire(one, &WITHIN)?)));
    page(ask, items.collect::<Result<_, ServiceError>>()?)
}

/// Parameters that are given are laid over those that are there; an empty one takes a parameter away.
pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let before = found(api, ask)?;
    refuse_foreign(api, ask)?;
    let mut integration = overlay(before, ask.body(), settable(api))?;
    let given = overlay(&Integration::default(), ask.body(), &["requestParameters", "responseParameters"])?;
    if let Some(given) = given.request_parameters {
        let there = before.request_parameters.clone().unwrap_or_default();
        integration.request_parameters = Some(merged(&there, given)).filter(|left| !left.is_empty());
    }
    if let Some(given) = given.response_parameters {
        let mut there = before.response_parameters.clone().unwrap_or_default();
        there.extend(given);
        integration.response_parameters = Some(there);
    }
    for member in [
        &mut integration.credentials_arn,
        &mut integration.connection_id,
        &mut integration.integration_subtype,
    ] {
        *member = member.take().filter(|text| !text.is_empty());
    }
    let answer = add(api, integration)?;
    deployments::changed(api, ask);
    wire(&answer, &WITHIN)
}

pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let api = ask.api(region)?;
    let id = found(api, ask)?.integration_id.clone();
    let routes = api.routes.values().filter(|route| route.integration_id() == Some(&id));
    let routes: Vec<&str> = routes.map(|route| route.route_id.as_str()).collect();
    if !routes.is_empty() {
        return Err(conflict(format!(
            "Cannot delete Integration because it is referenced by the following Routes with Ids: [{}]",
            routes.join(", ")
        )));
    }
    api.integrations.shift_remove(&id);
    deployments::changed(api, ask);
    Ok(Value::Null)
}
