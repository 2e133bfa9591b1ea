use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk};
use super::drive::{drive, ended, host};
use super::seal::seal;
use super::start::{detach, tell};
use crate::attempt::State;
use crate::context::Context;

/// Go on with an attempt whose process has ended
#[derive(Debug, Args)]
pub(crate) struct ResumeArguments {
    #[command(flatten)]
    chosen: Chosen,

    /// Go on in the background
    #[arg(long)]
    detach: bool,

    /// Say nothing of the way in: this process was sent into the background
    #[arg(long, hide = true)]
    unattended: bool,
}

pub(crate) fn resume(context: &Context, arguments: &ResumeArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        if attempt.state.is_over() && attempt.settled {
            return ended(context, &desk, &seal(context, &desk, attempt).await?);
        }
        if arguments.detach {
            let attempt = detach(context, &desk, &attempt.id).await?;
            return tell(context, &desk, &attempt);
        }
        let host = host(context, &desk, &attempt.id, arguments.unattended).await?;
        if attempt.state == State::Running && attempt.settled {
            screen::note(&format!("attempt {} goes on; `proofmark env` prints the way in", attempt.id));
        }
        drive(context, &desk, host).await
    })
}
