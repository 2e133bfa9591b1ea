use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::creation::of_others;
use crate::aws::{Clients, Failure, Found as _, Outcome as _};

/// What a candidate may reach in an account that costs money, and until when. AWS holds the candidate to both, whether or not we run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The types of resources that may come about.
    pub kinds: BTreeSet<String>,
    /// Prefixes of actions: those of the services that these types belong to. Nothing of any other service can be made.
    pub services: BTreeSet<String>,
    pub until: Timestamp,
}

impl Bounds {
    /// Returns the bounds for the types of resources that a challenge allows.
    pub fn of<'a>(kinds: impl IntoIterator<Item = &'a str>, until: Timestamp) -> Self {
        let service = |kind: &str| match kind.split("::").nth(1).unwrap_or_default() {
            "ApiGatewayV2" => "apigateway".to_owned(),
            "Serverless" => "lambda".to_owned(),
            "StepFunctions" => "states".to_owned(),
            other => other.to_lowercase(),
        };
        let kinds: BTreeSet<String> = kinds.into_iter().map(str::to_owned).collect();
        let mut services: BTreeSet<String> = kinds.iter().map(|kind| service(kind)).collect();
        // Whoever works with functions and APIs reads their logs and calls them.
        services.extend(["execute-api", "logs"].map(str::to_owned));
        Self { kinds, services, until }
    }

    /// Returns the permissions boundary: the services until the deadline, nothing of another type than the challenge's, and no way out of
    /// the boundary (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>).
    pub fn boundary(&self) -> Value {
        let actions: Vec<String> = self.services.iter().map(|service| format!("{service}:*")).collect();
        let others = of_others(&self.kinds);
        // What is of no service that is allowed need not be denied: a policy has 6,144 characters.
        let reached = |action: &&&str| {
            action.split_once(':').is_some_and(|(service, _)| self.services.contains(service))
        };
        let called: Vec<&str> = others
            .iter()
            .filter(|one| one.place.is_empty())
            .flat_map(|one| one.actions)
            .filter(reached)
            .copied()
            .collect();
        let placed: Vec<String> = others
            .iter()
            .filter(|one| !one.place.is_empty())
            .map(|one| format!("arn:aws:apigateway:*::{}", one.place))
            .collect();
        let mut refused = vec![];
        if !called.is_empty() {
            refused.push(json!({ "Sid": "OtherTypes", "Effect": "Deny", "Action": called, "Resource": "*" }));
        }
        if self.services.contains("apigateway") && !placed.is_empty() {
            refused.push(
                json!({ "Sid": "OtherApis", "Effect": "Deny", "Action": "apigateway:POST", "Resource": placed }),
            );
        }
        let mut document = json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Sid": "Services", "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": self.condition() },
                { "Sid": "Self", "Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*" },
                { "Sid": "NoWayOut", "Effect": "Deny", "Resource": "*", "Action": [
                    "iam:CreateUser", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:CreateLoginProfile", "iam:AttachUserPolicy",
                    "iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary",
                    "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy" ] },
            ],
        });
        if let Some(statements) = document["Statement"].as_array_mut() {
            statements.extend(refused);
        }
        document
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
            // A policy has five versions at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
            drop_versions(clients, &arn).await?;
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

/// Removes a stack's boundary. One that is gone is fine.
pub async fn remove_boundary(clients: &Clients, account: &str, stack: &str) -> Result<(), Failure> {
    let arn = arn(account, stack);
    drop_versions(clients, &arn).await?;
    clients.iam.delete_policy().policy_arn(arn).send().await.during("iam:DeletePolicy").found().map(drop)
}

/// Removes the versions of a policy that do not count.
async fn drop_versions(clients: &Clients, arn: &str) -> Result<(), Failure> {
    let versions = clients.iam.list_policy_versions().policy_arn(arn).send().await;
    let Some(versions) = versions.during("iam:ListPolicyVersions").found()? else { return Ok(()) };
    for version in versions.versions().iter().filter(|version| !version.is_default_version()) {
        let call =
            clients.iam.delete_policy_version().policy_arn(arn).set_version_id(version.version_id.clone());
        call.send().await.during("iam:DeletePolicyVersion").found()?;
    }
    Ok(())
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
    fn what_makes_other_types_is_denied_and_the_whole_is_a_policy_that_iam_takes() {
        let boundary = bounds().boundary();
        let statements = boundary["Statement"].as_array().unwrap();
        let named = |sid: &str| statements.iter().find(|one| one["Sid"] == sid).unwrap();
        let actions: Vec<&str> =
            named("OtherTypes")["Action"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(actions.contains(&"lambda:CreateEventSourceMapping"));
        assert!(!actions.contains(&"lambda:CreateFunction"));
        assert!(!actions.contains(&"sqs:CreateQueue"), "no action of SQS is allowed in the first place");
        let places = &named("OtherApis")["Resource"];
        assert!(places.as_array().unwrap().contains(&json!("arn:aws:apigateway:*::/restapis")));
        assert!(!places.as_array().unwrap().contains(&json!("arn:aws:apigateway:*::/apis")));
        let all = [
            "ApiGateway::Stage",
            "DynamoDB::Stream",
            "Events::None",
            "IAM::None",
            "Lambda::None",
            "S3::None",
            "SNS::None",
            "SQS::None",
        ];
        let all = all.map(|kind| format!("AWS::{kind}"));
        let longest = Bounds::of(all.iter().map(String::as_str), Timestamp::UNIX_EPOCH).boundary();
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
        assert!(longest.to_string().len() <= 6_144, "{}", longest.to_string().len());
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
