use crate::sandbox::ServiceError;

/// What is wrong with a definition.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox::states) struct Problem {
    /// For example `SCHEMA_VALIDATION_FAILED`; nothing for what AWS has and the sandbox has not.
    pub(in crate::sandbox::states) code: &'static str,
    pub(in crate::sandbox::states) message: String,
    /// A JSON pointer, for example `/States/Pay/Next`.
    pub(in crate::sandbox::states) at: String,
}

pub(super) const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
pub(super) const TARGET: &str = "MISSING_TRANSITION_TARGET";
pub(super) const DUPLICATE: &str = "DUPLICATE_STATE_NAME";
const LACKING: &str = "";

impl Problem {
    pub(super) fn new(code: &'static str, message: impl Into<String>, at: impl Into<String>) -> Self {
        Self { code, message: message.into(), at: at.into() }
    }

    /// What AWS carries out and the sandbox does not.
    pub(super) fn lacking(what: impl Into<String>, at: impl Into<String>) -> Self {
        Self::new(LACKING, what, at)
    }

    pub(in crate::sandbox::states) fn is_lacking(&self) -> bool {
        self.code == LACKING
    }
}

/// States all that is wrong in AWS's form; what is right on AWS and not covered here is 501.
pub(in crate::sandbox::states) fn refusal(operation: &str, problems: &[Problem]) -> ServiceError {
    let wrong: Vec<String> = problems
        .iter()
        .filter(|problem| !problem.is_lacking())
        .map(|problem| format!("{}: {} at {}", problem.code, problem.message, problem.at))
        .collect();
    if wrong.is_empty() {
        let first = problems.first();
        let what = first.map(|problem| format!("{} at {}", problem.message, problem.at)).unwrap_or_default();
        return ServiceError::not_covered("stepfunctions", &format!("{operation} with {what}"));
    }
    ServiceError::new(
        400,
        "InvalidDefinition",
        format!("Invalid State Machine Definition: '{}'", wrong.join(", ")),
    )
}
