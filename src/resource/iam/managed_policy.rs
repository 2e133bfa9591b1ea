use serde_json::Value;

use super::document::managed_document;
use super::entities::{Entity, of_properties};
use super::role::sdk_tags;
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::parallel::{READS, each};
use crate::resource::properties::Shaped;
use crate::resource::schema::{Name, Property, Schema, Shape, TAGS, TEXTS};
use crate::resource::survey::{Survey, seen, tagged};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-managedpolicy.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::IAM::ManagedPolicy",
    properties: &[
        Property::text("Description").create_only(),
        Property::new("Groups", TEXTS),
        Property::text("ManagedPolicyName").create_only(),
        Property::text("Path").create_only(),
        Property::new("PolicyDocument", Shape::Document).required(),
        Property::new("Roles", TEXTS),
        Property::new("Tags", TAGS),
        Property::new("Users", TEXTS),
    ],
    attributes: &["PolicyArn", "PolicyId"],
    name: Some(Name { property: "ManagedPolicyName", longest: 128 }),
    part_of: None,
    taggable: true,
};

/// A policy with an ARN of its own: `Ref` returns the ARN.
#[derive(Debug)]
pub(crate) struct ManagedPolicy;

impl ResourceType for ManagedPolicy {
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

    fn survey<'a>(&'a self, clients: &'a Clients) -> Future<'a, Survey> {
        Box::pin(survey(clients))
    }
}

async fn create(clients: &Clients, wanted: &Wanted) -> Result<Made, Incomplete> {
    let properties = wanted.properties();
    let output = clients
        .iam
        .create_policy()
        .policy_name(wanted.name_in("ManagedPolicyName"))
        .policy_document(properties.document("PolicyDocument").unwrap_or_default())
        .set_path(properties.text("Path"))
        .set_description(properties.text("Description"))
        .set_tags(Some(sdk_tags(&wanted.tags)?))
        .send()
        .await
        .during("iam:CreatePolicy")?;
    let policy = output.policy();
    let arn = policy.and_then(|policy| policy.arn()).unwrap_or_default();
    let made =
        Made::new(arn).with("PolicyArn", arn).maybe("PolicyId", policy.and_then(|policy| policy.policy_id()));
    for entity in of_properties(properties) {
        attach(clients, arn, &entity).await.map_err(Incomplete::after(&made))?;
    }
    Ok(made)
}

async fn update(clients: &Clients, standing: &Standing, wanted: &Wanted) -> Result<Made, Failure> {
    let (arn, iam) = (&standing.made.id, &clients.iam);
    let document = wanted.properties().document("PolicyDocument");
    if document != standing.properties().document("PolicyDocument") {
        let versions = iam.list_policy_versions().policy_arn(arn).into_paginator().items().send();
        let versions = versions.collect::<Result<Vec<_>, _>>().await.during("iam:ListPolicyVersions")?;
        // A policy has room for five versions; the oldest that is not in use makes way.
        if versions.len() >= 5 {
            let old = versions.iter().filter(|version| !version.is_default_version());
            if let Some(version) =
                old.min_by_key(|version| version.create_date().map(aws_smithy_types::DateTime::secs))
            {
                let call =
                    iam.delete_policy_version().policy_arn(arn).set_version_id(version.version_id.clone());
                call.send().await.during("iam:DeletePolicyVersion")?;
            }
        }
        let call = iam.create_policy_version().policy_arn(arn).set_policy_document(document);
        call.set_as_default(true).send().await.during("iam:CreatePolicyVersion")?;
    }
    let (before, after) = (of_properties(standing.properties()), of_properties(wanted.properties()));
    for entity in after.difference(&before) {
        attach(clients, arn, entity).await?;
    }
    for entity in before.difference(&after) {
        detach(clients, arn, entity).await.found()?;
    }
    Ok(standing.made.clone())
}

