use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::announce::exports;
use super::desk::{Chosen, Desk, stuck};
use crate::context::Context;
use crate::exam::Ground;

/// Print what a shell exports to work in an attempt: `eval "$(proofmark env)"`
#[derive(Debug, Args)]
pub(crate) struct EnvArguments {
    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn env(context: &Context, arguments: &EnvArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let ground = Ground::load(&desk.home.folder(&attempt.id)).map_err(|error| stuck(context, &error))?;
        let Some(ground) = ground.filter(|_| attempt.is_open()) else {
            let told =
                format!("the attempt {} is {}: there is nothing to work on", attempt.id, attempt.state);
            return Err(Failure::usage(told).hint("`proofmark status` shows how it stands"));
        };
        screen::print(&exports(&ground));
        Ok(Exit::Done)
    })
}
