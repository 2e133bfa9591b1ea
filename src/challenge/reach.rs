//! Whether the candidate's policy reaches those who grade.

use std::sync::Arc;

use crate::policy::{Applicable, Context, Policy, Principal, Request, decide};
use crate::source::{Diagnostic, Location};
use crate::text::all_of;

/// The account in the question; any other is asked about in the same way.
const ACCOUNT: &str = "123456789012";

/// What would let a candidate act as somebody else, or lift the candidate's own limits.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>
const ON_USERS: [&str; 13] = [
    "iam:CreateUser",
    "iam:DeleteUser",
    "iam:CreateAccessKey",
    "iam:UpdateAccessKey",
    "iam:DeleteAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:PutUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:AttachUserPolicy",
    "iam:DetachUserPolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
];

/// Asks the policy itself, so that wildcards, `NotAction` and denies count as AWS counts them.
pub(super) fn check(path: &str, policy: Policy) -> Option<Diagnostic> {
    let candidate = Principal::User {
        account: ACCOUNT.to_owned(),
        path: "/".to_owned(),
        name: "candidate".to_owned(),
        id: "AIDACANDIDATE".to_owned(),
    };
    let identity = [("candidate".to_owned(), Arc::new(policy))];
    let policies = Applicable { identity: &identity, ..Applicable::default() };
    let may = |action: &str, resource: &str| {
        let request = Request {
            principal: candidate.clone(),
            action: action.to_owned(),
            resource: format!("arn:aws:iam::{ACCOUNT}:{resource}"),
            context: Context::of_principal(&candidate),
        };
        decide(&request, &policies).is_allowed()
    };
    let mut reached: Vec<&str> = ON_USERS
        .into_iter()
        .filter(|action| may(action, "user/grader") || may(action, "user/candidate"))
        .collect();
    if may("sts:AssumeRole", "role/grader") {
        reached.push("sts:AssumeRole");
    }
    if reached.is_empty() {
        return None;
    }
    let message = format!("the candidate's policy reaches the grader: it allows {}", all_of(&reached));
    let help = "name the actions that the repair needs, and roles and policies instead of `*`";
    Some(Diagnostic::error(message).at(Location::file(path)).help(help))
}
