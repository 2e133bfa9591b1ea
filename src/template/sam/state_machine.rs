use serde_json::{Map, Value, json};

use super::api::location;
use super::expansion::{Expansion, Inherited, attribute};
use super::machine_event;
use super::part::{Built, Part};
use super::python_json::lines;
use super::referable::tag_list;
use super::role::add_given;
use crate::template::intrinsic::is_intrinsic;

/// The tag that tells who made a resource of a machine's.
const MAKER: &str = "stateMachine:createdBy";

/// A state machine in the making, as its events see it.
#[derive(Debug)]
pub(super) struct StateMachine<'a> {
    pub(super) id: &'a str,
    pub(super) properties: &'a Part<'a>,
    pub(super) inherited: Inherited,
}

/// A state machine with its role and its events.
pub(super) fn expand(expansion: &mut Expansion<'_>, id: &str, resource: &Part<'_>, properties: &Part<'_>) {
    let mut built = Built::new();
    built.take("DefinitionSubstitutions", properties.get("DefinitionSubstitutions"));
    match (properties.get("Definition"), properties.get("DefinitionUri")) {
        (Some(definition), None) if definition.value.is_object() && !definition.is_intrinsic() => {
            inline(&mut built, &definition);
        }
        (Some(definition), None) => {
            expansion.refuse(&definition.at, "`Definition` must be a mapping");
        }
        (None, Some(uri)) => {
            let location = location(expansion, &uri);
            built.made_of("DefinitionS3Location", location, &uri);
        }
        (Some(_), Some(uri)) => {
            expansion.refuse_key(&uri.at, "give either `Definition` or `DefinitionUri`");
        }
        (None, None) => {
            expansion.refuse_key(&resource.at, "a state machine needs `Definition` or `DefinitionUri`");
        }
    }
    built.take("StateMachineName", properties.get("Name"));
    built.take("StateMachineType", properties.get("Type"));
    built.take("LoggingConfiguration", properties.get("Logging"));
    let none = json!({});
    let tags = properties.get("Tags").unwrap_or_else(|| Part::new(&none, &resource.at));
    built.made_of("Tags", tag_list(&tags, Some(MAKER)), &tags);
    let machine = StateMachine { id, properties, inherited: Inherited::of(resource) };
    match (properties.get("Role"), properties.get("Policies")) {
        (Some(role), Some(_)) => {
            expansion.refuse_key(&role.at, "give either `Role` or `Policies`");
        }
        (Some(role), None) => built.take("RoleArn", Some(role)),
        (None, given) => {
            built.set("RoleArn", attribute(&format!("{id}Role"), "Arn"));
            role(expansion, &machine, given.as_ref(), &tags);
        }
    }
    machine_event::expand(expansion, &machine);
    let inherited = machine.inherited.clone().and(resource, "DependsOn").and(resource, "Metadata");
    expansion.put(id, "AWS::StepFunctions::StateMachine", built, &inherited);
}

/// Writes a definition as text. What is not known before the stack is made goes into the substitutions.
fn inline(built: &mut Built, definition: &Part<'_>) {
    let mut value = definition.value.clone();
    let mut made = Map::new();
    substitute(&mut value, &mut made);
    if !made.is_empty() {
        let own = built.members.get("DefinitionSubstitutions").and_then(Value::as_object).cloned();
        let mut all = own.unwrap_or_default();
        all.extend(made);
        built.set("DefinitionSubstitutions", all);
    }
    built.made_of("DefinitionString", json!({ "Fn::Join": ["\n", lines(&value)] }), definition);
}

/// Puts `${definition_substitution_1}` and so on in the place of intrinsic functions, in the order of the keys.
fn substitute(value: &mut Value, made: &mut Map<String, Value>) {
    let mut child = |value: &mut Value| {
        if is_intrinsic(value) || is_dynamic(value) {
            let name = format!("definition_substitution_{}", made.len() + 1);
            let place = format!("${{{name}}}");
            made.insert(name, std::mem::replace(value, place.into()));
        } else {
            substitute(value, made);
        }
    };
    match value {
        Value::Object(members) => {
            let mut keys: Vec<String> = members.keys().cloned().collect();
            keys.sort_unstable();
            for key in keys {
                if let Some(value) = members.get_mut(&key) {
                    child(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(child),
        _ => {}
    }
}

/// Whether a text is a dynamic reference, `{{resolve:ssm:...}}`.
fn is_dynamic(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("{{resolve:") && text.ends_with("}}"))
}

/// The role of a machine that names none: it may do what `Policies` says.
fn role(
    expansion: &mut Expansion<'_>,
    machine: &StateMachine<'_>,
    given: Option<&Part<'_>>,
    tags: &Part<'_>,
) {
    let id = format!("{}Role", machine.id);
    let (mut managed, mut inline) = (Vec::new(), Vec::new());
    let origins = given.map(|given| add_given(expansion, &id, given, &mut managed, &mut inline));
    let mut built = Built::new();
    built.set("AssumeRolePolicyDocument", trust("states.amazonaws.com"));
    built.set("ManagedPolicyArns", managed);
    if !inline.is_empty() {
        built.set("Policies", inline);
        built.origins.extend(origins.unwrap_or_default());
    }
    built.take("Path", machine.properties.get("RolePath"));
    built.take("PermissionsBoundary", machine.properties.get("PermissionsBoundary"));
    built.made_of("Tags", tag_list(tags, Some(MAKER)), tags);
    expansion.put(&id, "AWS::IAM::Role", built, &machine.inherited);
}

/// A trust policy for one service.
pub(super) fn trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": ["sts:AssumeRole"],
            "Effect": "Allow",
            "Principal": { "Service": [service] },
        }],
    })
}
