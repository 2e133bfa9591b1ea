use std::fmt;

use aws_sdk_iam::types::Tag;
use serde::{Deserialize, Serialize};

use crate::aws::{Clients, ErrorClass, Failure, Found, Outcome};
use crate::resource::STACK_TAG;

/// The name of the policy that a challenge gives its candidate.
const POLICY: &str = "challenge";

/// The user as whom a candidate works.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The user's name.
    pub user: String,
    pub arn: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("user", &self.user)
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Makes a user with a policy (its text, filled in) and an access key. What is half made when a step fails is removed again.
pub async fn make_candidate(
    clients: &Clients,
    stack: &str,
    user: &str,
    policy: &str,
) -> Result<Candidate, Failure> {
    let tag = Tag::builder().key(STACK_TAG).value(stack).build()?;
    let created = clients.iam.create_user().user_name(user).tags(tag).send().await;
    let created = created.during("iam:CreateUser")?;
    let arn = created.user().map(|user| user.arn().to_owned()).unwrap_or_default();
    let finished = equip(clients, user, arn, policy).await;
    if finished.is_err() {
        // The first failure is the one to tell.
        remove_candidate(clients, user).await.ok();
    }
    finished
}

/// Gives a candidate another policy in place of the challenge's.
pub async fn set_policy(clients: &Clients, user: &str, policy: &str) -> Result<(), Failure> {
    let call = clients.iam.put_user_policy().user_name(user).policy_name(POLICY).policy_document(policy);
    call.send().await.during("iam:PutUserPolicy").map(drop)
}

async fn equip(clients: &Clients, user: &str, arn: String, policy: &str) -> Result<Candidate, Failure> {
    set_policy(clients, user, policy).await?;
    let output = clients.iam.create_access_key().user_name(user).send().await;
    let output = output.during("iam:CreateAccessKey")?;
    let key = output.access_key.ok_or_else(|| {
        Failure::new(ErrorClass::Other, "iam:CreateAccessKey", "the answer holds no access key")
    })?;
    Ok(Candidate {
        user: user.to_owned(),
        arn,
        access_key_id: key.access_key_id,
        secret_access_key: key.secret_access_key,
    })
}

/// Removes a candidate's user with keys and policies, also those that the candidate added. One that is gone is fine.
pub async fn remove_candidate(clients: &Clients, user: &str) -> Result<(), Failure> {
    remove(clients, user).await.found().map(drop)
}

async fn remove(clients: &Clients, user: &str) -> Result<(), Failure> {
    let iam = &clients.iam;
    let keys = iam.list_access_keys().user_name(user).into_paginator().items().send();
    for key in keys.collect::<Result<Vec<_>, _>>().await.during("iam:ListAccessKeys")? {
        let call = iam.delete_access_key().user_name(user).set_access_key_id(key.access_key_id);
        call.send().await.during("iam:DeleteAccessKey").found()?;
    }
    let policies = iam.list_user_policies().user_name(user).into_paginator().items().send();
    for policy in policies.collect::<Result<Vec<_>, _>>().await.during("iam:ListUserPolicies")? {
        let call = iam.delete_user_policy().user_name(user).policy_name(policy);
        call.send().await.during("iam:DeleteUserPolicy").found()?;
    }
    let attached = iam.list_attached_user_policies().user_name(user).into_paginator().items().send();
    for policy in attached.collect::<Result<Vec<_>, _>>().await.during("iam:ListAttachedUserPolicies")? {
        let call = iam.detach_user_policy().user_name(user).set_policy_arn(policy.policy_arn);
        call.send().await.during("iam:DetachUserPolicy").found()?;
    }
    iam.delete_user().user_name(user).send().await.during("iam:DeleteUser").map(drop)
}
