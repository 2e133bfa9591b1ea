use aws_sdk_lambda::types::FunctionUrlAuthType;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-permission.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::Lambda::Permission",
    properties: &[
        Property::text("Action").required().create_only(),
        Property::text("EventSourceToken").create_only(),
        Property::text("FunctionName").required().create_only(),
        Property::new("FunctionUrlAuthType", Shape::Choice(&["NONE", "AWS_IAM"])).create_only(),
        Property::new("InvokedViaFunctionUrl", Shape::Boolean).create_only(),
        Property::text("Principal").required().create_only(),
        Property::text("PrincipalOrgID").create_only(),
        Property::text("SourceAccount").create_only(),
        Property::text("SourceArn").create_only(),
    ],
    attributes: &["Id"],
    name: None,
    part_of: Some("FunctionName"),
    taggable: false,
};

/// A statement of a function's resource policy: `Ref` returns its statement id, which is made up.
#[derive(Debug)]
pub(crate) struct Permission;

impl ResourceType for Permission {
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
            let (function, qualifier) = target(properties)?;
            let url_auth = properties.text("FunctionUrlAuthType");
            clients
                .lambda
                .add_permission()
                .function_name(function)
                .set_qualifier(qualifier)
                .statement_id(&wanted.name)
                .action(properties.need("Action")?)
                .principal(properties.need("Principal")?)
                .set_source_arn(properties.text("SourceArn"))
                .set_source_account(properties.text("SourceAccount"))
                .set_event_source_token(properties.text("EventSourceToken"))
                .set_principal_org_id(properties.text("PrincipalOrgID"))
                .set_invoked_via_function_url(properties.flag("InvokedViaFunctionUrl"))
                .set_function_url_auth_type(url_auth.map(|kind| FunctionUrlAuthType::from(kind.as_str())))
                .send()
                .await
                .during("lambda:AddPermission")?;
            Ok(Made::new(&wanted.name).with("Id", wanted.name.clone()))
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
            let (function, qualifier) = target(standing.properties())?;
            let call = clients.lambda.remove_permission().function_name(function).set_qualifier(qualifier);
            let call = call.statement_id(&standing.made.id);
            call.send().await.during("lambda:RemovePermission").found().map(drop)
        })
    }
}

/// Returns the function whose policy the statement belongs to, and the version or alias.
fn target(properties: Properties<'_>) -> Result<(String, Option<String>), Failure> {
    Ok(target_of(&properties.need("FunctionName")?))
}

/// Splits the qualifier off a function's name or ARN, where there is one.
pub(super) fn target_of(function: &str) -> (String, Option<String>) {
    let parts: Vec<&str> = function.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", _, _, "function", name, qualifier] => {
            ((*name).to_owned(), Some((*qualifier).to_owned()))
        }
        [name, qualifier] => ((*name).to_owned(), Some((*qualifier).to_owned())),
        _ => (function.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_qualifier_is_split_off_the_function() {
        let split = |name: &str| target(Properties(&json!({"FunctionName": name}))).unwrap();
        assert_eq!(split("get"), ("get".to_owned(), None));
        assert_eq!(split("get:live"), ("get".to_owned(), Some("live".to_owned())));
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:get";
        assert_eq!(split(arn), (arn.to_owned(), None));
        assert_eq!(split(&format!("{arn}:live")), ("get".to_owned(), Some("live".to_owned())));
    }
}
