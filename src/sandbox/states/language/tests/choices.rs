use serde_json::{Value, json};

use super::run;

/// Where a rule leads.
#[track_caller]
fn holds(rule: &Value, input: &Value) -> Result<bool, String> {
    let mut rule = rule.clone();
    rule["Next"] = "Yes".into();
    let definition = json!({ "StartAt": "C", "States": {
        "C": { "Type": "Choice", "Choices": [rule], "Default": "No" },
        "Yes": { "Type": "Pass", "Result": true, "End": true },
        "No": { "Type": "Pass", "Result": false, "End": true },
    } });
    let ran = run(&definition, input);
    ran.outcome.map(|output| output == true).map_err(|failure| failure.error)
}

/// Of each relation: whether it holds for a smaller, an equal and a greater value.
const RELATIONS: [(&str, [bool; 3]); 5] = [
    ("Equals", [false, true, false]),
    ("LessThan", [true, false, false]),
    ("GreaterThan", [false, false, true]),
    ("LessThanEquals", [true, true, false]),
    ("GreaterThanEquals", [false, true, true]),
];

/// Of each family: three values in their order, and one of another type.
fn families() -> [(&'static str, [Value; 3], Value); 3] {
    [
        ("String", [json!("a"), json!("b"), json!("c")], json!(1)),
        ("Numeric", [json!(-1), json!(2.5), json!(30)], json!("2.5")),
        (
            "Timestamp",
            [
                json!("2026-01-01T00:00:00Z"),
                json!("2026-01-01T03:00:00+02:00"),
                json!("2026-01-02T00:00:00Z"),
            ],
            json!("today"),
        ),
    ]
}

#[test]
fn values_are_compared_with_literals_and_with_each_other() {
    for (family, values, other) in families() {
        for (relation, wanted) in RELATIONS {
            for (value, wanted) in values.iter().zip(wanted) {
                let input = json!({ "v": value, "m": values[1] });
                let literal = json!({ "Variable": "$.v", format!("{family}{relation}"): values[1] });
                assert_eq!(holds(&literal, &input), Ok(wanted), "{literal} of {input}");
                let path = json!({ "Variable": "$.v", format!("{family}{relation}Path"): "$.m" });
                assert_eq!(holds(&path, &input), Ok(wanted), "{path} of {input}");
            }
            let literal = json!({ "Variable": "$.v", format!("{family}{relation}"): values[1] });
            assert_eq!(holds(&literal, &json!({ "v": other })), Ok(false), "{literal} of {other}");
        }
    }
}

#[test]
fn truth_values_are_equal_or_not() {
    let rule = json!({ "Variable": "$.v", "BooleanEquals": true });
    for (value, is) in [(json!(true), true), (json!(false), false), (json!("true"), false)] {
        assert_eq!(holds(&rule, &json!({ "v": value })), Ok(is));
    }
    let rule = json!({ "Variable": "$.v", "BooleanEqualsPath": "$.w" });
    assert_eq!(holds(&rule, &json!({ "v": false, "w": false })), Ok(true));
}

#[test]
fn texts_fit_patterns() {
    let rule = json!({ "Variable": "$.v", "StringMatches": "log-*.txt" });
    for (value, is) in [(json!("log-1.txt"), true), (json!("log-1.csv"), false), (json!(1), false)] {
        assert_eq!(holds(&rule, &json!({ "v": value })), Ok(is));
    }
}

#[test]
fn types_are_told_apart() {
    let values = json!({ "n": null, "i": 1, "s": "a", "b": true, "t": "2026-01-01T00:00:00Z" });
    for (test, fits) in [
        ("IsNull", "n"),
        ("IsNumeric", "i"),
        ("IsString", "st"),
        ("IsBoolean", "b"),
        ("IsTimestamp", "t"),
        ("IsPresent", "nisbt"),
    ] {
        for name in ["n", "i", "s", "b", "t"] {
            let rule = |wanted: bool| json!({ "Variable": format!("$.{name}"), test: wanted });
            assert_eq!(holds(&rule(true), &values), Ok(fits.contains(name)), "{test} of {name}");
            assert_eq!(holds(&rule(false), &values), Ok(!fits.contains(name)), "not {test} of {name}");
        }
    }
    assert_eq!(holds(&json!({ "Variable": "$.x", "IsPresent": false }), &values), Ok(true));
    assert_eq!(
        holds(&json!({ "Variable": "$.x", "IsNull": true }), &values),
        Err("States.Runtime".to_owned())
    );
}

#[test]
fn conditions_are_joined() {
    let (yes, no) =
        (json!({ "Variable": "$.v", "NumericEquals": 1 }), json!({ "Variable": "$.v", "NumericEquals": 2 }));
    for (rule, is) in [
        (json!({ "And": [yes, yes] }), true),
        (json!({ "And": [yes, no] }), false),
        (json!({ "Or": [no, yes] }), true),
        (json!({ "Or": [no, no] }), false),
        (json!({ "Not": no }), true),
        (json!({ "And": [{ "Not": { "Or": [no] } }, yes] }), true),
    ] {
        assert_eq!(holds(&rule, &json!({ "v": 1 })), Ok(is), "{rule}");
    }
    // What decides already is not looked past.
    let first = json!({ "And": [{ "Variable": "$.x", "IsPresent": true }, { "Variable": "$.x", "NumericEquals": 1 }] });
    assert_eq!(holds(&first, &json!({})), Ok(false));
}

#[test]
fn without_a_rule_that_holds_or_a_default_it_fails() {
    let definition = json!({ "StartAt": "C", "States": {
        "C": { "Type": "Choice", "Choices": [{ "Variable": "$.v", "NumericEquals": 1, "Next": "Yes" }] },
        "Yes": { "Type": "Succeed" },
    } });
    assert_eq!(run(&definition, &json!({ "v": 2 })).error(), "States.NoChoiceMatched");
    assert_eq!(run(&definition, &json!({})).error(), "States.Runtime");
    assert_eq!(run(&definition, &json!({ "v": 1 })).output(), json!({ "v": 1 }));
}
