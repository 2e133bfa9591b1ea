use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws::{Clients, Failure, Found as _, Outcome as _};

/// The policy that ends a candidate's rights at once.
const FROZEN: &str = "frozen";

/// What a candidate may reach in an account that costs money, and until when. AWS holds the candidate to both, whether or not we run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Prefixes of actions: those of the services that the challenge's types belong to. Nothing of any other service can be made.
    pub services: BTreeSet<String>,
    pub until: Timestamp,
}

impl Bounds {
    /// Returns the bounds for the types of a challenge's resources.
    pub fn of<'a>(kinds: impl IntoIterator<Item = &'a str>, until: Timestamp) -> Self {
        let service = |kind: &str| match kind.split("::").nth(1).unwrap_or_default() {
            "ApiGatewayV2" => "apigateway".to_owned(),
            "Serverless" => "lambda".to_owned(),
            other => other.to_lowercase(),
        };
        let mut services: BTreeSet<String> = kinds.into_iter().map(service).collect();
        // Whoever works with functions and APIs reads their logs and calls them.
        services.extend(["execute-api", "logs"].map(str::to_owned));
        Self { services, until }
    }

    /// Returns the permissions boundary: the services until the deadline, and no way out of the boundary
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>).
    pub fn boundary(&self) -> Value {
        let actions: Vec<String> = self.services.iter().map(|service| format!("{service}:*")).collect();
        json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Sid": "Services", "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": self.condition() },
                { "Sid": "Self", "Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*" },
                { "Sid": "NoWayOut", "Effect": "Deny", "Resource": "*", "Action": [
                    "iam:CreateUser", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:CreateLoginProfile", "iam:AttachUserPolicy",
                    "iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary",
                    "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy" ] },
            ],
        })
    }

    /// Returns a candidate's policy with the deadline in each statement that allows something.
    pub fn limit(&self, policy: &str) -> Result<String, String> {
        let mut document: Value = serde_json::from_str(policy).map_err(|error| error.to_string())?;
        if !document.is_object() {
            return Err("a policy is an object".to_owned());
        }
        let statements = match &mut document["Statement"] {
            Value::Array(statements) => statements,
            one => {
                *one = json!([one.take()]);
                one.as_array_mut().ok_or("no statements")?
            }
        };
        for statement in statements.iter_mut().filter(|statement| statement["Effect"] == "Allow") {
            let Some(statement) = statement.as_object_mut() else { continue };
            let condition = statement.entry("Condition").or_insert_with(|| json!({}));
            let earlier = condition.get("DateLessThan").is_none_or(Value::is_object);
            if !condition.is_object() || !earlier {
                return Err("a condition is an object".to_owned());
            }
            condition["DateLessThan"]["aws:CurrentTime"] = json!(self.until.to_string());
        }
        Ok(document.to_string())
    }

    fn condition(&self) -> Value {
        json!({ "DateLessThan": { "aws:CurrentTime": self.until.to_string() } })
    }
}

/// Makes the boundary of a stack's candidate, or brings it to another deadline. Returns its ARN.
pub async fn set_boundary(
    clients: &Clients,
    account: &str,
    stack: &str,
    bounds: &Bounds,
) -> Result<String, Failure> {
    let name = boundary_name(stack);
    let document = bounds.boundary().to_string();
    let made = clients.iam.create_policy().policy_name(&name).policy_document(&document).send().await;
    match made.during("iam:CreatePolicy") {
        Ok(made) => Ok(made.policy.and_then(|policy| policy.arn).unwrap_or_else(|| arn(account, stack))),
        Err(failure) if failure.has_code("EntityAlreadyExists") => {
            let arn = arn(account, stack);
            let version = clients.iam.create_policy_version().policy_arn(&arn).policy_document(document);
            version.set_as_default(true).send().await.during("iam:CreatePolicyVersion")?;
            Ok(arn)
        }
        Err(failure) => Err(failure),
    }
}

