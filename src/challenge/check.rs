use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;

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
    pub visibility: Visibility,
    /// What a candidate reads of a hidden check.
    pub hidden_hint: Option<String>,
    /// How long an eventual target may take to get there.
    pub within: Option<Duration>,
    /// Why it matters, for the report.
    pub why: Option<String>,
    /// What to do when it fails, for the report.
    pub hint: Option<String>,
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
}

/// Something that the grader does, as the scenario's users would.
#[derive(Debug, Clone)]
pub enum Act {
    Http { request: HttpRequest, capture: IndexMap<String, String> },
    Invoke { function: Binding, payload: Value, capture: IndexMap<String, String> },
}

/// A request to a deployed API.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// Logical id of the API; `None` where the stack has only one.
    pub api: Option<String>,
    pub method: String,
    /// Path below the stage, with its query.
    pub path: String,
    pub headers: IndexMap<String, String>,
    /// Sent as JSON; a string is sent as it is. `Null` means no body.
    pub body: Value,
}

/// What a check looks at. In YAML the variant's name is a key of the check.
///
/// The document that `expect` is matched against, by subject:
/// `http`: `{status, headers, body, text}` (header names in lower case, `body` parsed when it is JSON);
/// `invoke`: `{status, error, payload}` (`error` null, or `Handled`/`Unhandled`);
/// `item`: `{found, item}`; `log`: `{events: [{message, timestamp, stream}]}`;
/// `function`, `table`, `role`, `resource`: `{id, arn, type, logical_id, properties, attributes, tags}`;
/// `route`: `{method, path, integration: {type, uri, httpMethod, ...}, function, authorization, apiKeyRequired}` as the live deployment has it.
#[derive(Debug, Clone)]
pub enum Subject {
    Http(HttpRequest),
    Invoke {
        function: Binding,
        payload: Value,
    },
    /// What a table holds under a key, after the acts of `when`.
    Item {
        table: Binding,
        key: Value,
    },
    /// What a function wrote to its log since the check's first act. `filter` is a CloudWatch Logs filter pattern.
    Log {
        of: Binding,
        filter: Option<String>,
    },
    Function {
        of: Binding,
    },
    Route {
        api: Option<String>,
        method: String,
        path: String,
    },
    Role {
        of: Binding,
    },
    Table {
        of: Binding,
    },
    /// A resource of any type that is inspected.
    Resource {
        kind: String,
        of: Binding,
    },
}

/// What a role must be able to do, and what it must not.
#[derive(Debug, Clone, Default)]
pub struct RoleExpectation {
    pub allows: Vec<Grant>,
    pub denies: Vec<Grant>,
}

/// Actions on resources, in effective terms. Strings may hold `{{ name }}`.
#[derive(Debug, Clone)]
pub struct Grant {
    pub actions: Vec<String>,
    pub resources: Vec<String>,
}

impl Subject {
    /// Returns the subject's key in YAML.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Invoke { .. } => "invoke",
            Self::Item { .. } => "item",
            Self::Log { .. } => "log",
            Self::Function { .. } => "function",
            Self::Route { .. } => "route",
            Self::Role { .. } => "role",
            Self::Table { .. } => "table",
            Self::Resource { .. } => "resource",
        }
    }

    /// Whether the grader has to do something to see it; else the inspection holds it.
    pub fn is_probe(&self) -> bool {
        matches!(self, Self::Http(_) | Self::Invoke { .. } | Self::Item { .. } | Self::Log { .. })
    }
}
