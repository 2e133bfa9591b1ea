use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// An event of an execution's history.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox::states) struct Event {
    pub(in crate::sandbox::states) id: u64,
    /// The event that led to it; zero for the first.
    pub(in crate::sandbox::states) previous: u64,
    /// Milliseconds since 1970.
    pub(in crate::sandbox::states) at: i64,
    pub(in crate::sandbox::states) kind: String,
    pub(in crate::sandbox::states) details: Value,
}

impl Event {
    /// The event as an answer has it; without what states took and gave where `data` is not wanted.
    pub(in crate::sandbox::states) fn shown(&self, data: bool) -> Value {
        let mut shown = json!({
            "timestamp": seconds(self.at),
            "type": self.kind,
            "id": self.id,
            "previousEventId": self.previous,
        });
        if let (Some(name), Some(details)) = (member(&self.kind), self.details.as_object()) {
            let mut details = details.clone();
            if !data {
                for hidden in ["input", "output", "inputDetails", "outputDetails", "parameters"] {
                    details.remove(hidden);
                }
            }
            if !details.is_empty() {
                shown[name] = Value::Object(details);
            }
        }
        shown
    }

    /// How many bytes it takes, about.
    pub(super) fn size(&self) -> usize {
        let text = |value: &Value| value.as_str().map_or(8, str::len);
        100 + self.details.as_object().map_or(0, |details| details.values().map(text).sum())
    }
}

/// Seconds since 1970, with the milliseconds as a fraction, as the protocol has times.
pub(in crate::sandbox::states) fn seconds(at: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let seconds = at as f64 / 1000.0;
    seconds.into()
}

/// Where an event's details stand, by its type.
fn member(kind: &str) -> Option<String> {
    let name = match kind {
        _ if kind.ends_with("StateEntered") => "stateEntered",
        _ if kind.ends_with("StateExited") => "stateExited",
        "MapStateStarted" => "mapStateStarted",
        _ if kind.starts_with("ParallelState") || kind.starts_with("MapState") => return None,
        _ => {
            let mut name = kind.to_owned();
            name[..1].make_ascii_lowercase();
            return Some(format!("{name}EventDetails"));
        }
    };
    Some(format!("{name}EventDetails"))
}

/// Details with one text, and the word that it is whole.
pub(super) fn with_data(mut details: Map<String, Value>, name: &str, text: String) -> Value {
    details.insert(name.to_owned(), text.into());
    details.insert(format!("{name}Details"), json!({ "truncated": false }));
    Value::Object(details)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_stand_where_the_type_has_them() {
        for (kind, name) in [
            ("PassStateEntered", Some("stateEnteredEventDetails")),
            ("LambdaFunctionFailed", Some("lambdaFunctionFailedEventDetails")),
            ("MapStateStarted", Some("mapStateStartedEventDetails")),
            ("MapStateSucceeded", None),
        ] {
            assert_eq!(member(kind).as_deref(), name, "{kind}");
        }
    }

    #[test]
    fn data_is_left_out_where_it_is_not_wanted() {
        let details = with_data(Map::from_iter([("name".to_owned(), json!("Pay"))]), "input", "{}".into());
        let event = Event { id: 2, previous: 1, at: 1500, kind: "PassStateEntered".into(), details };
        assert_eq!(event.shown(true)["stateEnteredEventDetails"]["input"], "{}");
        let shown = event.shown(false);
        assert_eq!(shown["stateEnteredEventDetails"], json!({ "name": "Pay" }));
        assert_eq!(shown["timestamp"], 1.5);
    }
}
