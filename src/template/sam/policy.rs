use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::expansion::Expansion;
use super::part::Part;
use crate::text::did_you_mean;

/// One of the policies that a function's `Policies` gives.
#[derive(Debug, Clone)]
pub(super) enum Policy {
    /// An ARN, or an intrinsic that gives one.
    Managed(Value),
    Document(Value),
    Choice {
        condition: String,
        yes: Value,
        no: Value,
    },
}

#[derive(Debug, Deserialize)]
struct Template {
    parameters: Vec<String>,
    statements: Vec<Statement>,
}

#[derive(Debug, Deserialize)]
struct Statement {
    /// One action, or a list.
    actions: Value,
    /// One resource, or a list.
    resources: Value,
    #[serde(default)]
    condition: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

/// The policy templates, by name.
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html>
static TEMPLATES: LazyLock<BTreeMap<String, Template>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads every template in it.
    serde_json::from_str(include_str!("policy_templates.json")).expect("the file is part of the program")
});

/// Managed policies that a function's role may name without their path.
const SERVICE_ROLES: [&str; 12] = [
    "AWSAppSyncPushToCloudWatchLogs",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaENIManagementAccess",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaMSKExecutionRole",
    "AWSLambdaRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AmazonAPIGatewayPushToCloudWatchLogs",
    "AmazonS3ObjectLambdaExecutionRolePolicy",
    "CloudWatchEventsInvocationAccess",
];

/// Reads `Policies`: names and ARNs of managed policies, policy documents, policy templates; each with its place in the source.
pub(super) fn policies(expansion: &mut Expansion<'_>, given: &Part<'_>) -> Vec<(Policy, String)> {
    let mut read = Vec::new();
    for part in given.one_or_more() {
        if let Some(policy) = policy(expansion, &part) {
            read.push((policy, part.at));
        }
    }
    read
}

fn policy(expansion: &mut Expansion<'_>, part: &Part<'_>) -> Option<Policy> {
    if let Some(name) = part.value.as_str() {
        if TEMPLATES.contains_key(name) {
            let help = format!("write `{name}: {{ ... }}` with its parameters");
            expansion.refuse(&part.at, format!("`{name}` is a policy template")).help = Some(help);
        }
        return Some(Policy::Managed(managed(name)));
    }
    if let Some(choice) = part.get("Fn::If") {
        let items = choice.items();
        let [condition, yes, no] = items.as_slice() else { return None };
        let condition = condition.value.as_str()?.to_owned();
        let mut branches = Vec::new();
        for branch in [yes, no] {
            match (branch.value.get("Ref").and_then(Value::as_str), branch.is_intrinsic()) {
                (Some("AWS::NoValue"), _) => branches.push((branch.value.clone(), true)),
                (_, true) => branches.push((branch.value.clone(), false)),
                (_, false) => match policy(expansion, branch)? {
                    Policy::Document(document) => branches.push((document, true)),
                    Policy::Managed(arn) => branches.push((arn, false)),
                    Policy::Choice { .. } => return None,
                },
            }
        }
        let [(yes, inline), (no, also)]: [_; 2] = branches.try_into().ok()?;
        let only_nothing = |value: &Value| value["Ref"] == "AWS::NoValue";
        if (inline || only_nothing(&yes))
            && (also || only_nothing(&no))
            && !(only_nothing(&yes) && only_nothing(&no))
        {
            return Some(Policy::Choice { condition, yes, no });
        }
        return Some(Policy::Managed(json!({ "Fn::If": [condition, yes, no] })));
    }
    if part.is_intrinsic() {
        return Some(Policy::Managed(part.value.clone()));
    }
    if part.get("Statement").is_some() {
        return Some(Policy::Document(part.value.clone()));
    }
    let members = part.members();
    let [(name, parameters)] = members.as_slice() else {
        expansion.refuse(
            &part.at,
            "a policy is a name, an ARN, a document with `Statement`, or one policy template",
        );
        return None;
    };
    let Some(template) = TEMPLATES.get(*name) else {
        let help = did_you_mean(name, TEMPLATES.keys().map(String::as_str));
        expansion.refuse_key(&parameters.at, format!("there is no policy template `{name}`")).help = help;
        return None;
    };
    let known: Vec<&str> = template.parameters.iter().map(String::as_str).collect();
    expansion.known(parameters, &known, &format!("the policy template `{name}`"));
    for parameter in &known {
        expansion.need(parameters, parameter, &format!("the policy template `{name}`"));
    }
    Some(Policy::Document(template.filled(parameters)))
}

fn managed(name: &str) -> Value {
    if name.starts_with("arn:") {
        name.into()
    } else if SERVICE_ROLES.contains(&name) {
        format!("arn:aws:iam::aws:policy/service-role/{name}").into()
    } else {
        format!("arn:aws:iam::aws:policy/{name}").into()
    }
}

impl Template {
    fn filled(&self, values: &Part<'_>) -> Value {
        let statements = self.statements.iter().map(|statement| {
            let resources = match &statement.resources {
                Value::Array(several) => {
                    several.iter().filter_map(Value::as_str).map(|one| self.text(one, values)).collect()
                }
                one => self.text(one.as_str().unwrap_or_default(), values),
            };
            let mut made = json!({ "Action": statement.actions, "Effect": "Allow", "Resource": resources });
            if let Some(condition) = &statement.condition {
                let operators = condition.iter().map(|(operator, keys)| {
                    let keys = keys.iter().map(|(key, value)| (key.clone(), self.text(value, values)));
                    (operator.clone(), Value::Object(keys.collect()))
                });
                made["Condition"] = Value::Object(operators.collect());
            }
            made
        });
        json!({ "Statement": statements.collect::<Vec<_>>() })
    }

    /// Returns what stands for a text with `${parameter}` in it.
    fn text(&self, pattern: &str, values: &Part<'_>) -> Value {
        let mut own = Map::new();
        for (_, rest) in pattern.match_indices("${").map(|(at, _)| pattern.split_at(at + 2)) {
            let variable = rest.split('}').next().unwrap_or_default();
            let parameter = self.parameters.iter().find(|name| name.eq_ignore_ascii_case(variable));
            if let Some(value) = parameter.and_then(|name| values.value.get(name)) {
                own.insert(variable.to_owned(), value.clone());
            }
        }
        match (pattern.contains("${"), own.is_empty()) {
            (false, _) => pattern.into(),
            (true, true) => json!({ "Fn::Sub": pattern }),
            (true, false) => json!({ "Fn::Sub": [pattern, own] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_template_uses_the_parameters_that_it_has() {
        assert_eq!(TEMPLATES.len(), 81);
        for (name, template) in TEMPLATES.iter() {
            let values: Map<String, Value> =
                template.parameters.iter().map(|parameter| (parameter.clone(), "x".into())).collect();
            let values = Value::Object(values);
            let filled = template.filled(&Part::new(&values, "")).to_string();
            let used = |parameter: &String| {
                filled.to_ascii_lowercase().contains(&format!("${{{}}}", parameter.to_ascii_lowercase()))
            };
            assert!(template.parameters.iter().all(used), "{name}: {filled}");
        }
    }
}
