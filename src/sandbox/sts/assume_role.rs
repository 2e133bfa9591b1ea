use std::sync::Arc;

use serde_json::{Value, json};

use super::federation::second_factor;
use super::operations::{duration, validation, written};
use super::parameters::{length, name, packed_size, policy_arns, tags, text};
use crate::policy::{Context, Policy, PolicyKind, Principal};
use crate::sandbox::iam::{Iam, SessionRequest};
use crate::sandbox::query::Parameters;
use crate::sandbox::{Access, AccountId, Caller, ServiceError};

pub(super) const HOUR: i64 = 3600;
/// How many characters a session policy may have; AWS states the limit for its packed form, too.
pub(super) const MOST_POLICY: usize = 2048;

/// Trusts nobody: stands for the trust policy of a role that is not there, so that the answer does not tell whether it is.
const NOBODY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"Service":"nobody.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// The parameters, checked.
pub(super) struct Asked {
    pub(super) role_arn: String,
    pub(super) session: String,
    tags: Vec<(String, String)>,
}

pub(super) fn read(parameters: &Parameters) -> Result<Asked, ServiceError> {
    let role_arn = text(parameters, "RoleArn", "roleArn", 20, 2048)?;
    let session = text(parameters, "RoleSessionName", "roleSessionName", 2, 64)?;
    name(session, "roleSessionName")?;
    let parts: Vec<&str> = role_arn.splitn(6, ':').collect();
    let sound = matches!(parts[..], ["arn", _, "iam", "", account, resource]
        if AccountId::parse(account).is_some() && resource.starts_with("role/"));
    if !sound {
        return Err(validation(format!("{role_arn} is invalid")));
    }
    let tags = tags(parameters)?;
    Ok(Asked { role_arn: role_arn.to_owned(), session: session.to_owned(), tags })
}

/// Says what the caller must be allowed to do: to assume the role, by the role's trust policy and its own policies, and to
/// tag the session, if it does.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub(super) fn accesses(
    iam: &Iam,
    _account: &str,
    parameters: &Parameters,
) -> Result<Vec<Access>, ServiceError> {
    let asked = read(parameters)?;
    let role = iam.assumable_role(&asked.role_arn);
    let (trust, mut context) = match role {
        Some(role) => (Some(role.trust), role.keys),
        None => (Policy::parse(NOBODY, PolicyKind::Trust).ok().map(Arc::new), Context::new()),
    };
    context = context.with("sts:RoleSessionName", &asked.session);
    // Whether the device is the caller's own is seen when the call is carried out.
    if let (Some(serial), Some(code)) = (parameters.get("SerialNumber"), parameters.get("TokenCode"))
        && iam.shows_code(serial, code).is_some()
    {
        context = context.with("aws:MultiFactorAuthPresent", "true").with("aws:MultiFactorAuthAge", "0");
    }
    if let Some(id) = parameters.get("ExternalId") {
        context.set("sts:ExternalId", vec![id.to_owned()]);
    }
    if let Some(identity) = parameters.get("SourceIdentity") {
        context.set("sts:SourceIdentity", vec![identity.to_owned()]);
    }
    if !asked.tags.is_empty() {
        context.set("aws:TagKeys", asked.tags.iter().map(|(key, _)| key.clone()).collect());
        for (key, value) in &asked.tags {
            context.set(&format!("aws:RequestTag/{key}"), vec![value.clone()]);
        }
    }
    let transitive = parameters.list("TransitiveTagKeys");
    if !transitive.is_empty() {
        context.set("sts:TransitiveTagKeys", transitive.into_iter().map(str::to_owned).collect());
    }
    let owner = asked.role_arn.split(':').nth(4).and_then(AccountId::parse);
    let access = |action: &str| Access {
        action: action.to_owned(),
        resource: asked.role_arn.clone(),
        context: context.clone(),
        resource_policy: trust.clone(),
        owner: owner.clone(),
    };
    let mut accesses = vec![access("sts:AssumeRole")];
    if !asked.tags.is_empty() {
        accesses.push(access("sts:TagSession"));
    }
    if parameters.get("SourceIdentity").is_some() {
        accesses.push(access("sts:SetSourceIdentity"));
    }
    Ok(accesses)
}

pub(super) fn run(iam: &Iam, caller: &Caller, parameters: &Parameters) -> Result<Value, ServiceError> {
    let asked = read(parameters)?;
    let seconds = duration(parameters, 12 * HOUR, HOUR)?;
    let chained = matches!(caller.principal, Principal::Session { .. });
    if chained && seconds > HOUR {
        return Err(validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    let longest = iam.assumable_role(&asked.role_arn).map_or(HOUR, |role| role.max_session);
    if seconds > longest {
        return Err(validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let policy = parameters.get("Policy").map(str::to_owned);
    if let Some(policy) = &policy {
        length(policy, "policy", 1, MOST_POLICY)?;
    }
    let policy_arns = policy_arns(parameters);
    // A chain hands its transitive tags on, and they cannot be set anew.
    let inherited = caller
        .access_key_id
        .as_deref()
        .filter(|_| chained)
        .and_then(|id| iam.handed_on(id))
        .unwrap_or_default();
    let mut tags = inherited.tags;
    let mut transitive_tags: Vec<String> = tags.iter().map(|(key, _)| key.clone()).collect();
    for (key, value) in asked.tags {
        if transitive_tags.contains(&key) {
            let message = format!("The tag key {key} is transitive and cannot be set again.");
            return Err(ServiceError::new(400, "InvalidParameterValue", message));
        }
        tags.push((key, value));
    }
    transitive_tags.extend(parameters.list("TransitiveTagKeys").into_iter().map(str::to_owned));
    let source_identity = parameters.get("SourceIdentity").map(str::to_owned).or(inherited.source_identity);
    let packed = packed_size(policy.as_deref(), &policy_arns, &tags);
    let second_factor = second_factor(iam, caller, parameters)?;
    let credentials = iam.issue_session(SessionRequest {
        role_arn: asked.role_arn,
        name: asked.session,
        duration: seconds,
        policy,
        policy_arns,
        tags,
        transitive_tags,
        source_identity: source_identity.clone(),
        second_factor,
        ..SessionRequest::default()
    })?;
    Ok(json!({
        "Credentials": written(&credentials),
        "AssumedRoleUser": {
            "AssumedRoleId": credentials.principal.user_id(),
            "Arn": credentials.principal.arn(),
        },
        "PackedPolicySize": packed,
        "SourceIdentity": source_identity,
    }))
}
