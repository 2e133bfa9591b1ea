use clap::{Args, ValueEnum};

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored, stuck, whoever};
use super::regrade::settle;
use crate::attempt::{Attempt, Event};
use crate::context::Context;
use crate::exam::load_archive;
use crate::text::did_you_mean;

/// Ask an assessor to look at a verdict
#[derive(Debug, Args)]
pub(crate) struct AppealArguments {
    /// The check, as `task/check`
    check: String,

    #[command(flatten)]
    chosen: Chosen,

    /// Why the verdict is wrong
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) fn appeal(context: &Context, arguments: &AppealArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        known(context, &desk, &attempt, &arguments.check)?;
        let event = Event::Appealed { check: arguments.check.clone(), why: arguments.reason.clone() };
        let by = attempt.creation.candidate.clone();
        let noted = desk.store.append(&attempt.id, context.clock.reading(), &by, event).await;
        noted.map_err(|error| stored(&error))?;
        screen::note("noted: an assessor decides with `proofmark override`");
        Ok(Exit::Done)
    })
}

/// Put another verdict in the place of the grader's, with a reason that the report shows
#[derive(Debug, Args)]
pub(crate) struct OverrideArguments {
    /// The check, as `task/check`
    check: String,

    /// The verdict
    #[arg(value_enum)]
    verdict: Word,

    #[command(flatten)]
    chosen: Chosen,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Who decides [default: the user's name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Word {
    Pass,
    Fail,
}

pub(crate) fn override_verdict(context: &Context, arguments: &OverrideArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        known(context, &desk, &attempt, &arguments.check)?;
        let by = whoever(context, arguments.by.as_ref());
        let event = Event::Overridden {
            check: arguments.check.clone(),
            pass: arguments.verdict == Word::Pass,
            why: arguments.reason.clone(),
        };
        let attempt = desk.store.append(&attempt.id, context.clock.reading(), &by, event).await;
        let attempt = attempt.map_err(|error| stored(&error))?;
        settle(context, &desk, &attempt, &by).await?;
        Ok(Exit::Done)
    })
}

/// Refuses a check that the attempt was not graded on.
fn known(context: &Context, desk: &Desk, attempt: &Attempt, check: &str) -> Result<(), Failure> {
    if attempt.outcome.is_none() {
        return Err(Failure::usage(format!(
            "the attempt {} is {}, and has no result",
            attempt.id, attempt.state
        )));
    }
    let archive = load_archive(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    let checks: Vec<String> =
        archive.verdicts.iter().map(|verdict| format!("{}/{}", verdict.task, verdict.check)).collect();
    if checks.iter().any(|known| known == check) {
        return Ok(());
    }
    let mut failure = Failure::usage(format!("the challenge has no check `{check}`"));
    if let Some(meant) = did_you_mean(check, checks.iter().map(String::as_str)) {
        failure = failure.hint(meant);
    }
    Err(failure)
}
