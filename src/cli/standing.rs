use std::sync::Arc;

use super::progress::Progress;
use super::{Failure, catalogue};
use crate::challenge::{Challenge, World};
use crate::context::Context;
use crate::exam::{self, NotStanding};
use crate::provision::{Error, Site, Stack};
use crate::source::FileTree;
use crate::target::Lease;

pub(super) use crate::exam::{Scenario as Standing, variables};

/// Provisions a world, carries out what comes `then`, and makes the candidate's user. When a step fails, what was made
/// before it is taken down again.
pub(super) async fn put_up(
    context: &Context,
    lease: &Lease,
    name: &str,
    challenge: &Challenge,
    world: &World,
) -> Result<Standing, Failure> {
    let progress = Arc::new(Progress::begin(context, &format!("provisioning {}", challenge.id)));
    let site = Site::new(lease.clients.clone(), context.random.clone())
        .without(lease.profile.left_out)
        .told_to(progress);
    let standing = exam::put_up(&site, lease, name, challenge, world).await;
    standing.map_err(|failure| not_standing(context, &failure))
}

/// Tells why a scenario does not stand.
pub(super) fn not_standing(context: &Context, failure: &NotStanding) -> Failure {
    match failure {
        NotStanding::Stack { error, files } => failed(context, error, files),
        NotStanding::Policy(_) => Failure::usage(failure.to_string()),
        NotStanding::Candidate(_) => Failure::environment(failure.to_string()),
        NotStanding::Left(first, left) => {
            not_standing(context, first).hint(format!("taking it down again failed too: {left}"))
        }
    }
}

/// Deletes everything of a stack, and the candidate's user. What is gone already is fine.
pub(super) async fn take_down(site: &Site, lease: &Lease, stack: &Stack) -> Result<(), Failure> {
    exam::take_down(site, lease, stack).await.map_err(Failure::environment)
}

/// Tells why a stack was not made. A definition's problems are drawn with their places.
pub(super) fn failed(context: &Context, error: &Error, files: &FileTree) -> Failure {
    match error {
        Error::Definition(problems) => catalogue::invalid(context, problems, files),
        Error::Target(failure) => super::ground::unusable(failure),
        Error::Resource { leftovers, .. } => {
            let told = Failure::environment(error.to_string());
            if leftovers.is_empty() {
                told.hint("nothing was left behind: whatever had been made is deleted")
            } else {
                told.hint("`proofmark teardown` tries again to delete what was left behind")
            }
        }
    }
}
