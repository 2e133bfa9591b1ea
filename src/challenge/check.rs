use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;

use super::{Gate, Points, RoleExpectation, Subject};
use crate::evidence::Binding;
use crate::matcher::Expectation;
use crate::source::Location;

/// One thing that must hold: a subject, and what is expected of it.
///
/// ```yaml
/// - id: returns-order
///   weight: 3
///   given: [ { put: { table: OrdersTable, item: { id: "{{ order }}" } } } ]
///   http: { method: GET, path: "/orders/{{ order }}", api: OrdersApi }
///   expect: { status: 200, $.body.id: "{{ order }}" }
/// ```
///
/// Strings may hold `{{ name }}`: an output of the stack, a drawn input, or something captured by an earlier act of the same check.
#[derive(Debug, Clone)]
pub struct Check {
    pub id: String,
    /// What must hold, as a sentence without its full stop.
    pub title: String,
    pub weight: u32,
    /// Checks that must have passed: of the same task by id, of another as `task/check`.
    pub needs: Vec<String>,
    /// What its failure costs beside its own points.
    pub gate: Option<Gate>,
    /// Points that its failure takes off the task. Such a check earns nothing itself.
    pub deduct: Option<Points>,
    pub visibility: Visibility,
    /// What a candidate reads of a hidden check.
    pub hidden_hint: Option<String>,
    /// How long an eventual target may take to get there.
    pub within: Option<Duration>,
    /// Why it matters, for the report.
    pub why: Option<String>,
    /// What to do when it fails, for the report.
    pub hint: Option<String>,
    /// What it costs to read the hint while working; `None`: it is for the report alone.
    pub hint_cost: Option<Points>,
    /// What the grader puts in place first.
    pub given: Vec<Given>,
    /// What the grader does before it looks.
    pub when: Vec<Act>,
    pub subject: Subject,
    pub expect: Expectation,
    /// For a `role` subject: what it must and must not be able to do.
    pub role: Option<RoleExpectation>,
    pub location: Location,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    Visible,
    Hidden,
}

/// Something that the grader puts in place with its own rights.
#[derive(Debug, Clone)]
pub enum Given {
    /// An item of a table, as plain JSON.
    Put { table: Binding, item: Value },
    /// A message in a queue; a text is sent as it is, anything else as JSON.
    Send { queue: Binding, body: Value },
    /// An object of a bucket.
    Upload { bucket: Binding, key: String, body: Value },
    /// A message to a topic.
    Publish { topic: Binding, message: Value },
    /// An event on a bus; without one, on the account's default bus.
    Emit { bus: Option<Binding>, source: String, detail_type: String, detail: Value },
}

/// Something that the grader does, as the scenario's users would.
#[derive(Debug, Clone)]
pub enum Act {
    Http { request: HttpRequest, capture: IndexMap<String, String> },
    Invoke { function: Binding, payload: Value, capture: IndexMap<String, String> },
}

/// A request to a deployed API, or to a function's own URL.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// Logical id of the API; `None` where the stack has only one.
    pub api: Option<String>,
    /// The function whose URL is called, in place of an API.
    pub url: Option<Binding>,
    pub method: String,
    /// Path below the stage, with its query.
    pub path: String,
    pub headers: IndexMap<String, String>,
    /// Sent as JSON; a string is sent as it is. `Null` means no body.
    pub body: Value,
    /// Sent so many times at the same moment: the document holds `answers` then. `None` is once.
    pub times: Option<u32>,
}

impl Check {
    /// Lists everything that the grader has to do and look at for this check, by the key of its transcript: the check itself, or
    /// those members of its group that are probes. `key` is the check's own, `task/check`.
    pub fn probes(&self, key: &str) -> Vec<(String, &Self)> {
        match &self.subject {
            Subject::Group { of, .. } => {
                let members = of.iter().map(|member| (format!("{key}/{}", member.id), member));
                members.flat_map(|(key, member)| member.probes(&key)).collect()
            }
            subject if subject.is_probe() => vec![(key.to_owned(), self)],
            _ => vec![],
        }
    }

    /// Returns the check and the members of its group, theirs included.
    pub fn with_members(&self) -> Vec<&Self> {
        let below = match &self.subject {
            Subject::Group { of, .. } => of.iter().flat_map(Self::with_members).collect(),
            _ => vec![],
        };
        std::iter::once(self).chain(below).collect()
    }
}
