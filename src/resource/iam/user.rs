use std::collections::BTreeSet;

use super::entities::Entity;
use super::holdings::{Holdings, INLINE_POLICIES};
use super::role::sdk_tags;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, TAGS, TEXTS};
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-user.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::IAM::User",
    properties: &[
        Property::new("Groups", TEXTS),
        Property::new("ManagedPolicyArns", TEXTS),
        Property::text("Path"),
        Property::text("PermissionsBoundary"),
        Property::new("Policies", INLINE_POLICIES),
        Property::new("Tags", TAGS),
        Property::text("UserName").create_only(),
    ],
    attributes: &["Arn"],
    name: Some(Name { property: "UserName", longest: 64 }),
    part_of: None,
    taggable: true,
};

/// A user: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct User;

impl ResourceType for User {
    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn create<'a>(
        &'a self,
        clients: &'a Clients,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Incomplete>> {
        Box::pin(create(clients, wanted))
    }

    fn update<'a>(
        &'a self,
        clients: &'a Clients,
        standing: &'a Standing,
        wanted: &'a Wanted,
    ) -> Future<'a, Result<Made, Failure>> {
        Box::pin(update(clients, standing, wanted))
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move { delete(clients, &standing.made.id).await.found().map(drop) })
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let name = wanted.name_in("UserName");
    let output = clients
        .iam
        .create_user()
        .user_name(&name)
        .set_path(properties.text("Path"))
        .set_permissions_boundary(properties.text("PermissionsBoundary"))
        .set_tags(Some(sdk_tags(&wanted.tags)?))
        .send()
        .await
        .during("iam:CreateUser")?;
    let made = Made::new(&name).maybe("Arn", output.user().map(aws_sdk_iam::types::User::arn));
    let entity = Entity::User(name.clone());
    let settled = async {
        Holdings::of(properties).settle(clients, &entity, &Holdings::default()).await?;
        settle_groups(clients, &name, &BTreeSet::new(), &groups(properties)).await
    };
    settled.await.map_err(Incomplete::after(&made))?;
    Ok(made)
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let (name, iam) = (&standing.made.id, &clients.iam);
    let mut made = standing.made.clone();
    if before.text("Path") != after.text("Path") {
        let path = after.text("Path").unwrap_or_else(|| "/".to_owned());
        iam.update_user().user_name(name).new_path(path).send().await.during("iam:UpdateUser")?;
        let output = iam.get_user().user_name(name).send().await.during("iam:GetUser")?;
        made = made.maybe("Arn", output.user().map(aws_sdk_iam::types::User::arn));
    }
    match (before.text("PermissionsBoundary"), after.text("PermissionsBoundary")) {
        (before, Some(boundary)) if before.as_ref() != Some(&boundary) => {
            let call = iam.put_user_permissions_boundary().user_name(name).permissions_boundary(boundary);
            call.send().await.during("iam:PutUserPermissionsBoundary")?;
        }
        (Some(_), None) => {
            let call = iam.delete_user_permissions_boundary().user_name(name);
            call.send().await.during("iam:DeleteUserPermissionsBoundary")?;
        }
        _ => {}
    }
    Holdings::of(after).settle(clients, &Entity::User(name.clone()), &Holdings::of(before)).await?;
    settle_groups(clients, name, &groups(before), &groups(after)).await?;
    if standing.tags != wanted.tags {
        let call = iam.tag_user().user_name(name).set_tags(Some(sdk_tags(&wanted.tags)?));
        call.send().await.during("iam:TagUser")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = iam.untag_user().user_name(name).set_tag_keys(Some(dropped));
            call.send().await.during("iam:UntagUser")?;
        }
    }
    Ok(made)
}

/// Deletes a user with its policies, memberships and keys.
async fn delete(clients: &Clients, name: &str) -> Result<(), Failure> {
    let iam = &clients.iam;
    let listed = iam.list_groups_for_user().user_name(name).into_paginator().items().send();
    for group in listed.collect::<Result<Vec<_>, _>>().await.during("iam:ListGroupsForUser")? {
        let call = iam.remove_user_from_group().user_name(name).group_name(group.group_name);
        call.send().await.during("iam:RemoveUserFromGroup").found()?;
    }
    let attached = iam.list_attached_user_policies().user_name(name).into_paginator().items().send();
    let attached = attached.collect::<Result<Vec<_>, _>>().await.during("iam:ListAttachedUserPolicies")?;
    let inline = iam.list_user_policies().user_name(name).into_paginator().items().send();
    let inline = inline.collect::<Result<Vec<_>, _>>().await.during("iam:ListUserPolicies")?;
    let held = Holdings::standing(inline, attached.into_iter().filter_map(|one| one.policy_arn).collect());
    Holdings::default().settle(clients, &Entity::User(name.to_owned()), &held).await?;
    let keys = iam.list_access_keys().user_name(name).into_paginator().items().send();
    for key in keys.collect::<Result<Vec<_>, _>>().await.during("iam:ListAccessKeys")? {
        let call = iam.delete_access_key().user_name(name).set_access_key_id(key.access_key_id);
        call.send().await.during("iam:DeleteAccessKey").found()?;
    }
    iam.delete_user().user_name(name).send().await.during("iam:DeleteUser").map(drop)
}

fn groups(properties: Properties<'_>) -> BTreeSet<String> {
    properties.texts("Groups").into_iter().collect()
}

async fn settle_groups(
    clients: &Clients,
    user: &str,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Result<(), Failure> {
    for group in after.difference(before) {
        let call = clients.iam.add_user_to_group().user_name(user).group_name(group);
        call.send().await.during("iam:AddUserToGroup")?;
    }
    for group in before.difference(after) {
        let call = clients.iam.remove_user_from_group().user_name(user).group_name(group);
        call.send().await.during("iam:RemoveUserFromGroup").found()?;
    }
    Ok(())
}
