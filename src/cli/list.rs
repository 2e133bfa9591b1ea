use clap::Args;
use serde_json::json;

use super::arguments::{ChallengesFolder, Format};
use super::{Exit, Failure, attempt, catalogue, screen};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::text;

/// Show the challenges that there are
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// The attempts instead of the challenges
    #[arg(long)]
    attempts: bool,

    #[command(flatten)]
    folder: ChallengesFolder,
}

pub(super) fn list(context: &Context, arguments: &ListArguments) -> Result<Exit, Failure> {
    if arguments.attempts {
        return attempt::list(context, arguments.format);
    }
    let folder = &arguments.folder.challenges;
    let mut challenges = Vec::new();
    for name in catalogue::names(folder)? {
        match catalogue::load(context, &folder.join(&name)) {
            Ok(challenge) => challenges.push(challenge),
            // One that is broken hides no other.
            Err(_) => screen::note(&format!("{name} is not valid: `proofmark lint {name}` says why")),
        }
    }
    let text = match arguments.format {
        Format::Text => lines(&challenges),
        Format::Json => format!("{:#}\n", challenges.iter().map(describe).collect::<serde_json::Value>()),
    };
    screen::print(&text);
    Ok(Exit::Done)
}

fn lines(challenges: &[Challenge]) -> String {
    let width = challenges.iter().map(|challenge| challenge.id.len()).max().unwrap_or(0);
    let line = |challenge: &Challenge| {
        let tasks = text::count(challenge.tasks.len(), "task");
        let duration = challenge.duration.map_or_else(|| "no time limit".to_owned(), text::show_duration);
        format!("{:width$}  {}  ({tasks}, {duration})\n", challenge.id, challenge.title)
    };
    challenges.iter().map(line).collect()
}

fn describe(challenge: &Challenge) -> serde_json::Value {
    json!({
        "id": challenge.id,
        "release": challenge.release,
        "title": challenge.title,
        "minutes": challenge.duration.map(|duration| duration.as_secs() / 60),
        "tasks": challenge.tasks.len(),
        "checks": challenge.tasks.iter().map(|task| task.checks.len()).sum::<usize>(),
        "faults": challenge.faults.iter().map(|fault| &fault.id).collect::<Vec<_>>(),
    })
}
