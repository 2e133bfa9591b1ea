use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored, stuck};
use super::drive::host;
use super::seal::seal;
use crate::attempt::State;
use crate::context::Context;

/// Give back what a graded attempt ran on; evidence, ledger and result stay
///
/// An attempt that never came to stand, since its process died before that, is void then.
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
        // As it is now that nobody else drives it.
        let found = desk.store.load(&attempt.id).await.map_err(|error| stored(&error))?;
        let stood =
            found.state > State::Provisioning || (found.state == State::Provisioning && found.settled);
        if !stood {
            let voided = host.abandon("it was given back before it stood").await;
            seal(context, &desk, voided.map_err(|error| stuck(context, &error))?).await?;
            screen::note(&format!("{} never stood: it is void, and holds nothing any more", attempt.id));
            return Ok(Exit::Done);
        }
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
