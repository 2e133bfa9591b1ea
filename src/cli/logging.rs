use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::context::Context;
use crate::evidence;

/// Starts logging to standard error: `-v` shows stages, `-vv` every call; `PROOFMARK_LOG` takes a filter of the `tracing`
/// kind and wins. Every line passes through the redaction of secrets.
pub(super) fn start(context: &Context, verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let usual = format!("error,proofmark={level}");
    let filter = context.environment.get("PROOFMARK_LOG").unwrap_or(&usual);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|problem| {
        eprintln!("warning: PROOFMARK_LOG is not a filter ({problem}); using `{usual}`");
        EnvFilter::new(usual.clone())
    });
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(context.terminal.colour)
        .with_target(false)
        .with_writer(Redacting)
        .try_init();
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// Standard error behind the redaction of secrets.
struct Redacting;

impl<'a> MakeWriter<'a> for Redacting {
    type Writer = RedactingWriter;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter { line: Vec::new() }
    }
}

/// Holds one event until it is complete: a secret may come in several pieces.
struct RedactingWriter {
    line: Vec<u8>,
}

impl Write for RedactingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.line);
        io::stderr().write_all(evidence::redact_text(&text).as_bytes())?;
        self.line.clear();
        Ok(())
    }
}

impl Drop for RedactingWriter {
    fn drop(&mut self) {
        // Nobody is left to tell when standard error is closed.
        let _ = self.flush();
    }
}
