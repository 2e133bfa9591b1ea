use serde_json::{Value, json};

use super::PAY;
use crate::sandbox::states::language::{read, refusal};

/// What creating a machine of a definition is refused with.
#[track_caller]
fn refused(definition: &Value) -> (String, String) {
    let error = refusal("CreateStateMachine", &read(&definition.to_string()).unwrap_err());
    (error.code.into_owned(), error.message)
}

fn with(state: Value) -> Value {
    let mut whole = json!({ "StartAt": "X", "States": {} });
    whole["States"]["X"] = state;
    whole
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (definition, wrong) in [
        (
            json!({ "States": {} }),
            "SCHEMA_VALIDATION_FAILED: The field 'StartAt' is required but was missing at ",
        ),
        (json!([]), "SCHEMA_VALIDATION_FAILED: Expected value of type Object at "),
        (
            with(json!({ "Type": "Pas", "End": true })),
            "SCHEMA_VALIDATION_FAILED: Value must be one of: [Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait] at /States/X/Type",
        ),
        (
            with(json!({ "Type": "Pass" })),
            "SCHEMA_VALIDATION_FAILED: Exactly one of the fields 'Next' and 'End' is required at /States/X",
        ),
        (
            with(json!({ "Type": "Pass", "End": true, "Colour": 1 })),
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/X/Colour",
        ),
        (
            with(json!({ "Type": "Task", "End": true })),
            "SCHEMA_VALIDATION_FAILED: The field 'Resource' is required but was missing at /States/X",
        ),
        (
            with(json!({ "Type": "Task", "Resource": "pay", "End": true })),
            "SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN at /States/X/Resource",
        ),
        (
            with(json!({ "Type": "Task", "Resource": PAY, "TimeoutSeconds": 0, "End": true })),
            "SCHEMA_VALIDATION_FAILED: Expected a positive integer, at most 99999999 at /States/X/TimeoutSeconds",
        ),
        (
            with(json!({ "Type": "Pass", "InputPath": "a", "End": true })),
            "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/X/InputPath",
        ),
        (
            with(json!({ "Type": "Pass", "ResultPath": "$.a[*]", "End": true })),
            "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/X/ResultPath",
        ),
        (
            with(json!({ "Type": "Pass", "Parameters": { "a.$": "States.Nope()" }, "End": true })),
            "SCHEMA_VALIDATION_FAILED: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call at /States/X/Parameters/a.$",
        ),
        (
            with(json!({ "Type": "Wait", "End": true })),
            "SCHEMA_VALIDATION_FAILED: Exactly one of the fields [Seconds, SecondsPath, Timestamp, TimestampPath] is required at /States/X",
        ),
        (
            with(json!({ "Type": "Choice", "Choices": [] })),
            "SCHEMA_VALIDATION_FAILED: Expected an array of at least one element at /States/X/Choices",
        ),
        (
            with(
                json!({ "Type": "Choice", "Choices": [{ "Variable": "$.a", "NumericEquals": "1", "Next": "X" }] }),
            ),
            "SCHEMA_VALIDATION_FAILED: Expected value of type Numeric at /States/X/Choices[0]/NumericEquals",
        ),
        (
            with(
                json!({ "Type": "Task", "Resource": PAY, "End": true, "Retry": [{ "ErrorEquals": ["States.ALL", "A"] }] }),
            ),
            "SCHEMA_VALIDATION_FAILED: Expected an array of error names, in which 'States.ALL' stands alone at /States/X/Retry[0]/ErrorEquals",
        ),
        (
            json!({ "StartAt": "Y", "States": { "X": { "Type": "Succeed" } } }),
            "MISSING_TRANSITION_TARGET: Missing 'StartAt' target: Y at /StartAt",
        ),
        (
            with(json!({ "Type": "Pass", "Next": "Y" })),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/X/Next, MISSING_END_STATE: The workflow does not have a terminal state at /States",
        ),
        (
            json!({ "StartAt": "X", "States": { "X": { "Type": "Succeed" }, "Y": { "Type": "Succeed" } } }),
            "MISSING_TRANSITION_TARGET: State \"Y\" is not reachable. at /States/Y",
        ),
        (
            with(
                json!({ "Type": "Parallel", "End": true, "Branches": [{ "StartAt": "X", "States": { "X": { "Type": "Succeed" } } }] }),
            ),
            "DUPLICATE_STATE_NAME: Duplicate State name: X at /States/X/Branches[0]/States/X",
        ),
    ] {
        let (code, message) = refused(&definition);
        assert_eq!(code, "InvalidDefinition");
        assert_eq!(message, format!("Invalid State Machine Definition: '{wrong}'"));
    }
    let error = refusal("CreateStateMachine", &read("{").unwrap_err());
    assert!(error.message.starts_with("Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: "));
}

#[test]
fn what_is_not_covered_is_refused_by_its_name_and_place() {
    for (definition, lacking) in [
        (
            json!({ "QueryLanguage": "JSONata", "StartAt": "X", "States": { "X": { "Type": "Succeed" } } }),
            "QueryLanguage JSONata at /QueryLanguage",
        ),
        (with(json!({ "Type": "Pass", "End": true, "Assign": { "a": 1 } })), "Assign at /States/X/Assign"),
        (
            with(
                json!({ "Type": "Task", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken", "End": true }),
            ),
            "the resource arn:aws:states:::sns:publish.waitForTaskToken at /States/X/Resource",
        ),
        (
            with(
                json!({ "Type": "Map", "End": true, "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED" }, "StartAt": "Y", "States": { "Y": { "Type": "Succeed" } } } }),
            ),
            "ProcessorConfig Mode DISTRIBUTED at /States/X/ItemProcessor/ProcessorConfig",
        ),
    ] {
        let (code, message) = refused(&definition);
        assert_eq!(code, "NotImplemented");
        assert_eq!(
            message,
            format!("the sandbox does not cover stepfunctions:CreateStateMachine with {lacking}")
        );
    }
}

#[test]
fn what_is_wrong_is_told_before_what_is_not_covered() {
    let both = with(json!({ "Type": "Pass", "Assign": {}, "Colour": 1, "End": true }));
    assert_eq!(refused(&both).0, "InvalidDefinition");
}
