use serde_json::json;

use super::{PAY, filled, one, run, run_with};

#[test]
fn a_pass_state_hands_on_what_it_got_or_has() {
    let ran = run(&one(&json!({ "Type": "Pass" })), &json!({ "a": 1 }));
    assert_eq!(ran.output(), json!({ "a": 1 }));
    assert_eq!(ran.kinds(), ["PassStateEntered", "PassStateExited"]);
    let fixed = json!({ "Type": "Pass", "Result": [1], "ResultPath": "$.new.r" });
    assert_eq!(run(&one(&fixed), &json!({ "a": 1 })).output(), json!({ "a": 1, "new": { "r": [1] } }));
}

#[test]
fn paths_cut_what_comes_in_and_what_goes_out() {
    let state =
        json!({ "Type": "Pass", "InputPath": "$.in", "ResultPath": "$.out", "OutputPath": "$.out.x" });
    assert_eq!(run(&one(&state), &json!({ "in": { "x": 7 } })).output(), json!(7));
    let nothing = json!({ "Type": "Pass", "InputPath": null });
    assert_eq!(run(&one(&nothing), &json!({ "in": 1 })).output(), json!({}));
    let discarded = json!({ "Type": "Pass", "Result": 1, "ResultPath": null });
    assert_eq!(run(&one(&discarded), &json!({ "in": 1 })).output(), json!({ "in": 1 }));
    let away = json!({ "Type": "Pass", "OutputPath": null });
    assert_eq!(run(&one(&away), &json!({ "in": 1 })).output(), json!({}));
}

#[test]
fn a_path_that_leads_nowhere_fails_the_execution() {
    for state in [
        json!({ "Type": "Pass", "InputPath": "$.no" }),
        json!({ "Type": "Succeed", "OutputPath": "$.no" }),
        json!({ "Type": "Pass", "Parameters": { "a.$": "$.no" } }),
    ] {
        let ran = run(&one(&state), &json!({ "x": 1 }));
        assert_eq!(ran.error(), "States.Runtime", "{state}");
        let cause = ran.outcome.unwrap_err().cause;
        let begin = "An error occurred while executing the state 'One' (entered at the event id #2). The JSONPath '$.no' \
                     specified for the field";
        assert!(
            cause.starts_with(begin) && cause.contains("could not be found in the input '{\"x\":1}'"),
            "{cause}"
        );
    }
    let onto = json!({ "Type": "Pass", "Result": 1, "ResultPath": "$.a" });
    assert_eq!(run(&one(&onto), &json!([1])).error(), "States.ResultPathMatchFailure");
}

#[test]
fn templates_are_filled_at_any_depth_also_from_the_context() {
    let template =
        json!({ "a": [{ "b.$": "$.x" }, "$.x"], "name.$": "$$.Execution.Name", "state.$": "$$.State.Name" });
    let filled = filled(&template, &json!({ "x": 1 }));
    assert_eq!(filled, json!({ "a": [{ "b": 1 }, "$.x"], "name": "run", "state": "One" }));
}

#[test]
fn a_wait_lasts_as_long_as_it_says() {
    for (state, seconds) in [
        (json!({ "Type": "Wait", "Seconds": 90 }), 90),
        (json!({ "Type": "Wait", "Seconds": 0 }), 0),
        (json!({ "Type": "Wait", "SecondsPath": "$.s" }), 30),
        (json!({ "Type": "Wait", "Timestamp": "2026-01-01T00:01:00Z" }), 60),
        (json!({ "Type": "Wait", "TimestampPath": "$.t" }), 3600),
        (json!({ "Type": "Wait", "Timestamp": "2025-01-01T00:00:00Z" }), 0),
    ] {
        let ran = run(&one(&state), &json!({ "s": 30, "t": "2026-01-01T02:00:00+01:00" }));
        assert_eq!(ran.seconds, seconds, "{state}");
        assert_eq!(ran.kinds(), ["WaitStateEntered", "WaitStateExited"]);
    }
    for state in
        [json!({ "Type": "Wait", "SecondsPath": "$.t" }), json!({ "Type": "Wait", "TimestampPath": "$.s" })]
    {
        let ran = run(&one(&state), &json!({ "s": 30, "t": "soon" }));
        assert_eq!(ran.error(), "States.Runtime", "{state}");
    }
}

#[test]
fn succeed_and_fail_end_it() {
    let ran = run(&one(&json!({ "Type": "Succeed", "InputPath": "$.a" })), &json!({ "a": 1 }));
    assert_eq!((ran.output(), ran.kinds()), (json!(1), vec!["SucceedStateEntered", "SucceedStateExited"]));
    let fail =
        json!({ "Type": "Fail", "Error": "Sold.Out", "CausePath": "States.Format('none of {}', $.a)" });
    let ran = run(&one(&fail), &json!({ "a": 1 }));
    assert_eq!(ran.kinds(), ["FailStateEntered"]);
    let failure = ran.outcome.unwrap_err();
    assert_eq!((failure.error.as_str(), failure.cause.as_str()), ("Sold.Out", "none of 1"));
    assert_eq!(
        run(&one(&json!({ "Type": "Fail", "ErrorPath": "$.a" })), &json!({ "a": 1 })).error(),
        "States.Runtime"
    );
}

#[test]
fn a_task_gets_what_its_parameters_say_and_gives_what_its_selector_does() {
    let state = json!({
        "Type": "Task", "Resource": PAY, "Parameters": { "sum.$": "$.total" },
        "ResultSelector": { "receipt.$": "$.id", "try.$": "$$.State.RetryCount" }, "ResultPath": "$.paid",
    });
    let ran = run_with(&one(&state), &json!({ "total": 3 }), |wish| {
        assert_eq!(wish.input, json!({ "sum": 3 }));
        Some(Ok(json!({ "id": "r-1" })))
    });
    assert_eq!(ran.output(), json!({ "total": 3, "paid": { "receipt": "r-1", "try": 0 } }));
    let kinds = [
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
    ];
    assert_eq!(ran.kinds(), kinds);
}

#[test]
fn an_integration_has_events_of_its_own() {
    let state = json!({ "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": { "QueueUrl": "u" } });
    let ran = run_with(&one(&state), &json!({}), |_| Some(Ok(json!({ "MessageId": "m" }))));
    assert_eq!(ran.kinds()[1..4], ["TaskScheduled", "TaskStarted", "TaskSucceeded"]);
    let scheduled = ran.events[1].shown(true);
    assert_eq!(scheduled["taskScheduledEventDetails"]["resourceType"], "sqs");
    assert_eq!(scheduled["previousEventId"], 2);
}

#[test]
fn too_large_a_payload_is_refused_and_nothing_catches_it_by_all() {
    let state = json!({
        "Type": "Task", "Resource": PAY, "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "One" }],
    });
    let ran = run_with(&one(&state), &json!({}), |_| Some(Ok(json!("x".repeat(262_144)))));
    assert_eq!(ran.error(), "States.DataLimitExceeded");
}

#[test]
fn a_history_has_an_end() {
    let definition = json!({ "StartAt": "A", "States": {
        "A": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "End" }], "Default": "A" },
        "End": { "Type": "Succeed" },
    } });
    let ran = run(&definition, &json!({}));
    assert_eq!(ran.error(), "States.Runtime");
    assert!((24_990..25_000).contains(&ran.events.len()), "{}", ran.events.len());
}
