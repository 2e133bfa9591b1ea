use super::writer::{Form, Writer};
use crate::sandbox::apigateway::control::{Ask, reference};
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::{Response, ServiceError};

/// Writes what a stage's deployment holds as an OpenAPI document: what is live, not what is being worked on.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html>
pub(in crate::sandbox::apigateway::control) fn export(
    region: &mut Region,
    ask: &Ask<'_>,
) -> Result<Response, ServiceError> {
    // What lies within a stage answers an unknown API with the stage's error.
    let api = reference::api(region, ask).map_err(|_| not_found("Invalid stage identifier specified"))?;
    let stage = api
        .stages
        .get(ask.path("stage_name"))
        .ok_or_else(|| not_found("Invalid stage identifier specified"))?;
    let kind = ask.path("export_type");
    let form = match kind {
        "oas30" => Form::OpenApi,
        "swagger" => Form::Swagger,
        _ => return Err(bad_request(format!("No API exporter for type '{kind}'"))),
    };
    let deployment = api.deployments.get(&stage.deployment_id);
    let deployment = deployment.ok_or_else(|| not_found("Invalid Deployment identifier specified"))?;
    let extensions = ask.query("extensions").unwrap_or_default();
    let wanted: Vec<&str> = extensions.split(',').map(str::trim).collect();
    let has = |name: &str| wanted.contains(&name) || wanted.contains(&"apigateway");
    let writer = Writer {
        definition: deployment.frozen.definition(),
        form,
        integrations: has("integrations"),
        authorizers: has("authorizers"),
        everything: wanted.contains(&"apigateway"),
    };
    let document = writer.document(stage, &ask.scope.region);
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| ServiceError::new(500, "InternalFailure", error.to_string()))?;
    let accept = ask.request.header("accept").unwrap_or_default();
    if accept.contains("yaml") {
        return Err(ServiceError::not_covered("apigateway", "GetExport as YAML"));
    }
    let name = format!("attachment; filename=\"{kind}_{}.json\"", version(ask));
    let mut response = Response::empty(200)
        .with_header("content-type", "application/octet-stream")
        .with_header("content-disposition", &name);
    response.body = text.into();
    Ok(response)
}

fn version(ask: &Ask<'_>) -> String {
    ask.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
