//! The only doors to the outside: clock, environment, randomness, terminal.
//!
//! A [`Context`] is built once in `main.rs` and passed down. Everything else receives what it needs from it, so
//! that a test can set the time, the environment and the seed, and so that pure modules can stay pure.

mod clock;
mod environment;
mod random;
mod terminal;

use std::path::PathBuf;
use std::sync::Arc;

pub use clock::{Clock, ManualClock, Reading, SystemClock};
pub use environment::Environment;
pub use random::Random;
pub use terminal::{Terminal, Watcher};

/// What a run of the program may know of the world outside.
#[derive(Debug, Clone)]
pub struct Context {
    pub clock: Arc<dyn Clock>,
    pub environment: Environment,
    pub random: Random,
    pub terminal: Terminal,
    /// The `proofmark` binary itself, which confines handlers and then becomes them. In tests `current_exe` is the
    /// test binary, so it cannot be asked for where it is needed.
    pub executable: PathBuf,
}

impl Context {
    /// Builds the context of a real run: system clock, the process's environment, operating-system randomness.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            environment: Environment::of_process(),
            random: Random::from_system(),
            terminal: Terminal::of_process(),
            executable: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("proofmark")),
        }
    }
}
