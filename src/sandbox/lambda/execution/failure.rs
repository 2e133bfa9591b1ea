use std::process::ExitStatus;

use bytes::Bytes;
use serde_json::json;

use super::system_event::Ended;

/// How an invocation failed without the handler saying so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Seconds that were allowed.
    TimedOut(u32),
    /// The process ended; `None` without any reason given.
    Exited(Option<String>),
    /// More than `MemorySize`.
    OutOfMemory,
    /// More in `/tmp` than this many MB. On AWS a write fails; here it is noticed a moment later.
    OutOfDisk(u32),
    /// There is no `bootstrap`, or none that can be run; with what the system says of it.
    NoBootstrap(Option<String>),
    /// The handler answered with this many bytes.
    ResponseTooLarge(usize),
}

impl Failure {
    /// Reads how a process ended.
    pub(super) fn of(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;
        Self::Exited(match (status.code(), status.signal()) {
            (Some(0), _) | (None, None) => None,
            (Some(code), _) => Some(format!("exit status {code}")),
            (None, Some(signal)) => Some(format!("signal: {}", signal_name(signal))),
        })
    }

    /// Reads what the confined process said when it could not become the customer's program.
    pub(super) fn of_bootstrap(said: &str) -> Option<Self> {
        let (_, reason) = said.split_once("/bootstrap: ")?;
        let reason = reason.split(" (os error").next().unwrap_or(reason).trim().to_lowercase();
        Some(Self::NoBootstrap((reason != "no such file or directory").then_some(reason)))
    }

    /// The error's type, as payload and log name it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::TimedOut(_) => "Sandbox.Timedout",
            Self::Exited(_) | Self::OutOfDisk(_) => "Runtime.ExitError",
            Self::OutOfMemory => "Runtime.OutOfMemory",
            Self::NoBootstrap(_) => "Runtime.InvalidEntrypoint",
            Self::ResponseTooLarge(_) => "Function.ResponseSizeTooLarge",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::TimedOut(seconds) => format!("Task timed out after {seconds}.00 seconds"),
            Self::Exited(Some(reason)) => format!("Runtime exited with error: {reason}"),
            Self::Exited(None) => "Runtime exited without providing a reason".to_owned(),
            Self::OutOfMemory => "Runtime exited with error: signal: killed".to_owned(),
            Self::OutOfDisk(limit) => {
                format!("Runtime exited with error: signal: killed (more than {limit} MB in /tmp)")
            }
            Self::NoBootstrap(None) => {
                "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]".to_owned()
            }
            Self::NoBootstrap(Some(reason)) => format!("fork/exec /var/task/bootstrap: {reason}"),
            Self::ResponseTooLarge(size) => {
                format!(
                    "Response payload size ({size} bytes) exceeded maximum allowed payload size (6291556 bytes)."
                )
            }
        }
    }

    /// The payload that the caller gets.
    pub(super) fn payload(&self, request_id: &str) -> Bytes {
        let message = match self {
            Self::ResponseTooLarge(_) => self.message(),
            _ => format!("RequestId: {request_id} Error: {}", self.message()),
        };
        json!({ "errorType": self.kind(), "errorMessage": message }).to_string().into()
    }

    /// The line that the log gets. `now` is as log lines show times.
    pub(super) fn line(&self, request_id: &str, now: &str) -> String {
        match self {
            Self::TimedOut(_) => format!("{now} {request_id} {}", self.message()),
            _ => format!("RequestId: {request_id} Error: {}\n{}", self.message(), self.kind()),
        }
    }

    /// What the report says of it.
    pub(super) fn ended(&self) -> Ended<'static> {
        match self {
            Self::TimedOut(_) => Ended { status: "timeout", error: None },
            _ => Ended { status: "error", error: Some(self.kind()) },
        }
    }
}

fn signal_name(signal: i32) -> String {
    match signal {
        4 => "illegal instruction".to_owned(),
        6 => "aborted".to_owned(),
        9 => "killed".to_owned(),
        11 => "segmentation fault".to_owned(),
        15 => "terminated".to_owned(),
        24 => "CPU time limit exceeded".to_owned(),
        25 => "file size limit exceeded".to_owned(),
        other => format!("signal {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_told_as_lambda_tells_it() {
        let payload = Failure::TimedOut(3).payload("ID");
        assert_eq!(
            payload,
            r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 3.00 seconds"}"#
        );
    }

    #[test]
    fn an_exit_names_its_status() {
        use std::os::unix::process::ExitStatusExt;
        let failure = Failure::of(ExitStatus::from_raw(3 << 8));
        assert_eq!(
            failure.payload("ID"),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}"#
        );
        assert_eq!(Failure::of(ExitStatus::from_raw(9)), Failure::Exited(Some("signal: killed".into())));
        assert_eq!(Failure::of(ExitStatus::from_raw(0)), Failure::Exited(None));
    }
}
