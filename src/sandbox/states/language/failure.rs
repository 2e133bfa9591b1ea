use serde::{Deserialize, Serialize};

/// Why a state or an execution failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox::states) struct Failure {
    /// An error's name, for example `States.Timeout`.
    pub(in crate::sandbox::states) error: String,
    pub(in crate::sandbox::states) cause: String,
}

pub(super) const ALL: &str = "States.ALL";
pub(super) const RUNTIME: &str = "States.Runtime";
pub(in crate::sandbox::states) const TIMEOUT: &str = "States.Timeout";
const TASK_FAILED: &str = "States.TaskFailed";
const DATA_LIMIT: &str = "States.DataLimitExceeded";

impl Failure {
    pub(in crate::sandbox::states) fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: error.into(), cause: cause.into() }
    }

    pub(in crate::sandbox::states) fn runtime(cause: impl Into<String>) -> Self {
        Self::new(RUNTIME, cause)
    }

    pub(in crate::sandbox::states) fn too_large(what: &str) -> Self {
        Self::new(
            DATA_LIMIT,
            format!("{what} with a size exceeding the maximum number of bytes service limit."),
        )
    }

    /// Whether a retrier or catcher with these `ErrorEquals` is for it. `States.ALL` leaves two errors out that nothing can mend.
    /// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
    pub(super) fn is_one_of(&self, names: &[String]) -> bool {
        names.iter().any(|name| match name.as_str() {
            ALL => self.error != RUNTIME && self.error != DATA_LIMIT,
            TASK_FAILED => self.error != TIMEOUT && self.error != RUNTIME && self.error != DATA_LIMIT,
            name => name == self.error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(error: &str, names: &[&str]) -> bool {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        Failure::new(error, "").is_one_of(&names)
    }

    #[test]
    fn a_name_stands_for_itself_and_two_names_for_many() {
        assert!(is("Sold.Out", &["Other", "Sold.Out"]));
        assert!(!is("Sold.Out", &["Other"]));
        assert!(is("Sold.Out", &["States.TaskFailed"]) && is("Sold.Out", &["States.ALL"]));
        assert!(!is("States.Timeout", &["States.TaskFailed"]) && is("States.Timeout", &["States.ALL"]));
    }

    #[test]
    fn what_nothing_can_mend_is_caught_by_no_name_for_all() {
        assert!(!is("States.Runtime", &["States.ALL"]) && !is("States.DataLimitExceeded", &["States.ALL"]));
    }
}
