use super::busy::calmly;
use super::patch::Patch;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-requestvalidator.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::RequestValidator",
    properties: &[
        Property::text("Name").create_only(),
        Property::text("RestApiId").required().create_only(),
        Property::new("ValidateRequestBody", Shape::Boolean),
        Property::new("ValidateRequestParameters", Shape::Boolean),
    ],
    attributes: &["RequestValidatorId"],
    name: None,
    part_of: Some("RestApiId"),
    taggable: false,
};

/// What API Gateway looks at before it calls the integration: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct RequestValidator;

impl ResourceType for RequestValidator {
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
            let call = clients
                .apigateway
                .create_request_validator()
                .rest_api_id(properties.need("RestApiId")?)
                .set_name(properties.text("Name"))
                .validate_request_body(properties.flag("ValidateRequestBody").unwrap_or(false))
                .validate_request_parameters(properties.flag("ValidateRequestParameters").unwrap_or(false));
            let created = calmly(clients, || async {
                call.clone().send().await.during("apigateway:CreateRequestValidator")
            });
            let output = created.await?;
            let id = output.id().unwrap_or_default();
            Ok(Made::new(id).with("RequestValidatorId", id))
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
            let mut patch = Patch::default();
            let body = "ValidateRequestBody";
            patch.replace("/validateRequestBody", before.text(body), after.text(body), "false");
            let parameters = "ValidateRequestParameters";
            patch.replace(
                "/validateRequestParameters",
                before.text(parameters),
                after.text(parameters),
                "false",
            );
            if !patch.is_empty() {
                let call =
                    clients.apigateway.update_request_validator().rest_api_id(after.need("RestApiId")?);
                let call =
                    call.request_validator_id(&standing.made.id).set_patch_operations(Some(patch.done()));
                let updated = calmly(clients, || async {
                    call.clone().send().await.during("apigateway:UpdateRequestValidator")
                });
                updated.await?;
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("RestApiId")?;
            let call = clients.apigateway.delete_request_validator().rest_api_id(api);
            let call = call.request_validator_id(&standing.made.id);
            let deleted = calmly(clients, || async {
                call.clone().send().await.during("apigateway:DeleteRequestValidator")
            });
            deleted.await.found().map(drop)
        })
    }
}
