use std::collections::BTreeMap;
use std::sync::Arc;

use super::progress::Progress;
use super::{Failure, catalogue};
use crate::challenge::{Challenge, World};
use crate::context::Context;
use crate::provision::{self, Blueprint, Error, Redeploy, Site, Stack};
use crate::source::FileTree;
use crate::target::{Candidate, Lease, make_candidate, reachable, remove_candidate};
use crate::text;

/// A scenario that stands: its stack, and the candidate's way in.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) stack: Stack,
    pub(super) candidate: Candidate,
}

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
    let site = Site::new(lease.clients.clone(), context.random.clone()).told_to(progress);
    let parameters = BTreeMap::new();
    let blueprint =
        Blueprint { stack: name, template: &world.template, files: &world.files, parameters: &parameters };
    let stack = provision::provision(&site, &blueprint)
        .await
        .map_err(|error| failed(context, &error, &challenge.files))?;
    match equip(context, &site, lease, stack.clone(), challenge, world).await {
        Ok(standing) => Ok(standing),
        Err((failure, stack)) => match take_down(&site, lease, &stack).await {
            Ok(()) => Err(failure),
            Err(left) => Err(failure.hint(format!("taking it down again failed too: {}", left.message))),
        },
    }
}

async fn equip(
    context: &Context,
    site: &Site,
    lease: &Lease,
    stack: Stack,
    challenge: &Challenge,
    world: &World,
) -> Result<Standing, (Failure, Stack)> {
    let parameters = BTreeMap::new();
    let stack = match &world.then {
        None => stack,
        Some(then) => {
            let name = stack.name.clone();
            let blueprint = Blueprint {
                stack: &name,
                template: &then.template,
                files: &then.files,
                parameters: &parameters,
            };
            provision::update(site, &stack, &blueprint, Redeploy::Never)
                .await
                .map_err(|left| (failed(context, &left.error, &then.files), left.stack))?
        }
    };
    let policy = match text::fill(&challenge.candidate_policy, &variables(lease, &stack)) {
        Ok(policy) => policy,
        Err(problem) => return Err((Failure::usage(format!("the candidate's policy: {problem}")), stack)),
    };
    let user = candidate_name(&stack.name);
    match make_candidate(&lease.clients, &stack.name, &user, &policy).await {
        Ok(candidate) => Ok(Standing { stack, candidate }),
        Err(failure) => Err((Failure::environment(failure.to_string()), stack)),
    }
}

/// Deletes everything of a stack, and the candidate's user. What is gone already is fine.
pub(super) async fn take_down(site: &Site, lease: &Lease, stack: &Stack) -> Result<(), Failure> {
    let torn = provision::teardown(site, stack).await;
    let removed = remove_candidate(&lease.clients, &candidate_name(&stack.name)).await;
    torn.map_err(|left| Failure::environment(format!("not everything could be deleted: {}", left.error)))?;
    removed.map_err(|failure| Failure::environment(failure.to_string()))
}

/// Name of the candidate's user.
fn candidate_name(stack: &str) -> String {
    format!("{stack}-candidate")
}

/// What `{{ name }}` stands for: the stack's outputs, with addresses that can be reached from here.
pub(super) fn variables(lease: &Lease, stack: &Stack) -> BTreeMap<String, String> {
    let outputs = stack.outputs.iter();
    outputs.map(|(name, value)| (name.clone(), reachable(&lease.clients.endpoint, value))).collect()
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
