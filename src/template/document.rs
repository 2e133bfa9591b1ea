use std::collections::BTreeMap;

use serde_json::Value;

use crate::source::Position;

/// A template that was parsed. Its document is JSON with every intrinsic in its long form.
#[derive(Debug, Clone)]
pub struct Template {
    /// Path of the file in its tree.
    pub file: String,
    pub document: Value,
    /// Where nodes stand in the text, by JSON pointer (RFC 6901). Nodes that an overlay brought are not in it.
    pub positions: BTreeMap<String, Position>,
}
