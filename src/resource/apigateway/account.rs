use super::patch::Patch;
use crate::aws::{Clients, Failure, Found, Outcome, Patience, patiently};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Shaped;
use crate::resource::schema::{Property, Schema};
use crate::resource::survey::{Survey, seen};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-account.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::ApiGateway::Account",
    properties: &[Property::text("CloudWatchRoleArn")],
    attributes: &["Id"],
    name: None,
    part_of: None,
    taggable: false,
};

/// The one there is.
const SETTINGS: &str = "settings";

/// The role with which API Gateway writes logs, of which an account and region has one: `Ref` returns a word for it.
#[derive(Debug)]
pub(crate) struct Account;

impl ResourceType for Account {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            set(clients, wanted.properties().text("CloudWatchRoleArn")).await?;
            Ok(Made::new(SETTINGS).with("Id", SETTINGS))
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            set(clients, wanted.properties().text("CloudWatchRoleArn")).await?;
            Ok(standing.made.clone())
        })
    }

    /// Takes the role away, unless somebody has put another one in its place.
    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let given = standing.properties().text("CloudWatchRoleArn");
            let found =
                clients.apigateway.get_account().send().await.during("apigateway:GetAccount").found()?;
            let role = found.and_then(|account| account.cloudwatch_role_arn);
            if given.is_some() && role == given { set(clients, None).await } else { Ok(()) }
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(async move {
            let mut survey = Survey::default();
            let found = clients.apigateway.get_account().send().await.during("apigateway:GetAccount");
            let role = survey.keep(SCHEMA.kind, found).and_then(|account| account.cloudwatch_role_arn);
            // Every account has such settings; they are there to be seen when somebody has set them.
            if let Some(role) = role.filter(|role| !role.is_empty()) {
                let properties = Shaped::new().with("CloudWatchRoleArn", role).done();
                survey.resources.push(seen(&SCHEMA, SETTINGS, SETTINGS, properties));
            }
            survey
        })
    }
}

async fn set(clients: &Clients, role: Option<String>) -> Result<(), Failure> {
    let mut patch = Patch::default();
    patch.replace("/cloudwatchRoleArn", None, Some(role.unwrap_or_default()), "");
    let call = clients.apigateway.update_account().set_patch_operations(Some(patch.done()));
    // A role that was just made cannot be assumed at once.
    let young = |failure: &Failure| clients.eventual() && failure.says("role");
    patiently(Patience::SETTLING, young, || async {
        call.clone().send().await.during("apigateway:UpdateAccount")
    })
    .await
    .map(drop)
}
