use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stuck};
use super::drive::host;
use super::seal::seal;
use crate::context::Context;

/// Give back what a graded attempt ran on; evidence, ledger and result stay
#[derive(Debug, Args)]
pub(crate) struct ReleaseArguments {
    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn release(context: &Context, arguments: &ReleaseArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let mut host = host(context, &desk, &attempt.id, false).await?;
        let released = host.release().await.map_err(|error| stuck(context, &error))?;
        seal(context, &desk, released).await?;
        screen::note(&format!(
            "{} is released; its evidence stays in {}",
            attempt.id,
            desk.home.folder(&attempt.id).display()
        ));
        Ok(Exit::Done)
    })
}
