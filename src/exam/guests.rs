use std::collections::BTreeSet;

use super::footing::Footing;
use super::scenario::candidate_name;
use crate::aws::{Clients, Failure, Found as _, Outcome as _};
use crate::resource::STACK_TAG;
use crate::target::Permit;

/// Returns the users and the roles as whom a candidate can act: the candidate's own user and the stack's roles, and those that came about after
/// the candidate did and belong to no other stack. Whoever asks is none of them.
pub(super) async fn guests(footing: &Footing) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (clients, stack) = (&footing.lease.clients, &footing.ground.stack);
    let caller = clients.sts.get_caller_identity().send().await.during("sts:GetCallerIdentity")?;
    let ourselves = caller.arn().and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    let kept = footing.permit.as_ref().map(Permit::kept).unwrap_or_default();
    let candidate = candidate_name(&stack.name);
    let mut known: BTreeSet<String> =
        kept.into_iter().chain([candidate.clone(), ourselves.to_owned()]).collect();
    let mut users = vec![candidate.clone()];
    let own = stack.resources.values().filter(|one| one.kind == "AWS::IAM::Role");
    let mut roles: Vec<String> = own.map(|one| one.made.id.clone()).collect();
    known.extend(roles.iter().cloned());

    let there = clients.iam.list_users().into_paginator().items().send();
    let there = there.collect::<Result<Vec<_>, _>>().await.during("iam:ListUsers")?;
    // By the target's own clock. A candidate who was deleted has made nothing since.
    let Some(since) = there.iter().find(|user| user.user_name == candidate).map(|user| user.create_date)
    else {
        return Ok((Vec::new(), roles));
    };
    for user in there.into_iter().filter(|user| user.create_date > since) {
        let name = user.user_name;
        if !known.contains(&name) && !is_anothers(clients, Holder::User, &name, &stack.name).await? {
            users.push(name);
        }
    }
    let there = clients.iam.list_roles().into_paginator().items().send();
    let there = there.collect::<Result<Vec<_>, _>>().await.during("iam:ListRoles")?;
    for role in there.into_iter().filter(|role| role.create_date > since) {
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
