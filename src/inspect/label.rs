use crate::evidence::Inspection;
use crate::provision::Stack;
use crate::resource::schema;

/// Names the parts that a stack was made of and that bear no tags (methods, deployments, aliases): a part is the stack's when type,
/// physical id and API or function agree. Resources that can be tagged are known by their tags alone.
pub fn label(inspection: &mut Inspection, stack: &Stack) {
    for (logical_id, standing) in &stack.resources {
        let Some(schema) = schema(&standing.kind).filter(|schema| !schema.taggable) else { continue };
        let whole = schema.part_of.and_then(|property| standing.properties.get(property));
        let part = inspection.resources.iter_mut().find(|resource| {
            resource.kind == standing.kind
                && resource.id == standing.made.id
                && schema.part_of.is_none_or(|property| resource.properties.get(property) == whole)
        });
        if let Some(part) = part {
            part.logical_id = Some(logical_id.clone());
        }
    }
}
