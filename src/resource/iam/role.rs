use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::Tag;

use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::properties::Properties;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS, TEXTS};
use crate::resource::survey::Survey;
use crate::resource::tags::dropped;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::IAM::Role",
    properties: &[
        Property::new("AssumeRolePolicyDocument", Shape::Document).required(),
        Property::text("Description"),
        Property::new("ManagedPolicyArns", TEXTS),
        Property::new("MaxSessionDuration", Shape::Integer),
        Property::text("Path").create_only(),
        Property::text("PermissionsBoundary"),
        Property::new(
            "Policies",
            Shape::List(&Shape::Object(&[
                Property::text("PolicyName").required(),
                Property::new("PolicyDocument", Shape::Document).required(),
            ])),
        ),
        Property::text("RoleName").create_only(),
        Property::new("Tags", TAGS),
    ],
    attributes: &["Arn", "RoleId"],
    name: Some(Name { property: "RoleName", longest: 64 }),
    part_of: None,
    taggable: true,
};

/// A role: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct Role;

impl ResourceType for Role {
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
        Box::pin(async move {
            match delete(clients, &standing.made.id).await.found() {
                Ok(_) => Ok(()),
                Err(failure) => Err(failure),
            }
        })
    }

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(super::role_survey::survey(clients, &SCHEMA))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let output = clients
        .iam
        .create_role()
        .role_name(wanted.name_in("RoleName"))
        .assume_role_policy_document(properties.document("AssumeRolePolicyDocument").unwrap_or_default())
        .set_path(properties.text("Path"))
        .set_description(properties.text("Description"))
        .set_max_session_duration(properties.integer("MaxSessionDuration"))
        .set_permissions_boundary(properties.text("PermissionsBoundary"))
        .set_tags(Some(sdk_tags(&wanted.tags)?))
        .send()
        .await
        .during("iam:CreateRole")?;
    let role = output.role().cloned();
    let name = role.as_ref().map_or_else(|| wanted.name_in("RoleName"), |role| role.role_name().to_owned());
    let made = Made::new(&name)
        .maybe("Arn", role.as_ref().map(aws_sdk_iam::types::Role::arn))
        .maybe("RoleId", role.as_ref().map(aws_sdk_iam::types::Role::role_id));
    let nothing = BTreeMap::new();
    settle_policies(clients, &name, &nothing, &inline(properties)).await.map_err(Incomplete::after(&made))?;
    settle_attachments(clients, &name, &BTreeSet::new(), &attached(properties))
        .await
        .map_err(Incomplete::after(&made))?;
    Ok(made)
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (before, after) = (standing.properties(), wanted.properties());
    let name = &standing.made.id;
    let iam = &clients.iam;
    let trust = after.document("AssumeRolePolicyDocument");
    if trust != before.document("AssumeRolePolicyDocument") {
        let call = iam.update_assume_role_policy().role_name(name).set_policy_document(trust);
        call.send().await.during("iam:UpdateAssumeRolePolicy")?;
    }
    let plain = ["Description", "MaxSessionDuration"];
    if plain.iter().any(|property| before.get(property) != after.get(property)) {
        let call = iam
            .update_role()
            .role_name(name)
            .description(after.text("Description").unwrap_or_default())
            .max_session_duration(after.integer("MaxSessionDuration").unwrap_or(3600));
        call.send().await.during("iam:UpdateRole")?;
    }
    match (before.text("PermissionsBoundary"), after.text("PermissionsBoundary")) {
        (before, Some(boundary)) if before.as_ref() != Some(&boundary) => {
            let call = iam.put_role_permissions_boundary().role_name(name).permissions_boundary(boundary);
            call.send().await.during("iam:PutRolePermissionsBoundary")?;
        }
        (Some(_), None) => {
            let call = iam.delete_role_permissions_boundary().role_name(name);
            call.send().await.during("iam:DeleteRolePermissionsBoundary")?;
        }
        _ => {}
    }
    settle_policies(clients, name, &inline(before), &inline(after)).await?;
    settle_attachments(clients, name, &attached(before), &attached(after)).await?;
    if standing.tags != wanted.tags {
        let call = iam.tag_role().role_name(name).set_tags(Some(sdk_tags(&wanted.tags)?));
        call.send().await.during("iam:TagRole")?;
        let dropped = dropped(&standing.tags, &wanted.tags);
        if !dropped.is_empty() {
            let call = iam.untag_role().role_name(name).set_tag_keys(Some(dropped));
            call.send().await.during("iam:UntagRole")?;
        }
    }
    Ok(standing.made.clone())
}

/// Deletes a role with everything that hangs on it, also what a candidate hung there.
async fn delete(clients: &Clients, name: &str) -> Result<(), Failure> {
    let iam = &clients.iam;
    let listed = iam.list_attached_role_policies().role_name(name).into_paginator().items().send();
    for policy in listed.collect::<Result<Vec<_>, _>>().await.during("iam:ListAttachedRolePolicies")? {
        let call = iam.detach_role_policy().role_name(name).set_policy_arn(policy.policy_arn);
        call.send().await.during("iam:DetachRolePolicy").found()?;
    }
    let listed = iam.list_role_policies().role_name(name).into_paginator().items().send();
    for policy in listed.collect::<Result<Vec<_>, _>>().await.during("iam:ListRolePolicies")? {
        let call = iam.delete_role_policy().role_name(name).policy_name(policy);
        call.send().await.during("iam:DeleteRolePolicy").found()?;
    }
    iam.delete_role().role_name(name).send().await.during("iam:DeleteRole")?;
    Ok(())
}

fn inline(properties: Properties<'_>) -> BTreeMap<String, String> {
    let policies = properties.objects("Policies").into_iter();
    policies
        .filter_map(|policy| Some((policy.text("PolicyName")?, policy.document("PolicyDocument")?)))
        .collect()
}

fn attached(properties: Properties<'_>) -> BTreeSet<String> {
    properties.texts("ManagedPolicyArns").into_iter().collect()
}

async fn settle_policies(
    clients: &Clients,
    role: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    for (name, document) in after.iter().filter(|(name, document)| before.get(*name) != Some(document)) {
        let call = clients.iam.put_role_policy().role_name(role).policy_name(name).policy_document(document);
        call.send().await.during("iam:PutRolePolicy")?;
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        let call = clients.iam.delete_role_policy().role_name(role).policy_name(name);
        call.send().await.during("iam:DeleteRolePolicy").found()?;
    }
    Ok(())
}

async fn settle_attachments(
    clients: &Clients,
    role: &str,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Result<(), Failure> {
    for arn in after.difference(before) {
        let call = clients.iam.attach_role_policy().role_name(role).policy_arn(arn);
        call.send().await.during("iam:AttachRolePolicy")?;
    }
    for arn in before.difference(after) {
        let call = clients.iam.detach_role_policy().role_name(role).policy_arn(arn);
        call.send().await.during("iam:DetachRolePolicy").found()?;
    }
    Ok(())
}

pub(super) fn sdk_tags(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, Failure> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    Ok(tags.collect::<Result<_, _>>()?)
}
