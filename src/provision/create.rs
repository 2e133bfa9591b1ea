use super::blueprint::Plan;
use super::change::change;
use super::teardown::teardown;
use super::{Blueprint, Error, Event, Redeploy, Site, Stack};
use crate::aws::Outcome;

/// Makes a stack. When a resource fails, everything that was made is deleted again.
pub async fn provision(site: &Site, blueprint: &Blueprint<'_>) -> Result<Stack, Error> {
    let caller = site.clients.sts.get_caller_identity().send().await;
    let caller = caller.during("sts:GetCallerIdentity").map_err(Error::Target)?;
    let account = caller.account().unwrap_or_default().to_owned();
    let region = site.clients.endpoint.region.clone();
    let name = blueprint.stack;
    let id = format!("arn:aws:cloudformation:{region}:{account}:stack/{name}/{}", site.random.uuid());
    provision_as(site, Stack::empty(name, id, account, region), blueprint).await
}

/// Makes a stack whose id and account are known: `stack` is an empty one.
pub async fn provision_as(site: &Site, mut stack: Stack, blueprint: &Blueprint<'_>) -> Result<Stack, Error> {
    stack.parameters.clone_from(blueprint.parameters);
    let plan = Plan::of(blueprint, &stack)?;
    stack.levels.clone_from(&plan.levels);

    match change(site, &mut stack, &plan, Redeploy::Never).await {
        Ok(()) => Ok(stack),
        Err(error) => Err(roll_back(site, &stack, error).await),
    }
}

/// Deletes what was made of a stack, and adds to the error what could not be deleted.
async fn roll_back(site: &Site, stack: &Stack, error: Error) -> Error {
    site.tell(&Event::RollingBack);
    let remaining = teardown(site, stack).await.err().map(|unfinished| unfinished.error);
    match (error, remaining) {
        (Error::Resource { logical_id, kind, failure, .. }, Some(Error::Resource { leftovers, .. })) => {
            Error::Resource { logical_id, kind, failure, leftovers }
        }
        (error, _) => error,
    }
}
