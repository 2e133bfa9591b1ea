use clap::Args;

use super::ground::{Ground, unusable};
use super::permits::admit;
use super::record::Record;
use super::run::block_on;
use super::standing::take_down;
use super::{Exit, Failure, screen};
use crate::aws::ErrorClass;
use crate::context::Context;
use crate::exam::leftovers;
use crate::provision::Site;
use crate::target::{Lease, Permit, remove_boundary};
use crate::text;

/// Delete everything of a stack; what is gone already is fine
#[derive(Debug, Args)]
pub(super) struct TeardownArguments {
    /// The stack's name: the challenge's id, unless `provision` was told another
    stack: String,
}

pub(super) fn teardown(context: &Context, arguments: &TeardownArguments) -> Result<Exit, Failure> {
    let name = &arguments.stack;
    if !Record::exists(context, name) {
        screen::note(&format!("no stack `{name}` stands"));
        return Ok(Exit::Done);
    }
    let record = Record::load(context, name)?;
    block_on(async {
        let lease = match Ground::again(&record.target).await {
            Ok(lease) => lease,
            // Its sandbox ended, and everything in it.
            Err(failure) if failure.class == ErrorClass::Unreachable && record.target.grader.is_some() => {
                Record::forget(context, name);
                screen::note(&format!("the sandbox of `{name}` has ended, and the stack with it"));
                return Ok(Exit::Done);
            }
            Err(failure) => return Err(unusable(&failure)),
        };
        let site = Site::new(lease.clients.clone(), context.random.clone());
        let permit = admit(context, &lease).await?;
        take_down(&site, &lease, &record.stack).await?;
        if let Some(permit) = permit {
            remove_boundary(&lease.clients, &lease.account, name)
                .await
                .map_err(|failure| unusable(&failure))?;
            empty(&lease, &permit).await?;
        }
        Record::forget(context, name);
        let resources = text::count(record.stack.resources.len(), "resource");
        screen::note(&format!("`{name}` is taken down: {resources} deleted"));
        Ok(Exit::Done)
    })
}

/// Looks through every region that may be used: an account is given back empty, or somebody is told what is left in it.
async fn empty(lease: &Lease, permit: &Permit) -> Result<(), Failure> {
    let left = leftovers(lease, &permit.regions, &permit.kept()).await;
    if left.is_empty() {
        return Ok(());
    }
    let count = text::count(left.len(), "thing");
    let mut failure =
        Failure::environment(format!("the stack is deleted, and the account is not empty: {count} left"));
    for line in left {
        failure = failure.hint(line);
    }
    Err(failure)
}
