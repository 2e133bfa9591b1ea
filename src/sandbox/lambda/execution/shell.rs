use std::path::PathBuf;

use super::environment::Environment;
use super::workshop::Room;

/// What stays of an environment when its process has ended. Lambda does not give up an environment whose function crashed, ran out of
/// time or did not initialise: it resets it. The next invocation there starts the runtime anew as a part of itself, finds `/tmp` as it
/// was, and writes to the same log stream.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>, failures during the Init and the Invoke phase
#[derive(Debug)]
pub(super) struct Shell {
    pub room: Room,
    /// Whom the room belongs to.
    pub user: Option<u32>,
    /// The folder for rooms that it lies in, of an environment that a parent made. Only that parent can make another process here; where it
    /// is no more, the process starts by itself.
    pub nest: Option<PathBuf>,
    pub stream: String,
}

/// An environment that waits for its next invocation.
pub(super) enum Kept {
    Warm(Box<Environment>),
    Reset(Shell),
}

impl Kept {
    pub(super) fn is_warm(&self) -> bool {
        matches!(self, Self::Warm(_))
    }
}
