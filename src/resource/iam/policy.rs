use super::entities::{Entity, of_properties};
use crate::aws::{Clients, Failure, Found, Outcome};
use crate::resource::kind::{Future, Incomplete, Made, ResourceType, Standing, Wanted};
use crate::resource::schema::{Name, Property, Schema, Shape, TEXTS};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-policy.html>
static SCHEMA: Schema = Schema {
    kind: "AWS::IAM::Policy",
    properties: &[
        Property::new("Groups", TEXTS),
        Property::new("PolicyDocument", Shape::Document).required(),
        // CloudFormation renames in place; a policy that is inline elsewhere afterwards is the same to everybody who looks.
        Property::text("PolicyName").required().create_only(),
        Property::new("Roles", TEXTS),
        Property::new("Users", TEXTS),
    ],
    attributes: &["Id"],
    name: Some(Name { property: "PolicyName", longest: 128 }),
    part_of: None,
    taggable: false,
};

/// A policy that is inline in each role, user or group that it names: `Ref` returns its name.
#[derive(Debug)]
pub(crate) struct Policy;

impl ResourceType for Policy {
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
            let name = properties.need("PolicyName")?;
            let document = properties.document("PolicyDocument").unwrap_or_default();
            let made = Made::new(&name).with("Id", name.clone());
            for entity in of_properties(properties) {
                put(clients, &name, &document, &entity).await.map_err(Incomplete::after(&made))?;
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
            let name = &standing.made.id;
            let document = wanted.properties().document("PolicyDocument").unwrap_or_default();
            let (before, after) = (of_properties(standing.properties()), of_properties(wanted.properties()));
            for entity in &after {
                put(clients, name, &document, entity).await?;
            }
            for entity in before.difference(&after) {
                remove(clients, name, entity).await.found()?;
            }
            Ok(standing.made.clone())
        })
    }

    fn delete<'a>(&'a self, clients: &'a Clients, standing: &'a Standing) -> Future<'a, Result<(), Failure>> {
        Box::pin(async move {
            for entity in of_properties(standing.properties()) {
                remove(clients, &standing.made.id, &entity).await.found()?;
            }
            Ok(())
        })
    }
}

pub(super) async fn put(
    clients: &Clients,
    name: &str,
    document: &str,
    entity: &Entity,
) -> Result<(), Failure> {
    let iam = &clients.iam;
    match entity {
        Entity::Group(group) => {
            let call = iam.put_group_policy().group_name(group).policy_name(name).policy_document(document);
            call.send().await.during("iam:PutGroupPolicy").map(drop)
        }
        Entity::Role(role) => {
            let call = iam.put_role_policy().role_name(role).policy_name(name).policy_document(document);
            call.send().await.during("iam:PutRolePolicy").map(drop)
        }
        Entity::User(user) => {
            let call = iam.put_user_policy().user_name(user).policy_name(name).policy_document(document);
            call.send().await.during("iam:PutUserPolicy").map(drop)
        }
    }
}

pub(super) async fn remove(clients: &Clients, name: &str, entity: &Entity) -> Result<(), Failure> {
    let iam = &clients.iam;
    match entity {
        Entity::Group(group) => {
            let call = iam.delete_group_policy().group_name(group).policy_name(name);
            call.send().await.during("iam:DeleteGroupPolicy").map(drop)
        }
        Entity::Role(role) => {
            let call = iam.delete_role_policy().role_name(role).policy_name(name);
            call.send().await.during("iam:DeleteRolePolicy").map(drop)
        }
        Entity::User(user) => {
            let call = iam.delete_user_policy().user_name(user).policy_name(name);
            call.send().await.during("iam:DeleteUserPolicy").map(drop)
        }
    }
}
