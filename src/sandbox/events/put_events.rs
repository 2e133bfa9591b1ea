use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::access::of_sender;
use super::delivery::Delivery;
use super::entity::{Bus, Named, bus_named, rule_arn};
use super::fault::{missing, no_bus, validation, violated};
use super::service::{Desk, Events, State};
use crate::policy::Principal;
use crate::sandbox::{MessageSink, Parcel, Scope, ServiceError, acting_for, source_keys};

/// Of all entries of a call, in bytes. <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>
const LARGEST: usize = 262_144;
/// How often an event may go from bus to bus before it is dropped.
const MOST_HOPS: u8 = 5;

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
pub(super) fn put(desk: &mut Desk<'_>) -> Result<Value, ServiceError> {
    let entries = desk.body.get("Entries").and_then(Value::as_array).ok_or_else(|| missing("entries"))?;
    match entries.len() {
        0 => return Err(violated("[]", "entries", "have length greater than or equal to 1")),
        1..=10 => {}
        _ => {
            return Err(violated(
                "[PutEventsRequestEntry]",
                "entries",
                "have length less than or equal to 10",
            ));
        }
    }
    if entries.iter().map(size).sum::<usize>() > LARGEST {
        return Err(validation("Total size of the entries in the request is over the limit."));
    }
    let mut answers = Vec::new();
    let mut failed = 0;
    for entry in entries {
        let answer = match event(desk, entry) {
            Ok((place, event)) => {
                let id = event["id"].clone();
                let out = hand_out(desk.state, &place, &event, desk.now, 0);
                desk.out.extend(out);
                json!({ "EventId": id })
            }
            Err((code, message)) => {
                failed += 1;
                json!({ "ErrorCode": code, "ErrorMessage": message })
            }
        };
        answers.push(answer);
    }
    Ok(json!({ "FailedEntryCount": failed, "Entries": answers }))
}

/// What counts of an entry: 14 bytes for a time, and the texts.
fn size(entry: &Value) -> usize {
    let text = |member: &str| entry.get(member).and_then(Value::as_str).map_or(0, str::len);
    let resources = entry.get("Resources").and_then(Value::as_array).into_iter().flatten();
    let resources: usize = resources.filter_map(Value::as_str).map(str::len).sum();
    let time = if entry.get("Time").is_some_and(|time| !time.is_null()) { 14 } else { 0 };
    time + text("Source") + text("DetailType") + text("Detail") + resources
}

/// The bus that an event goes to, and the event.
type Addressed = ((Scope, String), Value);

/// Makes an event of an entry; fails with the code and the message of this entry alone.
fn event(desk: &Desk<'_>, entry: &Value) -> Result<Addressed, (&'static str, String)> {
    let argument = |member: &str| {
        entry.get(member).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(|| {
            (
                "InvalidArgument",
                format!("Parameter {member} is not valid. Reason: {member} is a required argument."),
            )
        })
    };
    let source = argument("Source")?;
    let kind = argument("DetailType")?;
    let detail = argument("Detail")?;
    if source.starts_with("aws.") {
        return Err(("NotAuthorizedForSourceException", "Not authorized for the source.".to_owned()));
    }
    let Ok(Value::Object(detail)) = serde_json::from_str(detail) else {
        return Err(("MalformedDetail", "Detail is malformed.".to_owned()));
    };
    let time = match entry.get("Time") {
        None | Some(Value::Null) => desk.now,
        #[allow(clippy::cast_possible_truncation, reason = "of a time in seconds, milliseconds are kept")]
        Some(given) => given.as_f64().map_or(desk.now, |seconds| (seconds * 1000.0) as i64),
    };
    let place = bus_named(entry.get("EventBusName"), desk.scope);
    let made = Made {
        id: desk.core.parts.random.uuid(),
        kind,
        source,
        scope: &Scope { account: desk.scope.account.clone(), region: place.0.region.clone() },
        time,
        resources: entry.get("Resources").cloned().unwrap_or_else(|| json!([])),
        detail,
    };
    Ok((place, made.event()))
}

/// The parts of an event.
pub(super) struct Made<'a> {
    pub(super) id: String,
    pub(super) kind: &'a str,
    pub(super) source: &'a str,
    pub(super) scope: &'a Scope,
    /// Milliseconds since 1970.
    pub(super) time: i64,
    pub(super) resources: Value,
    pub(super) detail: Map<String, Value>,
}

