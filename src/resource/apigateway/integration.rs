use aws_sdk_apigateway::types::{ConnectionType, ContentHandlingStrategy, IntegrationType};

use super::busy::calmly;
use crate::aws::{Clients, Failure, Outcome};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Shape, TEXT_MAP, TEXTS};

const CONTENT_HANDLING: Shape = Shape::Choice(&["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]);

/// The property `Integration` of a method.
pub(super) const SHAPE: Shape = Shape::Object(&[
    Property::new("CacheKeyParameters", TEXTS),
    Property::text("CacheNamespace"),
    Property::text("ConnectionId"),
    Property::new("ConnectionType", Shape::Choice(&["INTERNET", "VPC_LINK"])),
    Property::new("ContentHandling", CONTENT_HANDLING),
    Property::text("Credentials"),
    Property::text("IntegrationHttpMethod"),
    Property::new(
        "IntegrationResponses",
        Shape::List(&Shape::Object(&[
            Property::new("ContentHandling", CONTENT_HANDLING),
            Property::new("ResponseParameters", TEXT_MAP),
            Property::new("ResponseTemplates", TEXT_MAP),
            Property::text("SelectionPattern"),
            Property::text("StatusCode").required(),
        ])),
    ),
    Property::new("PassthroughBehavior", Shape::Choice(&["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"])),
    Property::new("RequestParameters", TEXT_MAP),
    Property::new("RequestTemplates", TEXT_MAP),
    Property::new("TimeoutInMillis", Shape::Integer),
    Property::new("Type", Shape::Choice(&["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"])).required(),
    Property::text("Uri"),
]);

/// Where a method stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) api: String,
    pub(super) resource: String,
    pub(super) method: String,
}

/// Gives a method its integration, anew, with the responses.
pub(super) async fn put(
    clients: &Clients,
    place: &Place,
    integration: Properties<'_>,
) -> Result<(), Failure> {
    let keys = integration.texts("CacheKeyParameters");
    let kind = integration.need("Type")?;
    let connection = integration.text("ConnectionType");
    let handling = integration.text("ContentHandling");
    let call = clients
        .apigateway
        .put_integration()
        .rest_api_id(&place.api)
        .resource_id(&place.resource)
        .http_method(&place.method)
        .r#type(IntegrationType::from(kind.as_str()))
        .set_integration_http_method(integration.text("IntegrationHttpMethod"))
        .set_uri(integration.text("Uri"))
        .set_credentials(integration.text("Credentials"))
        .set_request_parameters(integration.text_map("RequestParameters"))
        .set_request_templates(integration.text_map("RequestTemplates"))
        .set_passthrough_behavior(integration.text("PassthroughBehavior"))
        .set_cache_namespace(integration.text("CacheNamespace"))
        .set_cache_key_parameters((!keys.is_empty()).then_some(keys))
        .set_content_handling(handling.map(|text| ContentHandlingStrategy::from(text.as_str())))
        .set_timeout_in_millis(integration.integer("TimeoutInMillis"))
        .set_connection_type(connection.map(|text| ConnectionType::from(text.as_str())))
        .set_connection_id(integration.text("ConnectionId"));
    calmly(clients, || async { call.clone().send().await.during("apigateway:PutIntegration") }).await?;
    for response in integration.objects("IntegrationResponses") {
        let handling = response.text("ContentHandling");
        let call = clients
            .apigateway
            .put_integration_response()
            .rest_api_id(&place.api)
            .resource_id(&place.resource)
            .http_method(&place.method)
            .status_code(response.need("StatusCode")?)
            .set_selection_pattern(response.text("SelectionPattern"))
            .set_response_parameters(response.text_map("ResponseParameters"))
            .set_response_templates(response.text_map("ResponseTemplates"))
            .set_content_handling(handling.map(|text| ContentHandlingStrategy::from(text.as_str())));
        calmly(clients, || async { call.clone().send().await.during("apigateway:PutIntegrationResponse") })
            .await?;
    }
    Ok(())
}
