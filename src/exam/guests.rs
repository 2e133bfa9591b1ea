use std::collections::BTreeSet;

use super::footing::Footing;
use super::scenario::candidate_name;
use crate::aws::{Clients, Failure, Found as _, Outcome as _};
use crate::resource::STACK_TAG;
use crate::target::Permit;

/// Returns the users and the roles as whom a candidate can act: the candidate's own user and the stack's roles, and those that came about since
/// the scenario stands and belong to no other stack.
pub(super) async fn guests(footing: &Footing) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (clients, stack) = (&footing.lease.clients, &footing.ground.stack);
    let kept = footing.permit.as_ref().map(Permit::kept).unwrap_or_default();
    let before = footing.ground.before.iter().flat_map(|before| &before.resources);
    let mut known: BTreeSet<String> = before
        .filter(|one| matches!(one.kind.as_str(), "AWS::IAM::Role" | "AWS::IAM::User"))
        .map(|one| one.id.clone())
        .chain(kept)
        .collect();
    let mut users = vec![candidate_name(&stack.name)];
    let own = stack.resources.values().filter(|one| one.kind == "AWS::IAM::Role");
    let mut roles: Vec<String> = own.map(|one| one.made.id.clone()).collect();
    known.extend(users.iter().chain(&roles).cloned());

    let there = clients.iam.list_users().into_paginator().items().send();
    for user in there.collect::<Result<Vec<_>, _>>().await.during("iam:ListUsers")? {
        let name = user.user_name;
        if !known.contains(&name) && !is_anothers(clients, Holder::User, &name, &stack.name).await? {
            users.push(name);
        }
    }
    let there = clients.iam.list_roles().into_paginator().items().send();
    for role in there.collect::<Result<Vec<_>, _>>().await.during("iam:ListRoles")? {
        let of_aws = role.path.starts_with("/aws-service-role/");
        let name = role.role_name;
        let new = !of_aws && !known.contains(&name);
        if new && !is_anothers(clients, Holder::Role, &name, &stack.name).await? {
            roles.push(name);
        }
    }
    Ok((users, roles))
}

#[derive(Clone, Copy)]
enum Holder {
    User,
    Role,
}

/// Whether a user or role bears the tag of another stack. What is gone in the meantime is nobody's.
async fn is_anothers(clients: &Clients, holder: Holder, name: &str, stack: &str) -> Result<bool, Failure> {
    let iam = &clients.iam;
    let tags = match holder {
        Holder::User => {
            let asked = iam.list_user_tags().user_name(name).send().await.during("iam:ListUserTags");
            asked.found()?.map(|answer| answer.tags)
        }
        Holder::Role => {
            let asked = iam.list_role_tags().role_name(name).send().await.during("iam:ListRoleTags");
            asked.found()?.map(|answer| answer.tags)
        }
    };
    Ok(tags.is_none_or(|tags| tags.iter().any(|tag| tag.key() == STACK_TAG && tag.value() != stack)))
}
