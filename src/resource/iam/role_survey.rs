use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::document::{decoded, managed_document};
use crate::aws::{Clients, Failure, Outcome};
use crate::evidence::Resource;
use crate::resource::parallel::{READS, each};
use crate::resource::properties::Shaped;
use crate::resource::schema::Schema;
use crate::resource::survey::{Survey, seen, tagged};

/// A role, and the managed policies whose documents are still to be read.
type Read = (Survey, Vec<(String, String)>);

/// Reads the account's roles with all their policies. AWS's own (service-linked, reserved for Identity Center) are left out.
///
/// `attributes.policies` is a list of `{name, source: "inline" | "managed", document}`; `attributes.boundary` is
/// `{arn, document}`. A policy that could not be read is a gap of the role.
pub(super) async fn survey(clients: &Clients, schema: &'static Schema) -> Survey {
    let mut survey = Survey::default();
    let listed = clients.iam.list_roles().into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("iam:ListRoles");
    let Some(roles) = survey.keep(schema.kind, listed) else { return survey };
    let own = roles.into_iter().filter(|role| {
        !role.path().starts_with("/aws-service-role/") && !role.path().starts_with("/aws-reserved/")
    });
    let names: Vec<String> = own.map(|role| role.role_name).collect();
    let read = each(names, READS, |name| {
        let clients = clients.clone();
        async move { role(&clients, schema, &name).await }
    })
    .await;

    let arns: BTreeSet<String> =
        read.iter().flat_map(|(_, managed)| managed).map(|(_, arn)| arn.clone()).collect();
    let documents = each(arns.into_iter().collect(), READS, |arn| {
        let clients = clients.clone();
        async move {
            let document = managed_document(&clients, &arn).await;
            (arn, document)
        }
    })
    .await;
    let documents: BTreeMap<String, Result<Value, Failure>> = documents.into_iter().collect();

    for (mut part, managed) in read {
        let mut gaps = Survey::default();
        if let Some(role) = part.resources.first_mut() {
            attach(role, &managed, &documents, &mut gaps);
        }
        survey.absorb(part);
        survey.absorb(gaps);
    }
    survey
}

async fn role(clients: &Clients, schema: &Schema, name: &str) -> Read {
    let mut survey = Survey::default();
    let key = format!("{}/{name}", schema.kind);
    let iam = &clients.iam;
    let read = iam.get_role().role_name(name).send().await.during("iam:GetRole");
    let Some(role) = survey.keep(&key, read).and_then(|output| output.role) else {
        return (survey, Vec::new());
    };

    let listed = iam.list_role_policies().role_name(name).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("iam:ListRolePolicies");
    let mut inline = Vec::new();
    for policy in survey.keep(&key, listed).unwrap_or_default() {
        let call = iam.get_role_policy().role_name(name).policy_name(&policy);
        let read = call.send().await.during("iam:GetRolePolicy");
        if let Some(output) = survey.keep(&key, read) {
            inline.push((policy, decoded(output.policy_document())));
        }
    }
    let listed = iam.list_attached_role_policies().role_name(name).into_paginator().items().send();
    let listed = listed.collect::<Result<Vec<_>, _>>().await.during("iam:ListAttachedRolePolicies");
    let attached = survey.keep(&key, listed).unwrap_or_default();
    let managed: Vec<(String, String)> =
        attached.into_iter().filter_map(|each| Some((each.policy_name?, each.policy_arn?))).collect();

    let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    let properties = Shaped::new()
        .with("RoleName", role.role_name())
        .with("Path", role.path())
        .text("Description", role.description())
        .maybe("MaxSessionDuration", role.max_session_duration())
        .maybe("AssumeRolePolicyDocument", role.assume_role_policy_document().map(decoded))
        .filled("ManagedPolicyArns", managed.iter().map(|(_, arn)| json!(arn)).collect())
        .filled(
            "Policies",
            inline
                .iter()
                .map(|(name, document)| json!({"PolicyName": name, "PolicyDocument": document}))
                .collect(),
        )
        .maybe("PermissionsBoundary", boundary)
        .done();
    let policies: Vec<Value> = inline
        .into_iter()
        .map(|(name, document)| json!({"name": name, "source": "inline", "document": document}))
        .collect();

    let mut resource = seen(schema, name, name, properties);
    resource.arn = Some(role.arn().to_owned());
    resource.attributes = Shaped::new()
        .with("RoleId", role.role_id())
        .with("policies", policies)
        .with("boundary", Value::Null)
        .done();
    let tags = role.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
    let mut wanted = managed;
    wanted.extend(boundary.map(|arn| (BOUNDARY.to_owned(), arn.to_owned())));
    survey.resources.push(tagged(resource, tags));
    (survey, wanted)
}

/// No policy's name is empty, so it marks the boundary among the documents to read.
const BOUNDARY: &str = "";

fn attach(
    role: &mut Resource,
    managed: &[(String, String)],
    documents: &BTreeMap<String, Result<Value, Failure>>,
    gaps: &mut Survey,
) {
    for (name, arn) in managed {
        let document = match documents.get(arn) {
            Some(Ok(document)) => document,
            Some(Err(failure)) => {
                gaps.gap(&role.key, failure);
                continue;
            }
            None => continue,
        };
        if name == BOUNDARY {
            role.attributes["boundary"] = json!({"arn": arn, "document": document});
        } else if let Some(policies) = role.attributes["policies"].as_array_mut() {
            policies.push(json!({"name": name, "arn": arn, "source": "managed", "document": document}));
        }
    }
}