/// Deletes a policy with its versions, detached from whoever has it.
async fn delete(clients: &Clients, arn: &str) -> Result<(), Failure> {
    let iam = &clients.iam;
    let held = iam.list_entities_for_policy().policy_arn(arn);
    let held = held.send().await.during("iam:ListEntitiesForPolicy")?;
    let groups = held.policy_groups.unwrap_or_default().into_iter().filter_map(|each| each.group_name);
    let roles = held.policy_roles.unwrap_or_default().into_iter().filter_map(|each| each.role_name);
    let users = held.policy_users.unwrap_or_default().into_iter().filter_map(|each| each.user_name);
    let holders = groups.map(Entity::Group).chain(roles.map(Entity::Role)).chain(users.map(Entity::User));
    for entity in holders {
        detach(clients, arn, &entity).await.found()?;
    }
    let versions = iam.list_policy_versions().policy_arn(arn).into_paginator().items().send();
    let versions = versions.collect::<Result<Vec<_>, _>>().await.during("iam:ListPolicyVersions")?;
    for version in versions.into_iter().filter(|version| !version.is_default_version()) {
        let call = iam.delete_policy_version().policy_arn(arn).set_version_id(version.version_id);
        call.send().await.during("iam:DeletePolicyVersion").found()?;
    }
    iam.delete_policy().policy_arn(arn).send().await.during("iam:DeletePolicy").map(drop)
}

pub(super) async fn attach(clients: &Clients, arn: &str, entity: &Entity) -> Result<(), Failure> {
    let iam = &clients.iam;
    match entity {
        Entity::Group(group) => {
            let call = iam.attach_group_policy().group_name(group).policy_arn(arn);
            call.send().await.during("iam:AttachGroupPolicy").map(drop)
        }
        Entity::Role(role) => {
            let call = iam.attach_role_policy().role_name(role).policy_arn(arn);
            call.send().await.during("iam:AttachRolePolicy").map(drop)
        }
        Entity::User(user) => {
            let call = iam.attach_user_policy().user_name(user).policy_arn(arn);
            call.send().await.during("iam:AttachUserPolicy").map(drop)
        }
    }
}

pub(super) async fn detach(clients: &Clients, arn: &str, entity: &Entity) -> Result<(), Failure> {
    let iam = &clients.iam;
    match entity {
        Entity::Group(group) => {
            let call = iam.detach_group_policy().group_name(group).policy_arn(arn);
            call.send().await.during("iam:DetachGroupPolicy").map(drop)
        }
        Entity::Role(role) => {
            let call = iam.detach_role_policy().role_name(role).policy_arn(arn);
            call.send().await.during("iam:DetachRolePolicy").map(drop)
        }
        Entity::User(user) => {
            let call = iam.detach_user_policy().user_name(user).policy_arn(arn);
            call.send().await.during("iam:DetachUserPolicy").map(drop)
        }
    }
}

/// Reads the account's own managed policies.
async fn survey(clients: &Clients) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.iam.list_policies().scope(aws_sdk_iam::types::PolicyScopeType::Local);
    let listed = listed.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
    let Some(policies) = survey.keep(SCHEMA.kind, listed.during("iam:ListPolicies")) else { return survey };
    let parts = each(policies, READS, |policy| {
        let clients = clients.clone();
        async move {
            let mut part = Survey::default();
            let arn = policy.arn().unwrap_or_default().to_owned();
            let key = format!("{}/{arn}", SCHEMA.kind);
            let document = part.keep(&key, managed_document(&clients, &arn).await);
            let properties = Shaped::new()
                .maybe("ManagedPolicyName", policy.policy_name())
                .maybe("Path", policy.path())
                .text("Description", policy.description())
                .with("PolicyDocument", document.unwrap_or(Value::Null))
                .done();
            let tags = clients.iam.list_policy_tags().policy_arn(&arn).into_paginator().items().send();
            let tags = tags.collect::<Result<Vec<_>, _>>().await.during("iam:ListPolicyTags");
            let tags = part.keep(&key, tags).unwrap_or_default();
            let mut resource = seen(&SCHEMA, &arn, arn.clone(), properties);
            resource.arn = Some(arn);
            part.resources.push(tagged(resource, tags.into_iter().map(|tag| (tag.key, tag.value))));
            part
        }
    })
    .await;
    survey.absorb_all(parts);
    survey
}