impl Made<'_> {
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>
    pub(super) fn event(self) -> Value {
        json!({
            "version": "0",
            "id": self.id,
            "detail-type": self.kind,
            "source": self.source,
            "account": self.scope.account,
            "time": seconds(self.time),
            "region": self.scope.region,
            "resources": self.resources,
            "detail": self.detail,
        })
    }
}

pub(super) fn seconds(milliseconds: i64) -> String {
    let time = Timestamp::from_second(milliseconds.div_euclid(1000)).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Gives an event to the targets of all rules that want it. Of a bus that is not there nobody has any.
pub(super) fn hand_out(
    state: &State,
    place: &(Scope, String),
    event: &Value,
    now: i64,
    hops: u8,
) -> Vec<Delivery> {
    let Some(bus) = state.buses.get(place).filter(|_| hops <= MOST_HOPS) else { return Vec::new() };
    let wants = |pattern: &crate::sandbox::EventPattern| pattern.matches(event);
    let own = bus.rules.values().filter(|rule| rule.is_enabled());
    own.filter(|rule| rule.parsed.as_deref().is_some_and(wants))
        .flat_map(|rule| to_targets(bus, &rule.name, event, now, hops))
        .collect()
}

/// Deliveries to each target of a rule.
pub(super) fn to_targets(bus: &Bus, rule: &str, event: &Value, now: i64, hops: u8) -> Vec<Delivery> {
    let targets = bus.rules.get(rule).into_iter().flat_map(|rule| rule.targets.values());
    targets
        .map(|target| Delivery {
            scope: bus.scope.clone(),
            rule: rule.to_owned(),
            rule_arn: rule_arn(&bus.scope, &bus.name, rule),
            target: target.clone(),
            event: event.clone(),
            taken: now,
            hops,
            id: String::new(),
            tries: 0,
            due: 0,
        })
        .collect()
}

impl Events {
    /// Takes an event that another service makes or hands on.
    fn take(&self, arn: &str, event: &Value, hops: u8) -> Result<(), ServiceError> {
        take(&self.0, arn, event, hops)
    }
}

/// Takes an event onto a bus, as it is.
pub(super) fn take(
    core: &std::sync::Arc<super::service::Core>,
    arn: &str,
    event: &Value,
    hops: u8,
) -> Result<(), ServiceError> {
    let Some(Named::Bus(scope, name)) = Named::of(arn) else { return Err(no_bus(arn)) };
    let now = core.now();
    let out = {
        let mut state = core.state();
        state.bus(&scope, &name, now)?;
        hand_out(&state, &(scope, name), event, now, hops)
    };
    for delivery in out {
        delivery.set_out(core);
    }
    Ok(())
}

impl MessageSink for Events {
    fn owns(&self, arn: &str) -> bool {
        matches!(Named::of(arn), Some(Named::Bus(..)))
    }

    /// Takes a text as the detail of an event; `Source` and `DetailType` stand in the attributes.
    fn deliver(
        &self,
        sender: &Principal,
        source: Option<&str>,
        arn: &str,
        parcel: Parcel,
    ) -> Result<(), ServiceError> {
        let core = &self.0;
        let Some(Named::Bus(scope, _)) = Named::of(arn) else { return Err(no_bus(arn)) };
        let mut access = of_sender(arn, &core.state()).ok_or_else(|| no_bus(arn))?;
        access.context = source_keys(source);
        core.parts.authority.check_internal("events", acting_for(sender), sender, &access, &scope)?;
        let attribute = |name: &str| {
            let value = parcel.attributes.get(name).and_then(|it| it.get("StringValue"));
            value.and_then(Value::as_str).unwrap_or_default()
        };
        let made = Made {
            id: core.parts.random.uuid(),
            kind: attribute("DetailType"),
            source: attribute("Source"),
            scope: &scope,
            time: core.now(),
            resources: source.map_or_else(|| json!([]), |source| json!([source])),
            detail: serde_json::from_str(&parcel.body)
                .map_err(|_| validation("Parameter Detail is not valid."))?,
        };
        self.take(arn, &made.event(), 0)
    }
}
