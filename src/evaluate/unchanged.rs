use serde_json::{Value, json};

use super::check::undetermined;
use super::{Cause, Facts, Outcome};
use crate::challenge::{Scope, Unchanged};
use crate::evidence::{Binding, Inspection, Resource, Trouble, TroubleKind, redact};
use crate::matcher::Selector;

/// How many differences of one resource are told.
const MOST: usize = 4;

/// What every repair makes anew: a deployment, a version. Compared only where the author names it.
const REMADE: [&str; 3] =
    ["AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment", "AWS::Lambda::Version"];
/// Where a stage names the deployment that it serves.
const SERVED: &str = "/properties/DeploymentId";

/// Compares what stood when the candidate began with what stands now.
pub(super) fn judge(unchanged: &Unchanged, facts: &Facts<'_>) -> Outcome {
    let Some(before) = facts.before else {
        let message = "what stood when the candidate began was not recorded";
        return undetermined(TroubleKind::Unsupported, message);
    };
    let resources = match scope(unchanged, before) {
        Ok(resources) => resources,
        Err(trouble) => return Outcome::Undetermined { trouble },
    };
    let mut changes = Vec::new();
    let mut open = None;
    for resource in resources {
        match differences(unchanged, resource, before, facts.inspection) {
            Ok(found) => {
                changes.extend(found.into_iter().map(|words| format!("{}: {words}", named(resource))));
            }
            Err(trouble) => open = open.or(Some(trouble)),
        }
    }
    match (changes.is_empty(), open) {
        (false, _) => Outcome::Fail { cause: Cause::Changed { changes } },
        (true, Some(trouble)) => Outcome::Undetermined { trouble },
        (true, None) => Outcome::Pass,
    }
}

/// Returns what is compared, as it stood before.
fn scope<'a>(unchanged: &'a Unchanged, before: &'a Inspection) -> Result<Vec<&'a Resource>, Trouble> {
    let mut chosen: Vec<&Resource> = Vec::new();
    if unchanged.of.is_empty() {
        let healthy = |resource: &&Resource| {
            resource.logical_id.as_ref().is_some_and(|id| unchanged.healthy.contains(id))
                && !REMADE.contains(&resource.kind.as_str())
        };
        chosen.extend(before.resources.iter().filter(healthy));
    }
    for scope in &unchanged.of {
        chosen.extend(named_by(scope, before)?);
    }
    let mut left_out: Vec<&str> = Vec::new();
    for scope in &unchanged.except {
        // What was not there is left out anyhow.
        left_out.extend(named_by(scope, before).unwrap_or_default().iter().map(|one| one.key.as_str()));
    }
    chosen.retain(|resource| !left_out.contains(&resource.key.as_str()));
    chosen.sort_by(|one, other| one.key.cmp(&other.key));
    chosen.dedup_by(|one, other| one.key == other.key);
    Ok(chosen)
}

fn named_by<'a>(scope: &'a Scope, before: &'a Inspection) -> Result<Vec<&'a Resource>, Trouble> {
    let missing = |what: String| Trouble {
        kind: TroubleKind::Internal,
        message: format!(
            "{what} did not stand when the candidate began, so nobody can tell whether it changed"
        ),
    };
    match scope {
        Scope::Type(kind) => match before.hides(kind) {
            Some(gap) => Err(gap.trouble.clone()),
            // What the account held of that type and the stack did not make is not the candidate's to care for.
            None => Ok(before.of_type(kind).filter(|resource| resource.logical_id.is_some()).collect()),
        },
        Scope::Of(Binding::Logical(id)) => {
            let found: Vec<&Resource> =
                before.resources.iter().filter(|one| one.logical_id.as_ref() == Some(id)).collect();
            if found.is_empty() { Err(missing(id.clone())) } else { Ok(found) }
        }
        Scope::Of(binding) => {
            let found = before.bind(binding, "AWS::Lambda::Function");
            found.map(|found| vec![found]).map_err(|_| missing(format!("the function {binding}")))
        }
    }
}

/// Says how a resource differs from what it was.
fn differences(
    unchanged: &Unchanged,
    was: &Resource,
    before: &Inspection,
    now: &Inspection,
) -> Result<Vec<String>, Trouble> {
    let Some(is) = now.get(&was.key) else {
        if let Some(gap) = now.hides(&was.kind) {
            return Err(gap.trouble.clone());
        }
        let anew = was
            .logical_id
            .as_ref()
            .and_then(|id| now.of_type(&was.kind).find(|resource| resource.logical_id.as_ref() == Some(id)));
        return Ok(vec![match anew {
            Some(anew) => format!("is gone, and another stands in its place, {}", anew.id),
            None => "is gone".to_owned(),
        }]);
    };
    if let Some(gap) = before.gap_of(was).or_else(|| now.gap_of(is)) {
        let message = format!("{} failed: {}", gap.operation, gap.trouble.message);
        return Err(Trouble { kind: gap.trouble.kind, message });
    }
    let (was, is) = (compared(was, &unchanged.ignore), compared(is, &unchanged.ignore));
    let mut found = Vec::new();
    for selector in &unchanged.compare {
        let mut pointers = selector.pointers(&was);
        pointers.extend(selector.pointers(&is));
        pointers.sort_unstable();
        pointers.dedup();
        for pointer in pointers {
            differ(&pointer, was.pointer(&pointer), is.pointer(&pointer), &mut found);
        }
    }
    found.dedup();
    if found.len() > MOST {
        let more = found.len() - MOST;
        found.truncate(MOST);
        found.push(format!("and {more} more"));
    }
    Ok(found)
}

fn compared(resource: &Resource, ignore: &[Selector]) -> Value {
    let mut document = redact(&json!({
        "properties": resource.properties,
        "attributes": resource.attributes,
        "tags": resource.tags,
    }));
    let mut pointers: Vec<String> = ignore.iter().flat_map(|selector| selector.pointers(&document)).collect();
    pointers.push(SERVED.to_owned());
    // From the end, so that what is taken out of a list moves nothing that is still to be found.
    pointers.sort_unstable();
    for pointer in pointers.iter().rev() {
        let Some((above, last)) = pointer.rsplit_once('/') else { continue };
        match document.pointer_mut(above) {
            Some(Value::Object(members)) => {
                members.remove(&last.replace("~1", "/").replace("~0", "~"));
            }
            Some(Value::Array(items)) => {
                if let Some(index) = last.parse().ok().filter(|index: &usize| *index < items.len()) {
                    items[index] = Value::Null;
                }
            }
            _ => {}
        }
    }
    document
}

/// Goes down to where two values really differ.
fn differ(pointer: &str, was: Option<&Value>, is: Option<&Value>, found: &mut Vec<String>) {
    if let (Some(Value::Object(was)), Some(Value::Object(is))) = (was, is) {
        let mut keys: Vec<&String> = was.keys().chain(is.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let below = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            differ(&below, was.get(key), is.get(key), found);
        }
        return;
    }
    if was == is {
        return;
    }
    let path = pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
    found.push(match (was, is) {
        (Some(was), Some(is)) => format!("{path} was {was}, and is {is}"),
        (Some(was), None) => format!("{path} was {was}, and is gone"),
        (None, Some(is)) => format!("{path} was not there, and is {is}"),
        (None, None) => return,
    });
}

fn named(resource: &Resource) -> String {
    match &resource.logical_id {
        Some(logical) => format!("{logical} ({})", resource.id),
        None => resource.id.clone(),
    }
}
