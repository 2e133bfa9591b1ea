use clap::Args;

use super::arguments::ChallengesFolder;
use super::{Exit, Failure, catalogue, screen};
use crate::context::Context;

/// Show the challenges that there are
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    folder: ChallengesFolder,
}

pub(super) fn list(_context: &Context, arguments: &ListArguments) -> Result<Exit, Failure> {
    for name in catalogue::names(&arguments.folder.challenges)? {
        screen::print(&format!("{name}\n"));
    }
    Ok(Exit::Done)
}
