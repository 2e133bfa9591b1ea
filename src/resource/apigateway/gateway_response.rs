use aws_sdk_apigateway::types::GatewayResponseType;

use super::busy::calmly;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, TEXT_MAP};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-gatewayresponse.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::GatewayResponse",
    properties: &[
        Property::new("ResponseParameters", TEXT_MAP),
        Property::new("ResponseTemplates", TEXT_MAP),
        Property::text("ResponseType").required().create_only(),
        Property::text("RestApiId").required().create_only(),
        Property::text("StatusCode"),
    ],
    attributes: &["Id"],
    name: None,
    part_of: Some("RestApiId"),
    taggable: false,
};

/// What API Gateway answers by itself; ours is known by `api/type`.
#[derive(Debug)]
pub(crate) struct GatewayResponse;

impl ResourceType for GatewayResponse {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move { Ok(put(clients, wanted.properties()).await?) })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        _standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(put(clients, wanted.properties()))
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let properties = standing.properties();
            let kind = properties.need("ResponseType")?;
            let call =
                clients.apigateway.delete_gateway_response().rest_api_id(properties.need("RestApiId")?);
            let call = call.response_type(GatewayResponseType::from(kind.as_str()));
            let deleted = calmly(clients, || async {
                call.clone().send().await.during("apigateway:DeleteGatewayResponse")
            });
            deleted.await.found().map(drop)
        })
    }
}

async fn put(clients: &Clients, properties: Properties<'_>) -> Result<Made, Failure> {
    let (api, kind) = (properties.need("RestApiId")?, properties.need("ResponseType")?);
    let call = clients
        .apigateway
        .put_gateway_response()
        .rest_api_id(&api)
        .response_type(GatewayResponseType::from(kind.as_str()))
        .set_status_code(properties.text("StatusCode"))
        .set_response_parameters(properties.text_map("ResponseParameters"))
        .set_response_templates(properties.text_map("ResponseTemplates"));
    calmly(clients, || async { call.clone().send().await.during("apigateway:PutGatewayResponse") }).await?;
    let id = format!("{api}/{kind}");
    Ok(Made::new(&id).with("Id", id))
}
