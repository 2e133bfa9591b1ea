use crate::evidence::Binding;

/// Which calls of the audit log are looked at.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// `allowed`, `denied` or `failed`.
    pub outcome: Option<&'static str>,
    pub by: Option<Caller>,
    /// `service:Operation`, with `*` for any part; empty: all.
    pub operations: Vec<String>,
    pub on: Option<Binding>,
    pub after: Option<Moment>,
}

/// Who called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The candidate's user, and the sessions that it opened.
    Candidate,
    /// Roles that functions and services use.
    Application,
    /// The role of something.
    Role(Binding),
}

/// From when on calls count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// What the probes of the grade bring about.
    Grade,
    /// The candidate's last call that changed something.
    LastChange,
    /// The last call of an operation that was allowed, as `service:Operation`.
    Call(String),
}
