use serde_json::Value;

use crate::evidence::Inspection;
use crate::provision::Stack;
use crate::resource::{STACK_TAG, schema};

/// Names the parts that a stack was made of and that bear no tags (methods, deployments, aliases): a part is the stack's when type,
/// physical id and API or function agree. Resources that can be tagged are known by their tags alone; what bears the tag of another stack, which
/// shares the account, has its logical id in that one.
pub fn label(inspection: &mut Inspection, stack: &Stack) {
    for resource in &mut inspection.resources {
        if resource.tags.get(STACK_TAG).is_some_and(|other| *other != stack.name) {
            resource.logical_id = None;
        }
    }
    for (logical_id, standing) in &stack.resources {
        let Some(schema) = schema(&standing.kind).filter(|schema| !schema.taggable) else { continue };
        let whole = schema.part_of.and_then(|property| standing.properties.get(property));
        let part = inspection.resources.iter_mut().find(|resource| {
            resource.kind == standing.kind
                && resource.id == standing.made.id
                && schema.part_of.is_none_or(|property| same(resource.properties.get(property), whole))
        });
        if let Some(part) = part {
            part.logical_id = Some(logical_id.clone());
        }
    }
}

/// Whether two values name the same whole: a template may give its ARN where the API tells its name, and the other way round.
fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let name = |value: Option<&Value>| {
        value.and_then(Value::as_str).map(|text| text.rsplit(':').next().unwrap_or_default().to_owned())
    };
    one == other || (name(one).is_some() && name(one) == name(other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_whole_is_the_same_by_its_name_and_by_its_arn() {
        let arn = json!("arn:aws:lambda:eu-west-1:123456789012:function:get");
        assert!(same(Some(&arn), Some(&json!("get"))));
        assert!(!same(Some(&arn), Some(&json!("put"))));
        assert!(!same(None, Some(&arn)));
    }
}
