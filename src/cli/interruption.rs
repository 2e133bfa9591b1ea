use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;

/// Hears Ctrl-C and SIGTERM, from the moment that it is made.
#[derive(Debug)]
pub(super) struct Interruption {
    interrupt: Signal,
    terminate: Signal,
}

impl Interruption {
    pub(super) fn listen() -> Result<Self, Failure> {
        let hear = |kind| {
            signal(kind)
                .map_err(|problem| Failure::environment(format!("cannot listen for signals: {problem}")))
        };
        Ok(Self { interrupt: hear(SignalKind::interrupt())?, terminate: hear(SignalKind::terminate())? })
    }

    /// Waits for one of them, and returns its number.
    pub(super) async fn wait(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 2,
            _ = self.terminate.recv() => 15,
        }
    }
}
