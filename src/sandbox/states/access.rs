use serde_json::{Map, Value};

use super::entity::{machine_arn, parts_of};
use super::fault::missing;
use crate::sandbox::{Access, Scope, ServiceError};

/// As whom the service takes on a machine's role.
pub(super) const SERVICE: &str = "states.amazonaws.com";

/// Says what a call needs.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html>
pub(super) fn accesses(
    name: &str,
    body: &Map<String, Value>,
    scope: &Scope,
) -> Result<Vec<Access>, ServiceError> {
    let action = format!("states:{name}");
    let text = |member: &str| body.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let on = |member: &str| {
        let arn = text(member).ok_or_else(|| missing(member))?;
        let mut access = Access::new(action.clone(), arn);
        // Machines have no policies of their own, so nobody of another account gets in.
        // <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html>
        access.owner = parts_of(arn).map(|(whose, _, _)| whose.account);
        Ok(access)
    };
    Ok(match name {
        "ListStateMachines" | "ValidateStateMachineDefinition" => vec![Access::new(action, "*")],
        "CreateStateMachine" => {
            let machine = machine_arn(scope, text("name").ok_or_else(|| missing("name"))?);
            let mut all = vec![Access::new(action, &machine)];
            all.extend(passed_role(text("roleArn")));
            if body.get("tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty()) {
                all.push(Access::new("states:TagResource", machine));
            }
            all
        }
        "UpdateStateMachine" => {
            let mut all = vec![on("stateMachineArn")?];
            all.extend(passed_role(text("roleArn")));
            all
        }
        "DescribeExecution"
        | "StopExecution"
        | "GetExecutionHistory"
        | "DescribeStateMachineForExecution" => {
            vec![on("executionArn")?]
        }
        "TagResource" | "UntagResource" | "ListTagsForResource" => vec![on("resourceArn")?],
        _ => vec![on("stateMachineArn")?],
    })
}

/// Who hands a role to a machine must be allowed to.
fn passed_role(role: Option<&str>) -> Option<Access> {
    let mut access = Access::new("iam:PassRole", role?);
    access.context.set("iam:PassedToService", vec![SERVICE.to_owned()]);
    Some(access)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::AccountId;

    #[test]
    fn what_another_account_has_is_known_to_be_its_own() {
        let scope =
            Scope { account: AccountId::parse("111122223333").unwrap(), region: "eu-west-1".to_owned() };
        for (name, member, arn) in [
            ("StartExecution", "stateMachineArn", "arn:aws:states:eu-west-1:123456789012:stateMachine:m"),
            ("StopExecution", "executionArn", "arn:aws:states:eu-west-1:123456789012:execution:m:e"),
            ("TagResource", "resourceArn", "arn:aws:states:eu-west-1:123456789012:stateMachine:m"),
        ] {
            let body = Map::from_iter([(member.to_owned(), Value::from(arn))]);
            let asked = accesses(name, &body, &scope).unwrap();
            let owner = asked[0].owner.as_ref().map(ToString::to_string);
            assert_eq!(owner.as_deref(), Some("123456789012"), "{name}");
        }
    }
}
