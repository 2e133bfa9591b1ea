use serde_json::{Value, json};

use super::{PAY, one, run_with};
use crate::sandbox::states::language::Failure;

fn task(more: &Value) -> Value {
    let mut state = json!({ "Type": "Task", "Resource": PAY });
    for (name, value) in more.as_object().unwrap() {
        state[name] = value.clone();
    }
    state
}

/// Fails some calls, and then gives a result.
fn failing(times: usize, error: &'static str) -> impl FnMut(&super::Wish) -> Option<Result<Value, Failure>> {
    let mut left = times;
    move |_| {
        if left == 0 {
            return Some(Ok(json!("done")));
        }
        left -= 1;
        Some(Err(Failure::new(error, "why")))
    }
}

#[test]
fn a_failure_is_tried_again_with_growing_pauses() {
    let retry = json!({ "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 3 }] });
    let ran = run_with(&one(&task(&retry)), &json!({}), failing(3, "Busy"));
    assert_eq!((ran.output(), ran.seconds), (json!("done"), 2 + 6 + 18));
    assert_eq!(ran.kinds().iter().filter(|kind| **kind == "LambdaFunctionFailed").count(), 3);
    let ran = run_with(&one(&task(&retry)), &json!({}), failing(4, "Busy"));
    assert_eq!((ran.error(), ran.seconds), ("Busy".to_owned(), 26));
    let ran = run_with(&one(&task(&retry)), &json!({}), failing(1, "Other"));
    assert_eq!((ran.error(), ran.seconds), ("Other".to_owned(), 0));
}

#[test]
fn a_retrier_has_its_usual_numbers_and_a_longest_pause() {
    let usual = json!({ "Retry": [{ "ErrorEquals": ["States.ALL"] }] });
    let ran = run_with(&one(&task(&usual)), &json!({}), failing(9, "Busy"));
    assert_eq!(ran.seconds, 1 + 2 + 4);
    let capped =
        json!({ "Retry": [{ "ErrorEquals": ["States.ALL"], "MaxAttempts": 5, "MaxDelaySeconds": 3 }] });
    let ran = run_with(&one(&task(&capped)), &json!({}), failing(9, "Busy"));
    assert_eq!(ran.seconds, 1 + 2 + 3 + 3 + 3);
    let never = json!({ "Retry": [{ "ErrorEquals": ["Busy"], "MaxAttempts": 0 }, { "ErrorEquals": ["States.ALL"] }] });
    let ran = run_with(&one(&task(&never)), &json!({}), failing(1, "Busy"));
    assert_eq!((ran.error(), ran.seconds), ("Busy".to_owned(), 0));
}

#[test]
fn what_is_caught_goes_on_where_the_catcher_leads() {
    let definition = json!({ "StartAt": "Pay", "States": {
        "Pay": task(&json!({ "End": true, "Catch": [
            { "ErrorEquals": ["Other"], "Next": "Wrong" },
            { "ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.failed", "Next": "Right" },
        ] })),
        "Wrong": { "Type": "Fail" },
        "Right": { "Type": "Succeed" },
    } });
    let ran = run_with(&definition, &json!({ "order": 7 }), failing(1, "Declined"));
    assert_eq!(ran.output(), json!({ "order": 7, "failed": { "Error": "Declined", "Cause": "why" } }));
    let kinds = ["LambdaFunctionFailed", "TaskStateExited", "SucceedStateEntered", "SucceedStateExited"];
    assert_eq!(ran.kinds()[3..], kinds);
    let whole = run_with(&definition, &json!([]), failing(1, "Declined"));
    assert_eq!(whole.error(), "States.ResultPathMatchFailure");
}

#[test]
fn a_task_that_takes_too_long_times_out() {
    let late = json!({ "TimeoutSeconds": 5 });
    let ran = run_with(&one(&task(&late)), &json!({}), |_| None);
    assert_eq!((ran.error(), ran.seconds), ("States.Timeout".to_owned(), 5));
    assert!(ran.kinds().contains(&"LambdaFunctionTimedOut"));
    let by_path = json!({ "TimeoutSecondsPath": "$.s", "Retry": [{ "ErrorEquals": ["States.Timeout"], "MaxAttempts": 1 }] });
    let ran = run_with(&one(&task(&by_path)), &json!({ "s": 10 }), |_| None);
    assert_eq!((ran.error(), ran.seconds), ("States.Timeout".to_owned(), 21));
    // A timeout is no failed task.
    let other = json!({ "TimeoutSeconds": 5, "Retry": [{ "ErrorEquals": ["States.TaskFailed"] }] });
    assert_eq!(run_with(&one(&task(&other)), &json!({}), |_| None).seconds, 5);
}
