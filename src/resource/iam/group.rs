use super::entities::Entity;
use super::holdings::{Holdings, INLINE_POLICIES};
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Name, Property, Schema, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-group.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::IAM::Group",
    properties: &[
        Property::text("GroupName").create_only(),
        Property::new("ManagedPolicyArns", TEXTS),
        Property::text("Path"),
        Property::new("Policies", INLINE_POLICIES),
    ],
    attributes: &["Arn"],
    name: Some(Name { property: "GroupName", longest: 128 }),
    part_of: None,
    taggable: false,
};

/// A group of users: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct Group;

impl ResourceType for Group {
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
            let name = wanted.name_in("GroupName");
            let call = clients.iam.create_group().group_name(&name).set_path(properties.text("Path"));
            let output = call.send().await.during("iam:CreateGroup")?;
            let made = Made::new(&name).maybe("Arn", output.group().map(aws_sdk_iam::types::Group::arn));
            let entity = Entity::Group(name);
            let settled = Holdings::of(properties).settle(clients, &entity, &Holdings::default()).await;
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
            let (before, after) = (standing.properties(), wanted.properties());
            let (name, iam) = (&standing.made.id, &clients.iam);
            let mut made = standing.made.clone();
            if before.text("Path") != after.text("Path") {
                let path = after.text("Path").unwrap_or_else(|| "/".to_owned());
                let call = iam.update_group().group_name(name).new_path(path);
                call.send().await.during("iam:UpdateGroup")?;
                let output = iam.get_group().group_name(name).send().await.during("iam:GetGroup")?;
                made = made.maybe("Arn", output.group().map(aws_sdk_iam::types::Group::arn));
            }
            let entity = Entity::Group(name.clone());
            Holdings::of(after).settle(clients, &entity, &Holdings::of(before)).await?;
            Ok(made)
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move { delete(clients, &standing.made.id).await.found().map(drop) })
    }
}

/// Deletes a group with its policies; its members leave it first.
async fn delete(clients: &Clients, name: &str) -> Result<(), Failure> {
    let iam = &clients.iam;
    let members = iam.get_group().group_name(name).into_paginator().items().send();
    for user in members.collect::<Result<Vec<_>, _>>().await.during("iam:GetGroup")? {
        let call = iam.remove_user_from_group().group_name(name).user_name(user.user_name);
        call.send().await.during("iam:RemoveUserFromGroup").found()?;
    }
    let attached = iam.list_attached_group_policies().group_name(name).into_paginator().items().send();
    let attached = attached.collect::<Result<Vec<_>, _>>().await.during("iam:ListAttachedGroupPolicies")?;
    let inline = iam.list_group_policies().group_name(name).into_paginator().items().send();
    let inline = inline.collect::<Result<Vec<_>, _>>().await.during("iam:ListGroupPolicies")?;
    let held = Holdings::standing(inline, attached.into_iter().filter_map(|one| one.policy_arn).collect());
    Holdings::default().settle(clients, &Entity::Group(name.to_owned()), &held).await?;
    iam.delete_group().group_name(name).send().await.during("iam:DeleteGroup").map(drop)
}
