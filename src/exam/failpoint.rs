use crate::context::Environment;

/// Names the point at which the process is to die: `begun:frozen`, or `done:graded`. Tests set it; release builds do not look.
const VARIABLE: &str = "PROOFMARK_FAILPOINT";

/// Dies as `kill -9` does, where a test asks for it.
pub(super) fn reach(environment: &Environment, point: &str) {
    if !cfg!(debug_assertions) || environment.get(VARIABLE) != Some(point) {
        return;
    }
    #[cfg(target_os = "linux")]
    {
        use nix::sys::signal::{Signal, raise};
        // What follows is for systems without signals.
        let _ = raise(Signal::SIGKILL);
    }
    std::process::abort();
}
