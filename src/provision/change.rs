use super::blueprint::Plan;
use super::step::{Done, Failed, delete, step};
use super::{Error, Redeploy, Site, Stack};
use crate::resource::Standing;
use crate::resource::parallel::each;

/// What a deployment holds a copy of and nothing else hangs on, so that it can go first.
const SERVED: [&str; 2] = ["AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"];

/// Brings a stack to what a plan says, level by level. When a resource fails, the others of its level are finished, and `stack` says
/// what stands.
pub(super) async fn change(
    site: &Site,
    stack: &mut Stack,
    plan: &Plan,
    redeploy: Redeploy,
) -> Result<(), Error> {
    if redeploy == Redeploy::Always {
        // Or the deployments that are made anew would hold what is gone a moment later.
        drop_unwanted(site, stack, plan, |kind| SERVED.contains(&kind)).await?;
    }
    let mut replaced: Vec<(String, Standing)> = Vec::new();
    let result = build(site, stack, plan, redeploy, &mut replaced).await;
    if let Err(error) = result {
        // What was to be deleted in the end still stands: a teardown has to find it.
        for (id, old) in replaced {
            stack.resources.insert(format!("{id} (replaced)"), old);
        }
        return Err(error);
    }
    drop_unwanted(site, stack, plan, |_| true).await?;
    for (id, old) in replaced.into_iter().rev() {
        if let Err(error) = remove(site, &id, &old).await {
            stack.resources.insert(format!("{id} (replaced)"), old);
            return Err(error);
        }
    }
    stack.levels.clone_from(&plan.levels);
    stack.outputs = plan.outputs(stack)?;
    Ok(())
}

/// Deletes what the plan has no more, of some kinds, the last first.
async fn drop_unwanted(
    site: &Site,
    stack: &mut Stack,
    plan: &Plan,
    of: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let wanted: Vec<&String> = plan.levels.iter().flatten().collect();
    let dropped = stack.resources.iter().filter(|(id, old)| !wanted.contains(id) && of(&old.kind));
    let dropped: Vec<String> = dropped.map(|(id, _)| id.clone()).rev().collect();
    for id in dropped {
        if let Some(old) = stack.resources.get(&id).cloned() {
            remove(site, &id, &old).await?;
            stack.resources.shift_remove(&id);
        }
    }
    Ok(())
}

async fn build(
    site: &Site,
    stack: &mut Stack,
    plan: &Plan,
    redeploy: Redeploy,
    replaced: &mut Vec<(String, Standing)>,
) -> Result<(), Error> {
    for level in &plan.levels {
        let mut work = Vec::new();
        for id in level {
            let wanted = plan.wanted(site, stack, id)?;
            work.push((plan.kind_of(id).to_owned(), stack.resources.get(id).cloned(), wanted));
        }
        let results = each(work, site.parallel, |(kind, before, wanted)| {
            let site = site.clone();
            async move { step(&site, &kind, before, wanted, redeploy).await }
        })
        .await;
        let mut first = None;
        for (id, result) in level.iter().zip(results) {
            match result {
                Ok(Done { standing, replaced: old }) => {
                    stack.resources.insert(id.clone(), standing);
                    replaced.extend(old.map(|old| (id.clone(), old)));
                }
                Err(Failed { failure, left, gone }) => {
                    match left {
                        Some(left) => {
                            stack.resources.insert(format!("{id} (half-made)"), left);
                        }
                        None if gone => {
                            stack.resources.shift_remove(id);
                        }
                        None => {}
                    }
                    first.get_or_insert((id, failure));
                }
            }
        }
        if let Some((id, failure)) = first {
            let (logical_id, kind) = (id.clone(), plan.kind_of(id).to_owned());
            return Err(Error::Resource { logical_id, kind, failure, leftovers: Vec::new() });
        }
    }
    Ok(())
}

async fn remove(site: &Site, id: &str, old: &Standing) -> Result<(), Error> {
    delete(site, id, old).await.map_err(|failure| Error::Resource {
        logical_id: id.to_owned(),
        kind: old.kind.clone(),
        failure,
        leftovers: Vec::new(),
    })
}
