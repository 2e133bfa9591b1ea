use std::collections::HashMap;

use aws_sdk_apigatewayv2::types::{ConnectionType, IntegrationType};

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXT_MAP};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGatewayV2::Integration",
    properties: &[
        Property::text("ApiId").required().create_only(),
        Property::new("ConnectionType", Shape::Choice(&["INTERNET"])),
        Property::text("CredentialsArn"),
        Property::text("Description"),
        Property::text("IntegrationMethod"),
        Property::text("IntegrationSubtype"),
        Property::new("IntegrationType", Shape::Choice(&["AWS_PROXY", "HTTP_PROXY"])).required(),
        Property::text("IntegrationUri"),
        Property::new("PayloadFormatVersion", Shape::Choice(&["1.0", "2.0"])),
        Property::new("RequestParameters", TEXT_MAP),
        Property::new(
            "ResponseParameters",
            Shape::Map(&Shape::Object(&[Property::new(
                "ResponseParameters",
                Shape::List(&Shape::Object(&[
                    Property::text("Destination").required(),
                    Property::text("Source").required(),
                ])),
            )])),
        ),
        Property::new("TimeoutInMillis", Shape::Integer),
    ],
    attributes: &["IntegrationId"],
    name: None,
    part_of: Some("ApiId"),
    taggable: false,
};

/// What is behind routes of an HTTP API: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct Integration;

impl ResourceType for Integration {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let properties = wanted.properties();
            let connection = properties.text("ConnectionType");
            let output = clients
                .apigatewayv2
                .create_integration()
                .api_id(properties.need("ApiId")?)
                .integration_type(IntegrationType::from(properties.need("IntegrationType")?.as_str()))
                .set_connection_type(connection.map(|kind| ConnectionType::from(kind.as_str())))
                .set_credentials_arn(properties.text("CredentialsArn"))
                .set_description(properties.text("Description"))
                .set_integration_method(properties.text("IntegrationMethod"))
                .set_integration_subtype(properties.text("IntegrationSubtype"))
                .set_integration_uri(properties.text("IntegrationUri"))
                .set_payload_format_version(properties.text("PayloadFormatVersion"))
                .set_request_parameters(properties.text_map("RequestParameters"))
                .set_response_parameters(response_parameters(properties))
                .set_timeout_in_millis(properties.integer("TimeoutInMillis"))
                .send()
                .await
                .during("apigateway:CreateIntegration")?;
            let id = output.integration_id().unwrap_or_default();
            Ok(Made::new(id).with("IntegrationId", id))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let (before, after) = (standing.properties(), wanted.properties());
            // An empty value takes a parameter away.
            let mut parameters = after.text_map("RequestParameters").unwrap_or_default();
            for key in before.text_map("RequestParameters").unwrap_or_default().into_keys() {
                parameters.entry(key).or_default();
            }
            let mut responses = response_parameters(after).unwrap_or_default();
            for status in response_parameters(before).unwrap_or_default().into_keys() {
                responses.entry(status).or_default();
            }
            clients
                .apigatewayv2
                .update_integration()
                .api_id(after.need("ApiId")?)
                .integration_id(&standing.made.id)
                .integration_type(IntegrationType::from(after.need("IntegrationType")?.as_str()))
                .set_credentials_arn(after.text("CredentialsArn"))
                .set_description(after.text("Description"))
                .set_integration_method(after.text("IntegrationMethod"))
                .set_integration_subtype(after.text("IntegrationSubtype"))
                .set_integration_uri(after.text("IntegrationUri"))
                .set_payload_format_version(after.text("PayloadFormatVersion"))
                .set_request_parameters((!parameters.is_empty()).then_some(parameters))
                .set_response_parameters((!responses.is_empty()).then_some(responses))
                .timeout_in_millis(after.integer("TimeoutInMillis").unwrap_or(30_000))
                .send()
                .await
                .during("apigateway:UpdateIntegration")?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("ApiId")?;
            let call =
                clients.apigatewayv2.delete_integration().api_id(api).integration_id(&standing.made.id);
            call.send().await.during("apigateway:DeleteIntegration").found().map(drop)
        })
    }
}

/// Returns, by status, what is written to which part of a response.
fn response_parameters(properties: Properties<'_>) -> Option<HashMap<String, HashMap<String, String>>> {
    let by_status = properties.map("ResponseParameters")?;
    let read = by_status.iter().map(|(status, given)| {
        let parameters = Properties(given).objects("ResponseParameters").into_iter();
        let parameters =
            parameters.filter_map(|each| Some((each.text("Destination")?, each.text("Source")?)));
        (status.clone(), parameters.collect())
    });
    Some(read.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_response_gets_is_told_by_status() {
        let given = json!({"ResponseParameters": {"200": {"ResponseParameters": [
            {"Destination": "overwrite:header.x-by", "Source": "shop"}]}}});
        let read = response_parameters(Properties(&given)).unwrap();
        assert_eq!(read["200"], HashMap::from([("overwrite:header.x-by".to_owned(), "shop".to_owned())]));
    }
}