/// Puts a user under a boundary.
pub async fn bind(clients: &Clients, user: &str, boundary: &str) -> Result<(), Failure> {
    let call = clients.iam.put_user_permissions_boundary().user_name(user).permissions_boundary(boundary);
    call.send().await.during("iam:PutUserPermissionsBoundary").map(drop)
}

/// Ends a candidate's rights now: keys no longer work, everything is denied, and sessions of these roles that were begun before are no good
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>). Can be done twice.
pub async fn freeze_candidate(
    clients: &Clients,
    user: &str,
    roles: &[String],
    now: Timestamp,
) -> Result<(), Failure> {
    let keys = clients.iam.list_access_keys().user_name(user).into_paginator().items().send();
    for key in keys.collect::<Result<Vec<_>, _>>().await.during("iam:ListAccessKeys")? {
        let call = clients.iam.update_access_key().user_name(user).set_access_key_id(key.access_key_id);
        let call = call.status(aws_sdk_iam::types::StatusType::Inactive);
        call.send().await.during("iam:UpdateAccessKey")?;
    }
    let deny = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*" }] });
    let call =
        clients.iam.put_user_policy().user_name(user).policy_name(FROZEN).policy_document(deny.to_string());
    call.send().await.during("iam:PutUserPolicy")?;
    let older = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": { "DateLessThan": { "aws:TokenIssueTime": now.to_string() } } }] });
    for role in roles {
        let call = clients.iam.put_role_policy().role_name(role).policy_name(FROZEN);
        call.policy_document(older.to_string()).send().await.during("iam:PutRolePolicy").found()?;
    }
    Ok(())
}

/// Removes a stack's boundary. One that is gone is fine.
pub async fn remove_boundary(clients: &Clients, account: &str, stack: &str) -> Result<(), Failure> {
    let arn = arn(account, stack);
    let versions = clients.iam.list_policy_versions().policy_arn(&arn).send().await;
    let Some(versions) = versions.during("iam:ListPolicyVersions").found()? else { return Ok(()) };
    for version in versions.versions().iter().filter(|version| !version.is_default_version()) {
        let call =
            clients.iam.delete_policy_version().policy_arn(&arn).set_version_id(version.version_id.clone());
        call.send().await.during("iam:DeletePolicyVersion").found()?;
    }
    clients.iam.delete_policy().policy_arn(arn).send().await.during("iam:DeletePolicy").found().map(drop)
}

fn boundary_name(stack: &str) -> String {
    format!("{stack}-candidate-boundary")
}

fn arn(account: &str, stack: &str) -> String {
    format!("arn:aws:iam::{account}:policy/{}", boundary_name(stack))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds() -> Bounds {
        Bounds::of(["AWS::Lambda::Function", "AWS::ApiGatewayV2::Api"], Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_challenges_types_say_which_services_there_are() {
        let services: Vec<String> = bounds().services.into_iter().collect();
        assert_eq!(services, ["apigateway", "execute-api", "lambda", "logs"]);
    }

    #[test]
    fn every_allowance_ends_at_the_deadline() {
        let policy = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"lambda:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},
            {"Effect":"Deny","Action":"lambda:DeleteFunction","Resource":"*"}]}"#;
        let limited: Value = serde_json::from_str(&bounds().limit(policy).unwrap()).unwrap();
        let condition = &limited["Statement"][0]["Condition"];
        assert_eq!(condition["DateLessThan"]["aws:CurrentTime"], "1970-01-01T00:00:00Z");
        assert_eq!(condition["Bool"]["aws:SecureTransport"], "true");
        assert!(limited["Statement"][1].get("Condition").is_none(), "a denial does not end");
        let one = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        assert!(bounds().limit(one).unwrap().contains("DateLessThan"));
        for wrong in ["no", "[]", r#"{"Statement":{"Effect":"Allow","Condition":"never"}}"#] {
            assert!(bounds().limit(wrong).is_err(), "{wrong}");
        }
    }
}
