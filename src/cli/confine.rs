//! The hidden verb with which the sandbox starts handlers: `proofmark confine PLAN`, or `proofmark confine --probe FOLDER`.
//! It is looked for before the command line is parsed, since it is on the path of every cold start.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::sandbox::lambda::confinement::{Confinement, become_handler, probe};

/// What the process ends with when it could not be confined; the sandbox tells it from a handler's own exit by the message.
const NOT_CONFINED: u8 = 125;

/// Runs the verb, if that is what the arguments (the program's name first) ask for.
pub(super) fn run(arguments: &[OsString]) -> Option<ExitCode> {
    if arguments.get(1)? != "confine" {
        return None;
    }
    let outcome = match (arguments.get(2).and_then(|argument| argument.to_str()), arguments.get(3)) {
        (Some("--probe"), Some(folder)) => {
            let level = probe(Path::new(folder));
            serde_json::to_string(&level)
                .map_err(std::io::Error::other)
                .and_then(|text| std::io::stdout().write_all(text.as_bytes()))
        }
        (Some(plan), None) => serde_json::from_str::<Confinement>(plan)
            .map_err(std::io::Error::other)
            .and_then(|plan| become_handler(&plan).map(|never| match never {})),
        _ => Err(std::io::Error::other("this verb is the sandbox's own")),
    };
    Some(match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("proofmark confine: {error}");
            ExitCode::from(NOT_CONFINED)
        }
    })
}
