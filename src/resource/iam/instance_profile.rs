use std::collections::BTreeSet;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-instanceprofile.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::IAM::InstanceProfile",
    properties: &[
        Property::text("InstanceProfileName").create_only(),
        Property::text("Path").create_only(),
        Property::new("Roles", TEXTS).required(),
    ],
    attributes: &["Arn"],
    name: Some(Name { property: "InstanceProfileName", longest: 128 }),
    part_of: None,
    taggable: false,
};

/// What hands a role to a machine: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct InstanceProfile;

impl ResourceType for InstanceProfile {
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
            let name = wanted.name_in("InstanceProfileName");
            let call = clients.iam.create_instance_profile().instance_profile_name(&name);
            let output = call.set_path(properties.text("Path")).send().await;
            let output = output.during("iam:CreateInstanceProfile")?;
            let arn = output.instance_profile().map(aws_sdk_iam::types::InstanceProfile::arn);
            let made = Made::new(&name).maybe("Arn", arn);
            let settled = settle(clients, &name, &BTreeSet::new(), &roles(properties)).await;
            settled.map_err(Incomplete::after(&made))?;
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
            let (before, after) = (roles(standing.properties()), roles(wanted.properties()));
            settle(clients, &standing.made.id, &before, &after).await?;
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move { delete(clients, &standing.made.id).await.found().map(drop) })
    }
}

async fn delete(clients: &Clients, name: &str) -> Result<(), Failure> {
    let iam = &clients.iam;
    let call = iam.get_instance_profile().instance_profile_name(name);
    let output = call.send().await.during("iam:GetInstanceProfile")?;
    let held: BTreeSet<String> = output
        .instance_profile()
        .map(|profile| profile.roles().iter().map(|role| role.role_name().to_owned()).collect())
        .unwrap_or_default();
    settle(clients, name, &held, &BTreeSet::new()).await?;
    let call = iam.delete_instance_profile().instance_profile_name(name);
    call.send().await.during("iam:DeleteInstanceProfile").map(drop)
}

fn roles(properties: Properties<'_>) -> BTreeSet<String> {
    properties.texts("Roles").into_iter().collect()
}

/// A profile has room for one role, so the old one leaves first.
async fn settle(
    clients: &Clients,
    name: &str,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Result<(), Failure> {
    for role in before.difference(after) {
        let call = clients.iam.remove_role_from_instance_profile().instance_profile_name(name);
        call.role_name(role).send().await.during("iam:RemoveRoleFromInstanceProfile").found()?;
    }
    for role in after.difference(before) {
        let call = clients.iam.add_role_to_instance_profile().instance_profile_name(name);
        call.role_name(role).send().await.during("iam:AddRoleToInstanceProfile")?;
    }
    Ok(())
}
