use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored};
use super::drive::{drive, ended, host, wait};
use super::seal::seal;
use crate::attempt::{Event, State};
use crate::context::Context;

/// Hand an attempt in: nothing can be changed any more, and it is graded
#[derive(Debug, Args)]
pub(crate) struct SubmitArguments {
    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn submit(context: &Context, arguments: &SubmitArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let under_way = attempt.submitted || matches!(attempt.state, State::Frozen | State::Graded);
        if !under_way {
            let by = attempt.creation.candidate.clone();
            let now = context.clock.reading();
            let noted = desk.store.append(&attempt.id, now, &by, Event::Submitted).await;
            noted.map_err(|error| stored(&error))?;
        }
        if !desk.is_driven(&attempt) {
            let host = host(context, &desk, &attempt.id, false).await?;
            return drive(context, &desk, host).await;
        }
        screen::note("handed in");
        let attempt = wait(&desk, &attempt.id, |_| false).await?;
        let attempt = seal(context, &desk, attempt).await?;
        ended(context, &desk, &attempt)
    })
}
