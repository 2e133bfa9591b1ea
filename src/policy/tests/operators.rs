//! Every operator, plain, with `IfExists`, `ForAllValues` and `ForAnyValue`: on a value that satisfies it, on one that does
//! not, and where the key is missing.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use serde_json::json;

use super::*;

/// Operator, what the policy says, a value that satisfies it, one that does not.
const OPERATORS: [(&str, &str, &str, &str); 26] = [
    ("StringEquals", "ada", "ada", "Ada"),
    ("StringNotEquals", "ada", "Ada", "ada"),
    ("StringEqualsIgnoreCase", "ada", "ADA", "bob"),
    ("StringNotEqualsIgnoreCase", "ada", "bob", "ADA"),
    ("StringLike", "a?a*", "ada/x", "Ada"),
    ("StringNotLike", "a?a*", "Ada", "ada/x"),
    ("NumericEquals", "5", "5.0", "6"),
    ("NumericNotEquals", "5", "6", "5.0"),
    ("NumericLessThan", "5", "4", "5"),
    ("NumericLessThanEquals", "5", "5", "6"),
    ("NumericGreaterThan", "5", "6", "5"),
    ("NumericGreaterThanEquals", "5", "5", "4"),
    ("DateEquals", "2026-01-02T00:00:00Z", "2026-01-02T01:00:00+01:00", "2026-01-03T00:00:00Z"),
    ("DateNotEquals", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z"),
    ("DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    ("DateLessThanEquals", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"),
    ("DateGreaterThan", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z"),
    ("DateGreaterThanEquals", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
    ("Bool", "true", "true", "false"),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", "QmluYXJ6"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", "203.0.114.9"),
    ("NotIpAddress", "203.0.113.0/24", "203.0.114.9", "203.0.113.9"),
    ("ArnEquals", "arn:aws:sns:*:1:t", "arn:aws:sns:us-east-1:1:t", "arn:aws:sns:us-east-1:2:t"),
    ("ArnLike", "arn:aws:sns:*:1:t*", "arn:aws:sns:us-east-1:1:tt", "arn:aws:sns:us-east-1:2:t"),
    ("ArnNotEquals", "arn:aws:sns:*:1:t", "arn:aws:sns:us-east-1:2:t", "arn:aws:sns:us-east-1:1:t"),
    ("ArnNotLike", "arn:aws:sns:*:1:t*", "arn:aws:sns:us-east-1:2:t", "arn:aws:sns:us-east-1:1:tt"),
];

fn allowed(operator: &str, wanted: &str, actual: Option<&[&str]>) -> bool {
    let document = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {operator: {"aws:Tested": wanted}},
    }});
    let identity = [parsed("tested", &document, PolicyKind::Identity)];
    let mut context = Context::new();
    if let Some(values) = actual {
        context.set("aws:tested", values.iter().map(|value| (*value).to_owned()).collect());
    }
    let request = Request {
        principal: principal("user"),
        action: "s3:GetObject".into(),
        resource: "arn:aws:s3:::bucket/key".into(),
        context,
    };
    decide(&request, &Applicable { identity: &identity, ..Applicable::default() }).is_allowed()
}

#[test]
fn every_operator_holds_for_the_values_that_it_should() {
    for (operator, wanted, good, bad) in OPERATORS {
        for form in [(*operator).to_owned(), format!("{operator}IfExists")] {
            assert!(allowed(&form, wanted, Some(&[good])), "{form} {good}");
            assert!(!allowed(&form, wanted, Some(&[bad])), "{form} {bad}");
        }
    }
    assert!(allowed("StringLike", "*", Some(&[""])));
}

#[test]
fn a_missing_key_satisfies_the_not_forms_and_if_exists() {
    for (operator, wanted, ..) in OPERATORS {
        let negated = operator.contains("Not");
        assert_eq!(allowed(operator, wanted, None), negated, "{operator}");
        assert!(allowed(&format!("{operator}IfExists"), wanted, None), "{operator}");
    }
}

#[test]
fn keys_with_several_values_are_quantified() {
    for (operator, wanted, good, bad) in OPERATORS {
        let (all, any) = (format!("ForAllValues:{operator}"), format!("ForAnyValue:{operator}"));
        assert!(allowed(&all, wanted, Some(&[good, good])), "{all}");
        assert!(!allowed(&all, wanted, Some(&[good, bad])), "{all}");
        assert!(allowed(&any, wanted, Some(&[bad, good])), "{any}");
        assert!(!allowed(&any, wanted, Some(&[bad, bad])), "{any}");
        // Nothing is a set of which all satisfy everything, and none satisfies anything.
        for nothing in [None, Some(&[][..])] {
            assert!(allowed(&all, wanted, nothing), "{all}");
            assert!(!allowed(&any, wanted, nothing), "{any}");
        }
        assert!(allowed(&format!("{any}IfExists"), wanted, None), "{any}IfExists");
    }
}

#[test]
fn null_asks_whether_a_key_is_there() {
    assert!(allowed("Null", "true", None) && !allowed("Null", "true", Some(&["x"])));
    assert!(allowed("Null", "false", Some(&["x"])) && !allowed("Null", "false", None));
}
