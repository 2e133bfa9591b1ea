use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AuditQuery, Check, HttpRequest, Question, Unchanged};
use crate::evidence::Binding;

/// What a check looks at. In YAML the variant's name is a key of the check.
///
/// The document that `expect` is matched against, by subject:
/// `http`: `{status, headers, body, text}` (header names in lower case, `body` parsed when it is JSON), with `times` `{answers: [...]}` of these;
/// `invoke`: `{status, error, payload}` (`error` null, or `Handled`/`Unhandled`);
/// `item`: `{found, item}`; `messages`: `{depth, in_flight, delayed, messages: [{id, body, text, attributes, receives}]}`;
/// `object`: `{found, size, content_type, metadata, body, text}`; `log`: `{events: [{message, timestamp, stream}]}`;
/// `function`, `table`, `queue`, `role`, `resource`: `{id, arn, type, logical_id, properties, attributes, tags}`;
/// `route`: `{method, path, integration: {type, uri, httpMethod, ...}, function, authorization, apiKeyRequired}` as the live deployment has it;
/// `audit`: `{count, calls: [{time, caller, service, operation, resources, outcome, error_code}]}`.
/// Of a group, a question and what must be unchanged nothing is expected beside what they say themselves.
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
    /// How many messages stand in a queue, and up to `read` of them.
    Messages {
        queue: Binding,
        read: u32,
    },
    /// What a bucket holds under a key.
    Object {
        bucket: Binding,
        key: String,
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
    Queue {
        of: Binding,
    },
    /// A resource of any type that is inspected.
    Resource {
        kind: String,
        of: Binding,
    },
    /// Several checks that come to one verdict together. Their ids are their numbers, from 1.
    Group {
        kind: GroupKind,
        of: Vec<Check>,
    },
    Question(Question),
    Unchanged(Unchanged),
    Audit(AuditQuery),
}

/// How the members of a group come to one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKind {
    Any,
    All,
    None,
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
            Self::Messages { .. } => "messages",
            Self::Object { .. } => "object",
            Self::Log { .. } => "log",
            Self::Function { .. } => "function",
            Self::Route { .. } => "route",
            Self::Role { .. } => "role",
            Self::Table { .. } => "table",
            Self::Queue { .. } => "queue",
            Self::Resource { .. } => "resource",
            Self::Group { kind, .. } => kind.word(),
            Self::Question(_) => "question",
            Self::Unchanged(_) => "unchanged",
            Self::Audit(_) => "audit",
        }
    }

    /// Returns words for what is looked at, where nobody gave it a title.
    pub fn words(&self) -> String {
        match self {
            Self::Http(HttpRequest { method, path, .. }) => format!("{method} {path}"),
            Self::Invoke { function, .. } => format!("the answer of the function {function}"),
            Self::Item { table, .. } => format!("an item of the table {table}"),
            Self::Messages { queue, .. } => format!("the messages in the queue {queue}"),
            Self::Object { bucket, key } => format!("the object {key} in the bucket {bucket}"),
            Self::Log { of, .. } => format!("the log of {of}"),
            Self::Function { of } => format!("the function {of}"),
            Self::Route { method, path, .. } => format!("the route {method} {path}"),
            Self::Role { of } => format!("the role of {of}"),
            Self::Table { of } => format!("the table {of}"),
            Self::Queue { of } => format!("the queue {of}"),
            Self::Resource { kind, of } => format!("the {kind} {of}"),
            Self::Group { kind, of } => {
                let of: Vec<&str> = of.iter().map(|member| member.title.as_str()).collect();
                format!("{} of: {}", kind.word(), of.join("; "))
            }
            Self::Question(question) => question.ask.clone(),
            Self::Unchanged(_) => "what stood before".to_owned(),
            Self::Audit(_) => "calls in the audit log".to_owned(),
        }
    }

    /// Whether the grader has to do something to see it. Of a group the members say.
    pub fn is_probe(&self) -> bool {
        matches!(
            self,
            Self::Http(_)
                | Self::Invoke { .. }
                | Self::Item { .. }
                | Self::Messages { .. }
                | Self::Object { .. }
                | Self::Log { .. }
        )
    }
}

impl GroupKind {
    /// Returns the key in YAML.
    pub fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::None => "none",
        }
    }
}
