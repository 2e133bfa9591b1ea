use aws_sdk_apigatewayv2::types::{AuthorizerType, JwtConfiguration};

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-authorizer.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGatewayV2::Authorizer",
    properties: &[
        Property::text("ApiId").required().create_only(),
        Property::text("AuthorizerCredentialsArn"),
        Property::new("AuthorizerPayloadFormatVersion", Shape::Choice(&["1.0", "2.0"])),
        Property::new("AuthorizerResultTtlInSeconds", Shape::Integer),
        Property::new("AuthorizerType", Shape::Choice(&["JWT", "REQUEST"])).required(),
        Property::text("AuthorizerUri"),
        Property::new("EnableSimpleResponses", Shape::Boolean),
        Property::new("IdentitySource", TEXTS),
        Property::new(
            "JwtConfiguration",
            Shape::Object(&[Property::new("Audience", TEXTS), Property::text("Issuer")]),
        ),
        Property::text("Name").required(),
    ],
    attributes: &["AuthorizerId"],
    name: None,
    part_of: Some("ApiId"),
    taggable: false,
};

/// Who decides which callers an HTTP API lets in: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct Authorizer;

impl ResourceType for Authorizer {
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
            let output = clients
                .apigatewayv2
                .create_authorizer()
                .api_id(properties.need("ApiId")?)
                .name(properties.need("Name")?)
                .authorizer_type(AuthorizerType::from(properties.need("AuthorizerType")?.as_str()))
                .set_authorizer_credentials_arn(properties.text("AuthorizerCredentialsArn"))
                .set_authorizer_payload_format_version(properties.text("AuthorizerPayloadFormatVersion"))
                .set_authorizer_result_ttl_in_seconds(properties.integer("AuthorizerResultTtlInSeconds"))
                .set_authorizer_uri(properties.text("AuthorizerUri"))
                .set_enable_simple_responses(properties.flag("EnableSimpleResponses"))
                .set_identity_source(Some(properties.texts("IdentitySource")))
                .set_jwt_configuration(jwt(properties))
                .send()
                .await
                .during("apigateway:CreateAuthorizer")?;
            let id = output.authorizer_id().unwrap_or_default();
            Ok(Made::new(id).with("AuthorizerId", id))
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
            let emptied = |name: &str| after.text(name).or_else(|| before.text(name).map(|_| String::new()));
            clients
                .apigatewayv2
                .update_authorizer()
                .api_id(after.need("ApiId")?)
                .authorizer_id(&standing.made.id)
                .name(after.need("Name")?)
                .authorizer_type(AuthorizerType::from(after.need("AuthorizerType")?.as_str()))
                .set_authorizer_credentials_arn(emptied("AuthorizerCredentialsArn"))
                .set_authorizer_payload_format_version(after.text("AuthorizerPayloadFormatVersion"))
                .set_authorizer_result_ttl_in_seconds(after.integer("AuthorizerResultTtlInSeconds"))
                .set_authorizer_uri(after.text("AuthorizerUri"))
                .set_enable_simple_responses(after.flag("EnableSimpleResponses"))
                .set_identity_source(Some(after.texts("IdentitySource")))
                .set_jwt_configuration(jwt(after))
                .send()
                .await
                .during("apigateway:UpdateAuthorizer")?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let api = standing.properties().need("ApiId")?;
            let call = clients.apigatewayv2.delete_authorizer().api_id(api).authorizer_id(&standing.made.id);
            call.send().await.during("apigateway:DeleteAuthorizer").found().map(drop)
        })
    }
}

fn jwt(properties: Properties<'_>) -> Option<JwtConfiguration> {
    let jwt = properties.object("JwtConfiguration")?;
    let made = JwtConfiguration::builder()
        .set_audience(Some(jwt.texts("Audience")).filter(|audience| !audience.is_empty()))
        .set_issuer(jwt.text("Issuer"));
    Some(made.build())
}
