use aws_sdk_iam::types::StatusType;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Property, Schema, Shape};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-accesskey.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::IAM::AccessKey",
    properties: &[
        // Another number makes another key.
        Property::new("Serial", Shape::Integer).create_only(),
        Property::new("Status", Shape::Choice(&["Active", "Inactive"])),
        Property::text("UserName").required().create_only(),
    ],
    attributes: &["SecretAccessKey"],
    name: None,
    part_of: Some("UserName"),
    taggable: false,
};

/// A key of a user: `Ref` returns its id.
#[derive(Debug)]
pub(crate) struct AccessKey;

impl ResourceType for AccessKey {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(async move {
            let user = wanted.properties().need("UserName")?;
            let call = clients.iam.create_access_key().user_name(&user);
            let output = call.send().await.during("iam:CreateAccessKey")?;
            let key = output.access_key();
            let id = key.map(|key| key.access_key_id().to_owned()).unwrap_or_default();
            let made = Made::new(&id)
                .maybe("SecretAccessKey", key.map(aws_sdk_iam::types::AccessKey::secret_access_key));
            if let Some(status) = wanted.properties().text("Status") {
                set_status(clients, &user, &id, &status).await.map_err(Incomplete::after(&made))?;
            }
            Ok(made)
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(async move {
            let user = wanted.properties().need("UserName")?;
            let status = wanted.properties().text("Status").unwrap_or_else(|| "Active".to_owned());
            set_status(clients, &user, &standing.made.id, &status).await?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            let user = standing.properties().text("UserName");
            let call = clients.iam.delete_access_key().set_user_name(user).access_key_id(&standing.made.id);
            call.send().await.during("iam:DeleteAccessKey").found().map(drop)
        })
    }
}

async fn set_status(clients: &Clients, user: &str, id: &str, status: &str) -> Result<(), Failure> {
    let call = clients.iam.update_access_key().user_name(user).access_key_id(id);
    call.status(StatusType::from(status)).send().await.during("iam:UpdateAccessKey").map(drop)
}
