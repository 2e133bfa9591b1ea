use serde_json::{Map, json};

use super::{bucket, mapping, route, rule, topic};
use crate::template::sam::expansion::{Expansion, Inherited};
use crate::template::sam::function::Function;
use crate::template::sam::part::Part;
use crate::template::sam::python2::ordered;
use crate::template::sam::specification::{EVENTS, REFUSED_EVENTS};
use crate::text::{did_you_mean, one_of};

/// An event of a function or of a state machine.
#[derive(Debug)]
pub(in crate::template::sam) struct Event<'a> {
    /// The logical id of whose event it is, and the event's name: logical ids begin with it.
    pub(in crate::template::sam) id: String,
    pub(in crate::template::sam) properties: Part<'a>,
    pub(in crate::template::sam) inherited: Inherited,
}

/// Makes what a function's events stand for.
pub(in crate::template::sam) fn expand(expansion: &mut Expansion<'_>, function: &mut Function<'_>) {
    let Some(events) = function.properties.get("Events") else { return };
    if events.value.as_object().is_none() || events.is_intrinsic() {
        expansion.refuse(&events.at, "`Events` must be a mapping of names to events");
        return;
    }
    let none = json!({});
    let nothing = Map::new();
    let order = ordered(events.value.as_object().unwrap_or(&nothing));
    for (name, event) in order.into_iter().filter_map(|name| Some((name, events.get(name)?))) {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            expansion
                .refuse_key(&event.at, format!("the event's name `{name}` may hold letters and digits only"));
            continue;
        }
        let Some(kind) = event.text("Type") else {
            expansion.refuse_key(&event.at, format!("the event `{name}` has no `Type`"));
            continue;
        };
        expansion.known(&event, &["Type", "Properties"], "an event");
        let properties = event.get("Properties").unwrap_or_else(|| Part::new(&none, &event.at));
        let inherited = function.inherited.from(&event.at);
        let event = Event { id: format!("{}{name}", function.id), properties, inherited };
        match kind {
            "Api" => route::rest(expansion, function, &event),
            "HttpApi" => route::http(expansion, function, &event),
            "SQS" | "DynamoDB" | "Kinesis" => mapping::expand(expansion, function, &event, kind),
            "SNS" => topic::expand(expansion, function, &event),
            "S3" => bucket::expand(expansion, function, &event),
            "Schedule" => rule::schedule(expansion, function, &event),
            "EventBridgeRule" | "CloudWatchEvent" => rule::pattern(expansion, function, &event, kind),
            _ => {
                let at = format!("{}/Type", event.inherited.origin);
                if REFUSED_EVENTS.contains(&kind) {
                    expansion.refuse(&at, format!("events of type `{kind}` are not supported in a scenario"));
                } else {
                    let help =
                        did_you_mean(kind, EVENTS).unwrap_or_else(|| format!("write {}", one_of(EVENTS)));
                    expansion.refuse(&at, format!("there is no event of type `{kind}`")).help = Some(help);
                }
            }
        }
    }
}
