use serde_json::{Value, json};

use super::{PAY, one, run, run_with};
use crate::sandbox::states::language::Failure;

fn single(state: &Value, name: &str) -> Value {
    json!({ "StartAt": name, "States": { name: state } })
}

#[test]
fn branches_get_the_same_and_give_a_list() {
    let first = single(&json!({ "Type": "Pass", "Result": 1, "ResultPath": "$.a", "End": true }), "A");
    let second = single(&json!({ "Type": "Wait", "Seconds": 10, "End": true }), "B");
    let state =
        json!({ "Type": "Parallel", "Branches": [first, second], "ResultSelector": { "both.$": "$" } });
    let ran = run(&one(&state), &json!({ "x": 0 }));
    assert_eq!(ran.output(), json!({ "both": [{ "x": 0, "a": 1 }, { "x": 0 }] }));
    assert_eq!(ran.seconds, 10);
    let kinds = ran.kinds();
    assert_eq!(kinds[..2], ["ParallelStateEntered", "ParallelStateStarted"]);
    assert_eq!(kinds[kinds.len() - 2..], ["ParallelStateSucceeded", "ParallelStateExited"]);
}

#[test]
fn a_branch_that_fails_ends_the_others() {
    let slow = single(&json!({ "Type": "Wait", "Seconds": 1000, "End": true }), "Slow");
    let bad = json!({ "StartAt": "W", "States": {
        "W": { "Type": "Wait", "Seconds": 1, "Next": "F" }, "F": { "Type": "Fail", "Error": "Broken" },
    } });
    let mut state = json!({ "Type": "Parallel", "Branches": [slow, bad] });
    let ran = run(&one(&state), &json!({}));
    assert_eq!((ran.error(), ran.seconds), ("Broken".to_owned(), 1));
    assert_eq!(ran.kinds().last(), Some(&"ParallelStateFailed"));
    state["Retry"] = json!([{ "ErrorEquals": ["Broken"], "MaxAttempts": 1 }]);
    let ran = run(&one(&state), &json!({}));
    assert_eq!((ran.error(), ran.seconds), ("Broken".to_owned(), 1 + 1 + 1));
}

#[test]
fn each_item_is_handled_and_the_results_keep_their_order() {
    let pay = single(&json!({ "Type": "Task", "Resource": PAY, "End": true }), "Pay");
    let state = json!({
        "Type": "Map", "ItemsPath": "$.orders", "ItemProcessor": pay, "ResultPath": "$.done",
        "ItemSelector": { "id.$": "$$.Map.Item.Value.id", "at.$": "$$.Map.Item.Index", "shop.$": "$.shop" },
    });
    let input = json!({ "shop": "s", "orders": [{ "id": "a" }, { "id": "b" }] });
    let ran = run_with(&one(&state), &input, |wish| Some(Ok(wish.input.clone())));
    let done = json!([{ "id": "a", "at": 0, "shop": "s" }, { "id": "b", "at": 1, "shop": "s" }]);
    assert_eq!(ran.output()["done"], done);
    let kinds = ran.kinds();
    assert_eq!(kinds.iter().filter(|kind| **kind == "MapIterationSucceeded").count(), 2);
    assert_eq!(kinds[..3], ["MapStateEntered", "MapStateStarted", "MapIterationStarted"]);
}

#[test]
fn as_many_items_at_a_time_as_the_state_says() {
    let wait = single(&json!({ "Type": "Wait", "Seconds": 10, "End": true }), "W");
    for (most, seconds) in [(0, 10), (1, 50), (2, 30), (5, 10)] {
        let state = json!({ "Type": "Map", "MaxConcurrency": most, "Iterator": wait });
        let ran = run(&one(&state), &json!([1, 2, 3, 4, 5]));
        assert_eq!((ran.output(), ran.seconds), (json!([1, 2, 3, 4, 5]), seconds), "{most} at a time");
    }
}

#[test]
fn no_items_are_an_empty_list_and_something_else_than_a_list_is_an_error() {
    let pass = single(&json!({ "Type": "Pass", "End": true }), "P");
    let state = json!({ "Type": "Map", "Iterator": pass });
    assert_eq!(run(&one(&state), &json!([])).output(), json!([]));
    assert_eq!(run(&one(&state), &json!({ "a": 1 })).error(), "States.Runtime");
}

#[test]
fn an_item_that_fails_fails_the_state_which_may_be_caught() {
    let pay = single(&json!({ "Type": "Task", "Resource": PAY, "End": true }), "Pay");
    let state = json!({ "Type": "Map", "Iterator": pay, "End": true, "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "C" }] });
    let definition =
        json!({ "StartAt": "M", "States": { "M": state, "C": { "Type": "Pass", "End": true } } });
    let ran = run_with(&definition, &json!([1, 2]), |wish| {
        Some(if wish.input == 2 { Err(Failure::new("Declined", "two")) } else { Ok(json!(null)) })
    });
    assert_eq!(ran.output(), json!({ "Error": "Declined", "Cause": "two" }));
    assert!(ran.kinds().contains(&"MapIterationFailed") && ran.kinds().contains(&"MapStateFailed"));
}

#[test]
fn groups_stand_in_groups() {
    let inner = json!({ "Type": "Parallel", "Branches": [single(&json!({ "Type": "Pass", "End": true }), "P")], "End": true });
    let state = json!({ "Type": "Map", "Iterator": single(&inner, "Inner") });
    assert_eq!(run(&one(&state), &json!([1, 2, 3])).output(), json!([[1], [2], [3]]));
}
