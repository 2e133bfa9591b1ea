use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::check::permit;
use super::desk::{Chosen, Desk, stored, stuck};
use crate::attempt::{Attempt, Event};
use crate::challenge::{Challenge, Check, Points, Visibility};
use crate::context::Context;
use crate::exam::load_challenge;
use crate::text::did_you_mean;

/// Read a hint of a practice attempt. It costs points of its task, and is paid for once
#[derive(Debug, Args)]
pub(crate) struct HintArguments {
    /// The check, as `task/check` [default: shows which hints there are, and what they cost]
    check: Option<String>,

    /// The attempt [default: the last one that has not ended]
    #[arg(long, value_name = "ID")]
    attempt: Option<crate::attempt::AttemptId>,
}

pub(crate) fn hint(context: &Context, arguments: &HintArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&Chosen { attempt: arguments.attempt.clone() }).await?;
        let (_, challenge) = load_challenge(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        permit(&attempt, &challenge)?;
        let Some(key) = &arguments.check else {
            screen::print(&listed(&attempt, &challenge));
            return Ok(Exit::Done);
        };
        let found = offered(&challenge).find(|(other, ..)| other == key);
        let Some((_, check, cost)) = found else {
            let keys: Vec<String> = offered(&challenge).map(|(key, ..)| key).collect();
            let told = Failure::usage(format!("there is no hint to `{key}`"));
            let help = did_you_mean(key, &keys);
            return Err(
                told.hint(help.unwrap_or_else(|| "`proofmark hint` shows those that there are".to_owned()))
            );
        };
        if !attempt.hints.contains_key(key) {
            let by = attempt.creation.candidate.clone();
            let event = Event::Hinted { check: key.clone(), cost: cost.0 };
            let noted = desk.store.append(&attempt.id, context.clock.reading(), &by, event).await;
            noted.map_err(|error| stored(&error))?;
        }
        screen::print(&format!("{}\n", check.hint.as_deref().unwrap_or_default()));
        screen::note(&format!("it cost {cost} of the task's points"));
        Ok(Exit::Done)
    })
}

/// The hints that can be had while working. Of hidden checks there are none.
fn offered(challenge: &Challenge) -> impl Iterator<Item = (String, &Check, Points)> {
    let checks = challenge.tasks.iter().flat_map(|task| task.checks.iter().map(move |check| (task, check)));
    checks.filter_map(|(task, check)| {
        let cost = check.hint_cost.filter(|_| check.visibility == Visibility::Visible)?;
        Some((format!("{}/{}", task.id, check.id), check, cost))
    })
}

fn listed(attempt: &Attempt, challenge: &Challenge) -> String {
    let lines: String = offered(challenge)
        .map(|(key, check, cost)| {
            let taken = if attempt.hints.contains_key(&key) { " (taken)" } else { "" };
            format!("{key}  {cost} points{taken}  {}\n", check.title)
        })
        .collect();
    if lines.is_empty() { "the challenge has no hints to be had while working\n".to_owned() } else { lines }
}
