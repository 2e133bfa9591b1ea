use std::sync::Arc;

use serde_json::{Value, json};

use crate::policy::{Policy, PolicyKind};

/// The resource policy of a function, a version or an alias.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct ResourcePolicy {
    statements: Vec<Value>,
    #[serde(skip)]
    parsed: Option<Arc<Policy>>,
}

impl ResourcePolicy {
    /// Parses the statements anew, after they were read from where they are kept.
    pub(crate) fn revive(&mut self) {
        self.parsed = Policy::parse(&self.document(), PolicyKind::Resource).ok().map(Arc::new);
    }

    pub(crate) fn new() -> Self {
        Self { statements: vec![], parsed: None }
    }

    /// Returns the document as `GetPolicy` shows it.
    pub(crate) fn document(&self) -> String {
        json!({ "Version": "2012-10-17", "Id": "default", "Statement": self.statements }).to_string()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    pub(crate) fn has(&self, sid: &str) -> bool {
        self.statements.iter().any(|statement| statement["Sid"] == sid)
    }

    /// Adds a statement; fails with the reason if the whole is then no policy, and leaves it as it was.
    pub(crate) fn add(&mut self, statement: Value) -> Result<(), String> {
        self.statements.push(statement);
        match Policy::parse(&self.document(), PolicyKind::Resource) {
            Ok(policy) => {
                self.parsed = Some(Arc::new(policy));
                Ok(())
            }
            Err(malformed) => {
                self.statements.pop();
                Err(malformed.message)
            }
        }
    }

    pub(crate) fn remove(&mut self, sid: &str) {
        self.statements.retain(|statement| statement["Sid"] != sid);
        // A policy that lost a statement is one still, unless none is left.
        self.parsed = Policy::parse(&self.document(), PolicyKind::Resource).ok().map(Arc::new);
    }

    /// Returns the policy to decide by; `None` when no statement is left.
    pub(crate) fn parsed(&self) -> Option<Arc<Policy>> {
        self.parsed.clone().filter(|_| !self.is_empty())
    }
}
