use serde_json::{Value, json};

use super::document::encode;
use super::identity::Identity;
use super::managed_policies;
use super::operations::Desk;
use super::policy_attachments::written_attached;
use super::state::{Account, State};
use super::users::{self, View};
use super::{groups, instance_profiles, paging, policies, policy_versions, roles, validate};
use crate::sandbox::ServiceError;

const KINDS: [&str; 5] = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

/// Shows all identities and policies with their relations. The page runs over all lists together.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>
pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let filter = desk.parameters.list("Filter");
    if let Some(wrong) = filter.iter().find(|kind| !KINDS.contains(kind)) {
        let must = format!("satisfy enum value set: [{}]", KINDS.join(", "));
        return Err(validate::constraint(wrong, "filter", &must));
    }
    let account = state.account(desk.account);
    let wanted = |kind: &str| filter.is_empty() || filter.contains(&kind);
    let mut items: Vec<(String, Value)> = vec![];
    // The first character of a key says which list it belongs to.
    if wanted("User") {
        items.extend(
            account
                .users
                .values()
                .map(|user| (format!("U{}", user.identity.name), user_detail(account, user))),
        );
    }
    if wanted("Group") {
        items.extend(account.groups.values().map(|group| {
            let mut detail = groups::written(account, group);
            add_policies(&mut detail, "GroupPolicyList", &group.identity);
            (format!("G{}", group.identity.name), detail)
        }));
    }
    if wanted("Role") {
        items.extend(
            account
                .roles
                .values()
                .map(|role| (format!("R{}", role.identity.name), role_detail(account, role))),
        );
    }
    if wanted("LocalManagedPolicy") {
        items.extend(account.policies.iter().map(|(arn, policy)| {
            let mut detail = policies::written(account, arn, policy, true);
            detail["Tags"] = Value::Null;
            detail["PolicyVersionList"] = policy_versions::written_all(policy);
            (format!("P{arn}"), detail)
        }));
    }
    if wanted("AWSManagedPolicy") {
        items.extend(aws_policies(account));
    }
    for (key, item) in &mut items {
        *item = json!([&key[..1], item]);
    }
    let page = paging::page(items, "Items", desk.parameters)?;
    let list = |tag: &str| -> Value {
        let items = page["Items"].as_array().into_iter().flatten();
        items.filter(|item| item[0] == tag).map(|item| item[1].clone()).collect()
    };
    Ok(json!({
        "UserDetailList": list("U"),
        "GroupDetailList": list("G"),
        "RoleDetailList": list("R"),
        "Policies": list("P"),
        "IsTruncated": page["IsTruncated"],
        "Marker": page["Marker"],
    }))
}

/// Of the policies that AWS manages, those that something uses.
fn aws_policies(account: &Account) -> Vec<(String, Value)> {
    let used = managed_policies::all().iter();
    used.filter(|(arn, _)| account.attachments(arn) + account.boundary_uses(arn) > 0)
        .map(|(arn, managed)| {
            let mut detail = policies::written_managed(account, arn, managed);
            detail["PolicyVersionList"] = json!([{
                "Document": encode(managed.document),
                "VersionId": managed.version,
                "IsDefaultVersion": true,
                "CreateDate": managed.updated,
            }]);
            (format!("P{arn}"), detail)
        })
        .collect()
}

fn add_policies(detail: &mut Value, inline_list: &str, identity: &Identity) {
    let inline = identity.inline.iter();
    detail[inline_list] = inline
        .map(|(name, document)| json!({"PolicyName": name, "PolicyDocument": document.encoded()}))
        .collect();
    detail["AttachedManagedPolicies"] = identity.attached.iter().map(|arn| written_attached(arn)).collect();
}

fn user_detail(account: &Account, user: &super::identity::User) -> Value {
    let mut detail = users::written(account, user, View::Full);
    add_policies(&mut detail, "UserPolicyList", &user.identity);
    let groups = account.groups.values().filter(|group| group.members.contains(&user.identity.name));
    detail["GroupList"] = groups.map(|group| json!(group.identity.name)).collect();
    detail
}

fn role_detail(account: &Account, role: &super::identity::Role) -> Value {
    let mut detail = roles::written(account, role, View::Full);
    for absent in ["Description", "MaxSessionDuration"] {
        detail[absent] = Value::Null;
    }
    add_policies(&mut detail, "RolePolicyList", &role.identity);
    let name = Some(role.identity.name.as_str());
    let profiles = account.profiles.values().filter(|profile| profile.role.as_deref() == name);
    detail["InstanceProfileList"] =
        profiles.map(|profile| instance_profiles::written(account, profile, View::Listed)).collect();
    detail
}
