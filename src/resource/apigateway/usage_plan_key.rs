use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-usageplankey.html>
pub(super) static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::UsagePlanKey",
    properties: &[
        Property::text("KeyId").required().create_only(),
        Property::new("KeyType", Shape::Choice(&["API_KEY"])).required().create_only(),
        Property::text("UsagePlanId").required().create_only(),
    ],
    attributes: &["Id"],
    name: None,
    part_of: Some("UsagePlanId"),
    taggable: false,
};

/// A key's place in a plan: `Ref` returns both ids.
#[derive(Debug)]
pub(crate) struct UsagePlanKey;

impl ResourceType for UsagePlanKey {
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
            let (key, plan) = (properties.need("KeyId")?, properties.need("UsagePlanId")?);
            let call = clients.apigateway.create_usage_plan_key().usage_plan_id(&plan).key_id(&key);
            let call = call.key_type(properties.need("KeyType")?);
            call.send().await.during("apigateway:CreateUsagePlanKey")?;
            let id = format!("{key}:{plan}");
            Ok(Made::new(&id).with("Id", id.clone()))
        })
    }

    fn update<'a>(
        &'a self,
        _clients: &'a Clients,
        standing: &'a Standing,
        _wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        // Every property is create-only: there is nothing to update.
        Box::pin(async move { Ok(standing.made.clone()) })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let properties = standing.properties();
            let call = clients.apigateway.delete_usage_plan_key();
            let call = call.usage_plan_id(properties.need("UsagePlanId")?).key_id(properties.need("KeyId")?);
            call.send().await.during("apigateway:DeleteUsagePlanKey").found().map(drop)
        })
    }
}
