use super::link::link;
use crate::aws::{Clients, Outcome};
use crate::evidence::{Gap, Inspection};
use crate::resource::parallel::each;
use crate::resource::{Survey, resource_types};

/// Reads what stands in account and region.
///
/// A function's execution role, an integration's function and so on are links, so that "the function behind `GET /orders/{id}` on the
/// live stage, and its role" is a lookup. The live routes of a stage stand in its `attributes.live`.
pub async fn inspect(clients: &Clients) -> Inspection {
    inspect_without(clients, &[]).await
}

/// Reads what stands in account and region, but for the types in `left_out`: that the target has none of them is a gap, with the reason that
/// stands beside the type.
pub async fn inspect_without(clients: &Clients, left_out: &[(&str, &str)]) -> Inspection {
    let caller = clients.sts.get_caller_identity().send().await.during("sts:GetCallerIdentity");
    let there = |kind: &str| !left_out.iter().any(|(left_out, _)| *left_out == kind);
    let types: Vec<_> = resource_types().iter().copied().filter(|each| there(each.schema().kind)).collect();
    let limit = types.len();
    let surveys = each(types, limit, |resource_type| {
        let clients = clients.clone();
        async move { resource_type.survey(&clients).await }
    })
    .await;
    let mut inspection = Inspection { region: clients.endpoint.region.clone(), ..Inspection::default() };
    match caller {
        Ok(caller) => caller.account().unwrap_or_default().clone_into(&mut inspection.account),
        Err(failure) => inspection.gaps.push(Gap {
            what: "AWS::STS::CallerIdentity".to_owned(),
            operation: failure.operation.clone(),
            trouble: failure.trouble(),
        }),
    }
    inspection.gaps.extend(left_out.iter().map(|(kind, why)| Gap::left_out(kind, why)));
    for Survey { resources, gaps } in surveys {
        inspection.resources.extend(resources);
        inspection.gaps.extend(gaps);
    }
    // The same account gives the same inspection, whatever was answered first.
    inspection.resources.sort_by(|a, b| a.key.cmp(&b.key));
    inspection.gaps.sort_by(|a, b| (&a.what, &a.operation).cmp(&(&b.what, &b.operation)));
    link(&mut inspection);
    inspection
}
