use super::busy::calmly;
use super::integration::{self, Place};
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape, TEXT_MAP, TEXTS};

const FLAG_MAP: Shape = Shape::Map(&Shape::Boolean);

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-method.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::Method",
    properties: &[
        Property::new("ApiKeyRequired", Shape::Boolean),
        Property::new("AuthorizationScopes", TEXTS),
        Property::new(
            "AuthorizationType",
            Shape::Choice(&["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"]),
        ),
        Property::text("AuthorizerId"),
        Property::new(
            "HttpMethod",
            Shape::Choice(&["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]),
        )
        .required()
        .create_only(),
        Property::new("Integration", integration::SHAPE),
        Property::new(
            "MethodResponses",
            Shape::List(&Shape::Object(&[
                Property::new("ResponseModels", TEXT_MAP),
                Property::new("ResponseParameters", FLAG_MAP),
                Property::text("StatusCode").required(),
            ])),
        ),
        Property::text("OperationName"),
        Property::new("RequestModels", TEXT_MAP),
        Property::new("RequestParameters", FLAG_MAP),
        Property::text("RequestValidatorId"),
        Property::text("ResourceId").required().create_only(),
        Property::text("RestApiId").required().create_only(),
    ],
    attributes: &[],
    name: None,
    part_of: Some("RestApiId"),
    taggable: false,
};

/// A method of a path. `Ref` returns an id that nothing else understands; ours is `api/resource/method`.
#[derive(Debug)]
pub(crate) struct Method;

impl ResourceType for Method {
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
            let place = place(properties)?;
            let made = Made::new(format!("{}/{}/{}", place.api, place.resource, place.method));
            put_method(clients, &place, properties).await?;
            put_parts(clients, &place, properties).await.map_err(Incomplete::after(&made))?;
            Ok(made)
        })
    }

    /// A change of the integration alone replaces just that; anything else makes the method anew, which no caller of the
    /// live API can see.
    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let (before, after) = (standing.properties(), wanted.properties());
            let place = place(after)?;
            let others = SCHEMA.properties.iter().map(|property| property.name);
            let mut others = others.filter(|name| *name != "Integration");
            let integration = after.object("Integration");
            match integration {
                Some(integration) if others.all(|name| before.get(name) == after.get(name)) => {
                    integration::put(clients, &place, integration).await?;
                }
                _ => {
                    delete(clients, &place).await?;
                    put_method(clients, &place, after).await?;
                    put_parts(clients, &place, after).await?;
                }
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move { delete(clients, &place(standing.properties())?).await })
    }
}

fn place(properties: Properties<'_>) -> Result<Place, Failure> {
    Ok(Place {
        api: properties.need("RestApiId")?,
        resource: properties.need("ResourceId")?,
        method: properties.need("HttpMethod")?,
    })
}

async fn delete(clients: &Clients, place: &Place) -> Result<(), Failure> {
    let call = clients.apigateway.delete_method();
    let call = call.rest_api_id(&place.api).resource_id(&place.resource).http_method(&place.method);
    let deleted = calmly(clients, || async { call.clone().send().await.during("apigateway:DeleteMethod") });
    deleted.await.found().map(drop)
}

async fn put_method(clients: &Clients, place: &Place, properties: Properties<'_>) -> Result<(), Failure> {
    let scopes = properties.texts("AuthorizationScopes");
    let call = clients
        .apigateway
        .put_method()
        .rest_api_id(&place.api)
        .resource_id(&place.resource)
        .http_method(&place.method)
        .authorization_type(properties.text("AuthorizationType").unwrap_or_else(|| "NONE".to_owned()))
        .set_authorizer_id(properties.text("AuthorizerId"))
        .set_authorization_scopes((!scopes.is_empty()).then_some(scopes))
        .api_key_required(properties.flag("ApiKeyRequired").unwrap_or(false))
        .set_operation_name(properties.text("OperationName"))
        .set_request_models(properties.text_map("RequestModels"))
        .set_request_parameters(properties.flag_map("RequestParameters"))
        .set_request_validator_id(properties.text("RequestValidatorId"));
    let put = calmly(clients, || async { call.clone().send().await.during("apigateway:PutMethod") });
    put.await.map(drop)
}

async fn put_parts(clients: &Clients, place: &Place, properties: Properties<'_>) -> Result<(), Failure> {
    for response in properties.objects("MethodResponses") {
        let call = clients
            .apigateway
            .put_method_response()
            .rest_api_id(&place.api)
            .resource_id(&place.resource)
            .http_method(&place.method)
            .status_code(response.need("StatusCode")?)
            .set_response_models(response.text_map("ResponseModels"))
            .set_response_parameters(response.flag_map("ResponseParameters"));
        calmly(clients, || async { call.clone().send().await.during("apigateway:PutMethodResponse") })
            .await?;
    }
    match properties.object("Integration") {
        Some(integration) => integration::put(clients, place, integration).await,
        None => Ok(()),
    }
}
