use std::collections::BTreeMap;

use super::{Event, Site};
use crate::resource::{Made, Standing, Wanted, schema};

/// What stands for the id and the attributes of a resource that was not made.
const NOTHING: &str = "left-out-";

/// Returns what stands in for a resource of a type that the place does not have; `None` where it has it.
pub(super) fn left_out(site: &Site, kind: &str, wanted: &Wanted) -> Option<Standing> {
    let (_, why) = site.left_out.iter().find(|(left_out, _)| *left_out == kind)?;
    let logical_id = wanted.logical_id.clone();
    site.tell(&Event::LeftOut {
        logical_id: logical_id.clone(),
        kind: kind.to_owned(),
        why: (*why).to_owned(),
    });
    let id = format!("{NOTHING}{logical_id}");
    let names = schema(kind).map_or(&[] as &[&str], |schema| schema.attributes);
    // Policies take nothing but ARNs.
    let service = kind.split("::").nth(1).unwrap_or_default().to_lowercase();
    let region = &site.clients.endpoint.region;
    let arn = format!("arn:aws:{service}:{region}:000000000000:{id}");
    let value = |name: &str| if name.ends_with("Arn") { arn.clone() } else { id.clone() };
    let attributes = names.iter().map(|name| ((*name).to_owned(), value(name).into()));
    Some(Standing {
        kind: kind.to_owned(),
        made: Made { id: id.clone(), attributes: attributes.collect() },
        properties: wanted.properties.clone(),
        tags: BTreeMap::new(),
        digest: None,
    })
}

/// Whether a resource was not made.
pub(super) fn is_left_out(standing: &Standing) -> bool {
    standing.made.id.starts_with(NOTHING)
}
