use clap::Args;
use jiff::tz::TimeZone;
use serde_json::json;

use super::arguments::{ChallengesFolder, Format};
use super::{Exit, Failure, catalogue, screen};
use crate::context::Context;
use crate::source::{self, Diagnostic, Severity};
use crate::{challenge, text};

/// Check definitions: every problem in one run, with its place and what to do
#[derive(Debug, Args)]
pub(super) struct LintArguments {
    /// Challenges to check, by name or folder [default: all of them]
    names: Vec<String>,

    /// How to print what is found
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    folder: ChallengesFolder,
}

pub(super) fn lint(context: &Context, arguments: &LintArguments) -> Result<Exit, Failure> {
    let folder = &arguments.folder.challenges;
    let names = if arguments.names.is_empty() { catalogue::names(folder)? } else { arguments.names.clone() };
    let mut failures = String::new();
    let mut found = Vec::new();
    for name in &names {
        let files = catalogue::read(&catalogue::find(folder, name)?)?;
        let (challenge, mut problems) = challenge::lint(&files);
        if let Some(challenge) = &challenge {
            let today = context.clock.now().to_zoned(TimeZone::UTC).date();
            problems = challenge.waivers.apply(problems, today);
        }
        found.extend(problems.iter().map(|problem| describe(name, problem)));
        let drawing = source::render(&problems, &files, screen::style(context));
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        if errors > 0 {
            failures.push_str(&format!("{drawing}\n{name}: {}\n", text::count(errors, "error")));
        } else if arguments.format == Format::Text {
            screen::print(&format!("{drawing}{name}: valid\n"));
        }
    }
    if arguments.format == Format::Json {
        screen::print(&format!("{:#}\n", serde_json::Value::Array(found)));
        return if failures.is_empty() { Ok(Exit::Done) } else { Err(Failure::definition("")) };
    }
    if failures.is_empty() { Ok(Exit::Done) } else { Err(Failure::definition(failures)) }
}

fn describe(challenge: &str, problem: &Diagnostic) -> serde_json::Value {
    let place = problem.location.as_ref();
    let position = place.and_then(|place| place.position);
    json!({
        "challenge": challenge,
        "severity": match problem.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "message": problem.message,
        "file": place.map(|place| &place.file),
        "line": position.map(|position| position.line),
        "column": position.map(|position| position.column),
        "help": problem.help,
    })
}
