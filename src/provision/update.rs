use super::blueprint::Plan;
use super::change::change;
use super::{Blueprint, Redeploy, Site, Stack, Unfinished};

/// Brings a stack to another template and other files: resources are updated in place, replaced, made, deleted or left alone.
/// Compared is what the stack was last given, not what somebody has made of it since.
///
/// When a resource fails, what was changed before it stays changed, and the one that failed may be changed in part: the stack in the error
/// can be updated to the same blueprint again, or torn down.
pub async fn update(
    site: &Site,
    stack: &Stack,
    blueprint: &Blueprint<'_>,
    redeploy: Redeploy,
) -> Result<Stack, Box<Unfinished>> {
    let mut stack = stack.clone();
    stack.parameters.clone_from(blueprint.parameters);
    let result = match Plan::of(blueprint, &stack) {
        Ok(plan) => change(site, &mut stack, &plan, redeploy).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => Ok(stack),
        Err(error) => Err(Box::new(Unfinished { error, stack })),
    }
}
