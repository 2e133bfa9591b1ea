use crate::aws::{Clients, ErrorClass, Failure, Outcome};
use crate::resource::apigateway::definition_body;
use crate::resource::kind::Wanted;

/// Returns the OpenAPI definition that the properties give.
pub(super) fn body(wanted: &Wanted) -> Result<Option<String>, Failure> {
    let Some(bytes) = definition_body(wanted)? else { return Ok(None) };
    let text = String::from_utf8(bytes);
    let text = text.map_err(|error| Failure::new(ErrorClass::Invalid, "definition", error.to_string()))?;
    Ok(Some(text))
}

/// Makes an API of its definition and returns id and address.
pub(super) async fn import(
    clients: &Clients,
    wanted: &Wanted,
    body: String,
) -> Result<(String, Option<String>), Failure> {
    let properties = wanted.properties();
    let call = clients.apigatewayv2.import_api().body(body).set_basepath(properties.text("Basepath"));
    let call = call.set_fail_on_warnings(properties.flag("FailOnWarnings"));
    let output = call.send().await.during("apigateway:ImportApi")?;
    let id = output.api_id().unwrap_or_default().to_owned();
    Ok((id, output.api_endpoint))
}

/// Puts a definition in the place of what an API had.
pub(super) async fn reimport(
    clients: &Clients,
    api: &str,
    wanted: &Wanted,
    body: String,
) -> Result<(), Failure> {
    let properties = wanted.properties();
    let call = clients.apigatewayv2.reimport_api().api_id(api).body(body);
    let call = call.set_basepath(properties.text("Basepath"));
    let call = call.set_fail_on_warnings(properties.flag("FailOnWarnings"));
    call.send().await.during("apigateway:ReimportApi").map(drop)
}
