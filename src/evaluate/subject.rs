use serde_json::{Value, json};

use crate::challenge::Subject;
use crate::evidence::{Inspection, Resource, Unbound};

/// What a check on the inspection looks at.
#[derive(Debug)]
pub(super) struct Sought<'a> {
    /// The resource that is looked at; for a route, the stage that serves it.
    pub(super) resource: Option<&'a Resource>,
    /// The document that the expectation is matched against.
    pub(super) document: Value,
}

/// Finds a subject in the inspection. Probes are not looked for here: they have transcripts.
pub(super) fn look<'a>(subject: &Subject, inspection: &'a Inspection) -> Result<Sought<'a>, Unbound> {
    let (binding, kind) = match subject {
        Subject::Route { api, method, path } => {
            let live = inspection.live_route(api.as_deref(), method, path)?;
            return Ok(Sought { resource: Some(live.stage), document: live.route.clone() });
        }
        Subject::Function { of } => (of, "AWS::Lambda::Function"),
        Subject::Role { of } => (of, "AWS::IAM::Role"),
        Subject::Table { of } => (of, "AWS::DynamoDB::Table"),
        Subject::Queue { of } => (of, "AWS::SQS::Queue"),
        Subject::Resource { kind, of } => (of, kind.as_str()),
        // Probes have transcripts, and the others are judged by what they say themselves.
        Subject::Http(_)
        | Subject::Invoke { .. }
        | Subject::Item { .. }
        | Subject::Messages { .. }
        | Subject::Object { .. }
        | Subject::Log { .. }
        | Subject::Group { .. }
        | Subject::Question(_)
        | Subject::Unchanged(_)
        | Subject::Audit(_) => {
            return Ok(Sought { resource: None, document: Value::Null });
        }
    };
    let resource = inspection.bind(binding, kind)?;
    Ok(Sought { resource: Some(resource), document: document(resource) })
}

fn document(resource: &Resource) -> Value {
    json!({
        "id": resource.id,
        "arn": resource.arn,
        "type": resource.kind,
        "logical_id": resource.logical_id,
        "properties": resource.properties,
        "attributes": resource.attributes,
        "tags": resource.tags,
    })
}
