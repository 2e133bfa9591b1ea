use std::time::Duration;

use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored, stuck, whoever};
use super::drive::{host, wait};
use super::seal::seal;
use crate::attempt::{Event, State};
use crate::context::Context;
use crate::text::{parse_duration, show_duration};

/// Give an attempt more time
#[derive(Debug, Args)]
pub(crate) struct ExtendArguments {
    /// How much, for example 10m
    #[arg(value_parser = duration)]
    time: Duration,

    #[command(flatten)]
    chosen: Chosen,

    /// Why: it stands in the ledger
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Who gives it [default: the user's name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

fn duration(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text).map_err(|error| error.to_string())?;
    if time.is_zero() || time > Duration::from_hours(24 * 30) {
        return Err("from a moment to 30 days".to_owned());
    }
    Ok(time)
}

pub(crate) fn extend(context: &Context, arguments: &ExtendArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let event = Event::Extended { given: arguments.time, why: arguments.reason.clone() };
        let by = whoever(context, arguments.by.as_ref());
        let attempt = desk.store.append(&attempt.id, context.clock.reading(), &by, event).await;
        let attempt = attempt.map_err(|error| stored(&error))?;
        let left =
            attempt.reckon(&context.clock.reading()).map(|time| Duration::from_secs(time.left().as_secs()));
        let left = left.map(|left| format!(", {} left", show_duration(left))).unwrap_or_default();
        screen::note(&format!("{}: {} more{left}", attempt.id, show_duration(arguments.time)));
        Ok(Exit::Done)
    })
}

/// Declare that an attempt does not count, and take down what it runs on
#[derive(Debug, Args)]
pub(crate) struct VoidArguments {
    #[command(flatten)]
    chosen: Chosen,

    /// Why: it stands in the ledger
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Who says so [default: the user's name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(crate) fn void(context: &Context, arguments: &VoidArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let event = Event::Begun { state: State::Void, reason: None, why: arguments.reason.clone() };
        let by = whoever(context, arguments.by.as_ref());
        let noted = desk.store.append(&attempt.id, context.clock.reading(), &by, event).await;
        noted.map_err(|error| stored(&error))?;
        if desk.is_driven(&attempt) {
            seal(context, &desk, wait(&desk, &attempt.id, |_| false).await?).await?;
        } else {
            let mut host = host(context, &desk, &attempt.id, false).await?;
            let voided = host.drive().await.map_err(|error| stuck(context, &error))?;
            seal(context, &desk, voided).await?;
        }
        screen::note(&format!("{} is void: it does not count", attempt.id));
        Ok(Exit::Done)
    })
}
