//! Every identity-policy case of the table is put to `iam-rs` too. Where the two differ, the reason stands here.

use iam_rs::{ContextValue, IAMPolicy, IAMRequest, PolicyEvaluator, PrincipalId};

use super::*;

/// Case, and why `iam-rs` 0.8.0 answers it otherwise than AWS does.
const DIFFERENCES: &[(&str, &str)] = &[
    ("a star within a segment stays within it", "refuses a pattern of fewer than six segments"),
    ("a star that ends a segment reaches beyond it", "refuses a pattern of fewer than six segments"),
    ("a request without a resource needs a star", "cannot ask about the resource `*`"),
    ("a request without a resource is not covered by an ARN", "cannot ask about the resource `*`"),
    ("a null in a list of resources is passed over", "takes no null, which IAM passes over"),
    ("Bool has no case", "wants true or false in lower case"),
    ("ArnLike's star does not cross a colon", "matches the ARN as one string, not segment by segment"),
    ("ArnEquals takes wildcards too", "compares without wildcards"),
    ("a variable without a value does not stand for nothing", "puts nothing in its place, and so allows"),
    ("a star from a variable is no wildcard", "takes a variable's value for a pattern"),
    ("the older version has no variables", "fills in variables whatever the version"),
    ("a document without a version has no variables", "wants a version, which IAM does not"),
    ("in the older version a variable is its own text", "fills in variables whatever the version"),
    ("${*} matches a star", "does not know the escaped characters"),
    ("${?} matches a question mark", "does not know the escaped characters"),
    ("${$} matches a dollar sign", "does not know the escaped characters"),
    ("a variable in a condition's value", "fills in variables in resources only"),
    (
        "an allow with a Not operator and a variable without a value does not allow",
        "compares with the variable's own text, and so allows",
    ),
];

fn other_context(case: &Value) -> iam_rs::Context {
    let text = case["identity"].to_string();
    let mut context = iam_rs::Context::new();
    for (key, values) in case["context"].as_object().into_iter().flatten() {
        let values: Vec<String> =
            values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect();
        // It wants values typed by the operator that will read them.
        let value = match values.as_slice() {
            [one] if text.contains("Bool") => ContextValue::Boolean(one.eq_ignore_ascii_case("true")),
            [one] if text.contains("\"Numeric") && one.parse::<f64>().is_ok() => {
                ContextValue::Number(one.parse().unwrap())
            }
            [one] if !text.contains("ForA") => ContextValue::String(one.clone()),
            _ => ContextValue::StringList(values),
        };
        context.insert(key.clone(), value);
    }
    context
}

/// Returns its answer in our words; an error counts as one.
fn other_answer(case: &Value) -> String {
    let policies: Result<Vec<IAMPolicy>, _> =
        case["identity"].as_array().unwrap().iter().map(|doc| serde_json::from_value(doc.clone())).collect();
    let policies = match policies {
        Ok(policies) => policies,
        Err(error) => return format!("cannot read it: {error}"),
    };
    let resource = match iam_rs::Arn::parse(case["resource"].as_str().unwrap()) {
        Ok(resource) => resource,
        Err(error) => return format!("cannot ask it: {error}"),
    };
    let principal =
        iam_rs::Principal::Aws(PrincipalId::String("arn:aws:iam::111122223333:user/ada".to_owned()));
    let action = case["action"].as_str().unwrap();
    let request = IAMRequest::new_with_context(principal, action, resource, other_context(case));
    match PolicyEvaluator::with_policies(policies).evaluate(&request) {
        Ok(answer) => match answer.decision {
            iam_rs::Decision::Allow => "allowed".to_owned(),
            iam_rs::Decision::Deny => "explicitDeny".to_owned(),
            iam_rs::Decision::NotApplicable => "implicitDeny".to_owned(),
        },
        Err(error) => format!("fails: {error}"),
    }
}

#[test]
fn another_evaluator_agrees_but_for_the_differences_that_are_explained() {
    let comparable = |case: &&Value| {
        case.get("identity").is_some()
            && case["principal"] == "user"
            && ["boundary", "session", "resource_policy", "trust"]
                .iter()
                .all(|member| case.get(*member).is_none())
    };
    let cases = rows(CASES);
    let mut differing = vec![];
    let mut compared = 0;
    for case in cases.iter().filter(comparable) {
        compared += 1;
        let other = other_answer(case);
        if other != case["expect"].as_str().unwrap() {
            differing.push((case["name"].as_str().unwrap(), other));
        }
    }
    assert!(compared >= 100, "{compared} compared");
    let unexplained: Vec<_> =
        differing.iter().filter(|(name, _)| !DIFFERENCES.iter().any(|(known, _)| known == name)).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    let gone: Vec<_> =
        DIFFERENCES.iter().filter(|(known, _)| !differing.iter().any(|(name, _)| name == known)).collect();
    assert!(gone.is_empty(), "no difference any more: {gone:#?}");
}
