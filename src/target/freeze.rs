use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws::{Clients, Failure, Found as _, Outcome as _};
use crate::evidence::Inspection;

/// The policy that ends a candidate's rights at once.
const FROZEN: &str = "proofmark-frozen";

/// Ends a candidate's rights now: keys no longer work, everything is denied, and sessions of these roles that were begun before are no good
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>). Can be done twice.
pub async fn freeze_candidate(
    clients: &Clients,
    user: &str,
    roles: &[String],
    now: Timestamp,
) -> Result<(), Failure> {
    shut_out(clients, user).await?;
    put_all(clients, roles, &no_older_session(&json!(now.to_string()))).await
}

/// Ends the rights of users, and of roles whoever holds them: functions too. Can be done twice.
pub async fn hold_roles(clients: &Clients, users: &[String], roles: &[String]) -> Result<(), Failure> {
    for user in users {
        shut_out(clients, user).await?;
    }
    put_all(clients, roles, &nothing()).await
}

/// Lets roles that were held be taken on again, for functions that a grader calls. Sessions that were begun before stay without rights, unless
/// a function has them: one that is warm keeps its session.
pub async fn let_functions_work(clients: &Clients, roles: &[String], now: Timestamp) -> Result<(), Failure> {
    put_all(clients, roles, &no_older_guest(&json!(now.to_string()))).await
}

async fn shut_out(clients: &Clients, user: &str) -> Result<(), Failure> {
    let keys = clients.iam.list_access_keys().user_name(user).into_paginator().items().send();
    for key in keys.collect::<Result<Vec<_>, _>>().await.during("iam:ListAccessKeys")? {
        let call = clients.iam.update_access_key().user_name(user).set_access_key_id(key.access_key_id);
        let call = call.status(aws_sdk_iam::types::StatusType::Inactive);
        call.send().await.during("iam:UpdateAccessKey")?;
    }
    let deny = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*" }] });
    let call =
        clients.iam.put_user_policy().user_name(user).policy_name(FROZEN).policy_document(deny.to_string());
    call.send().await.during("iam:PutUserPolicy").map(drop)
}

/// A role that is gone is fine.
async fn put_all(clients: &Clients, roles: &[String], document: &Value) -> Result<(), Failure> {
    for role in roles {
        let call = clients.iam.put_role_policy().role_name(role).policy_name(FROZEN);
        call.policy_document(document.to_string()).send().await.during("iam:PutRolePolicy").found()?;
    }
    Ok(())
}

fn nothing() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "Frozen", "Effect": "Deny", "Action": "*", "Resource": "*" }] })
}

/// Lambda names the function in each call that it makes
/// (<https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html>).
fn no_older_guest(than: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": { "DateLessThan": { "aws:TokenIssueTime": than }, "Null": { "lambda:SourceFunctionArn": "true" } } }] })
}

fn no_older_session(than: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": { "DateLessThan": { "aws:TokenIssueTime": than } } }] })
}

/// Leaves out of an inspection what a freeze put into roles: a check looks at the candidate's work, and that is not.
pub(super) fn overlook_freeze(inspection: &mut Inspection) {
    let ours = |name: &Value, document: &Value| {
        let time = document.pointer("/Statement/0/Condition/DateLessThan/aws:TokenIssueTime");
        let timed =
            time.is_some_and(|time| *document == no_older_session(time) || *document == no_older_guest(time));
        name == FROZEN && (timed || *document == nothing())
    };
    for role in inspection.resources.iter_mut().filter(|one| one.kind == "AWS::IAM::Role") {
        if let Some(policies) = role.attributes.get_mut("policies").and_then(Value::as_array_mut) {
            policies.retain(|policy| !ours(&policy["name"], &policy["document"]));
        }
        if let Some(policies) = role.properties.get_mut("Policies").and_then(Value::as_array_mut) {
            policies.retain(|policy| !ours(&policy["PolicyName"], &policy["PolicyDocument"]));
            if policies.is_empty()
                && let Some(properties) = role.properties.as_object_mut()
            {
                properties.remove("Policies");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_what_a_freeze_writes_is_overlooked() {
        let frozen = no_older_session(&json!("2026-11-22T18:00:00Z"));
        let own = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*" }] });
        let role = |first: &Value, second: &Value| {
            let policies = json!([{ "name": FROZEN, "source": "inline", "document": first }, { "name": "own", "document": second }]);
            let properties = json!({ "Policies": [{ "PolicyName": FROZEN, "PolicyDocument": first }] });
            let world = json!({ "account": "1", "region": "r", "gaps": [], "links": [], "resources": [
                { "key": "r", "type": "AWS::IAM::Role", "id": "r", "properties": properties, "attributes": { "policies": policies } }] });
            let mut inspection: Inspection = serde_json::from_value(world).unwrap();
            overlook_freeze(&mut inspection);
            let policies = inspection.resources[0].attributes["policies"].as_array().unwrap().len();
            (policies, inspection.resources[0].properties.get("Policies").is_some())
        };
        assert_eq!(role(&frozen, &own), (1, false));
        assert_eq!(role(&nothing(), &own), (1, false));
        assert_eq!(role(&no_older_guest(&json!("2026-11-22T18:00:00Z")), &own), (1, false));
        assert_eq!(role(&own, &frozen), (2, true), "the name alone hides nothing");
    }
}
