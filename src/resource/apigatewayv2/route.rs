use aws_sdk_apigatewayv2::types::AuthorizationType;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema, Shape, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-route.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGatewayV2::Route",
    properties: &[
        Property::text("ApiId").required().create_only(),
        Property::new("AuthorizationScopes", TEXTS),
        Property::new("AuthorizationType", Shape::Choice(&["NONE", "AWS_IAM", "JWT", "CUSTOM"])),
        Property::text("AuthorizerId"),
        Property::text("OperationName"),
        Property::text("RouteKey").required(),
        Property::text("Target"),
    ],
    attributes: &["RouteId"],
    name: None,
    part_of: Some("ApiId"),
    taggable: false,
};

/// A method and path of an HTTP API: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct Route;

impl ResourceType for Route {
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
            let authorization = properties.text("AuthorizationType");
            let scopes = properties.texts("AuthorizationScopes");
            let output = clients
                .apigatewayv2
                .create_route()
                .api_id(properties.need("ApiId")?)
                .route_key(properties.need("RouteKey")?)
                .set_authorization_scopes((!scopes.is_empty()).then_some(scopes))
                .set_authorization_type(authorization.map(|kind| AuthorizationType::from(kind.as_str())))
                .set_authorizer_id(properties.text("AuthorizerId"))
                .set_operation_name(properties.text("OperationName"))
                .set_target(properties.text("Target"))
                .send()
                .await
                .during("apigateway:CreateRoute")?;
            let id = output.route_id().unwrap_or_default();
            Ok(Made::new(id).with("RouteId", id))
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
            let authorization = after.text("AuthorizationType").unwrap_or_else(|| "NONE".to_owned());
            let scoped =
                before.get("AuthorizationScopes").is_some() || after.get("AuthorizationScopes").is_some();
            clients
                .apigatewayv2
                .update_route()
                .api_id(after.need("ApiId")?)
                .route_id(&standing.made.id)
                .route_key(after.need("RouteKey")?)
                .set_authorization_scopes(scoped.then(|| after.texts("AuthorizationScopes")))
                .authorization_type(AuthorizationType::from(authorization.as_str()))
                .set_authorizer_id(after.text("AuthorizerId"))
                .set_operation_name(after.text("OperationName"))
                .set_target(after.text("Target"))
                .send()
                .await
                .during("apigateway:UpdateRoute")?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("ApiId")?;
            let call = clients.apigatewayv2.delete_route().api_id(api).route_id(&standing.made.id);
            call.send().await.during("apigateway:DeleteRoute").found().map(drop)
        })
    }
}
