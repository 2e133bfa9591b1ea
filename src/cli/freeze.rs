use clap::Args;

use super::ground::{Ground, unusable};
use super::permits::admit;
use super::record::Record;
use super::run::block_on;
use super::{Exit, Failure, screen};
use crate::context::Context;
use crate::exam::candidate_name;
use crate::target::freeze_candidate;

/// End a candidate's rights now: keys no longer work, everything is denied, and older sessions of the stack's roles are no good
///
/// The stack stays as it is, for `grade`. Can be done twice.
#[derive(Debug, Args)]
pub(super) struct FreezeArguments {
    /// The stack's name: the challenge's id, unless `provision` was told another
    stack: String,
}

pub(super) fn freeze(context: &Context, arguments: &FreezeArguments) -> Result<Exit, Failure> {
    let record = Record::load(context, &arguments.stack)?;
    block_on(async {
        let lease = Ground::again(&record.target).await.map_err(|failure| unusable(&failure))?;
        admit(context, &lease).await?;
        let roles = record.stack.resources.values().filter(|one| one.kind == "AWS::IAM::Role");
        let roles: Vec<String> = roles.map(|one| one.made.id.clone()).collect();
        let user = candidate_name(&record.stack.name);
        let frozen = freeze_candidate(&lease.clients, &user, &roles, context.clock.now()).await;
        frozen.map_err(|failure| unusable(&failure))?;
        screen::note(&format!("`{}` is frozen: {user} can do nothing any more", record.name));
        Ok(Exit::Done)
    })
}
