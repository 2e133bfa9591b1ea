//! What would grow without end.

use serde_json::{Value, json};

use super::{one, read, run};

/// A machine of one state of another name: names are unique in the whole.
fn within(name: &str, state: &Value) -> Value {
    let mut machine = one(state);
    machine["States"] = json!({ name: machine["States"]["One"] });
    machine["StartAt"] = name.into();
    machine
}

#[test]
fn a_payload_that_nests_deeper_with_each_round_ends_the_execution() {
    let mut wrapped = json!({ "a.$": "$" });
    for _ in 0..40 {
        wrapped = json!({ "a": wrapped });
    }
    let ran = run(
        &json!({ "StartAt": "Deeper", "States": {
            "Deeper": { "Type": "Pass", "Parameters": wrapped, "Next": "Again" },
            "Again": { "Type": "Choice", "Choices": [{ "Variable": "$", "IsPresent": true, "Next": "Deeper" }],
                "Default": "End" },
            "End": { "Type": "Succeed" },
        } }),
        &json!(1),
    );
    assert_eq!(ran.error(), "States.Runtime");
    assert!(ran.outcome.unwrap_err().cause.contains("deeper than 64 levels"));
}

#[test]
fn what_a_template_copies_counts_as_a_whole() {
    let input = json!({ "l": "x".repeat(100_000) });
    let twice = one(&json!({ "Type": "Pass", "Parameters": { "a.$": "$", "b.$": "$.l" } }));
    assert!(run(&twice, &input).outcome.is_ok());
    let thrice = one(
        &json!({ "Type": "Pass", "Parameters": { "a.$": "$", "b.$": "$.l", "c.$": "States.Array($.l)" } }),
    );
    assert_eq!(run(&thrice, &input).error(), "States.DataLimitExceeded");
    let items = one(&json!({ "Type": "Map", "ItemsPath": "$.n",
        "ItemSelector": { "all.$": "$.l" }, "Iterator": within("Item", &json!({ "Type": "Pass" })) }));
    assert_eq!(run(&items, &json!({ "n": [1, 2, 3], "l": input["l"] })).error(), "States.DataLimitExceeded");
}

#[test]
fn forty_items_of_a_map_run_at_a_time() {
    let wait = within("Item", &json!({ "Type": "Wait", "Seconds": 5 }));
    let items: Vec<u32> = (0..100).collect();
    for (most, seconds) in [(json!(0), 15), (json!(100), 15), (json!(50), 15), (json!(20), 25)] {
        let each = one(&json!({ "Type": "Map", "MaxConcurrency": most, "ItemProcessor": wait }));
        assert_eq!(run(&each, &json!(items)).seconds, seconds, "{most}");
    }
}

#[test]
fn definitions_that_could_not_be_kept_or_waited_for_are_refused() {
    let mut nested = one(&json!({ "Type": "Pass" }));
    let wrap = |name: u32, nested: &Value| {
        within(&format!("At{name}"), &json!({ "Type": "Parallel", "Branches": [nested] }))
    };
    for level in 0..8 {
        nested = wrap(level, &nested);
    }
    assert!(read(&nested.to_string()).is_ok());
    for level in 8..11 {
        nested = wrap(level, &nested);
    }
    assert!(read(&nested.to_string()).is_err());
    let task =
        |retry: serde_json::Value| one(&json!({ "Type": "Task", "Resource": super::PAY, "Retry": retry }));
    let all = json!({ "ErrorEquals": ["States.ALL"] });
    let other = json!({ "ErrorEquals": ["Sold.Out"], "IntervalSeconds": 10, "MaxDelaySeconds": 11 });
    assert!(read(&task(json!([other, all])).to_string()).is_ok());
    assert!(read(&task(json!([all, other])).to_string()).is_err());
    for delay in [10, 31_622_400] {
        let wrong = json!([{ "ErrorEquals": ["Sold.Out"], "IntervalSeconds": 10, "MaxDelaySeconds": delay }]);
        assert!(read(&task(wrong).to_string()).is_err(), "{delay}");
    }
}
