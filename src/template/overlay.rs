use serde_json::Value;

use super::{Places, read};
use crate::source::{Diagnostic, Node};

/// A merge patch (RFC 7396) for a template, with intrinsics in their long form: `null` removes.
///
/// One thing differs from the RFC: an intrinsic is a value, so it is replaced and never merged into.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// `Null` where nothing is patched.
    pub document: Value,
    pub places: Places,
}

impl Overlay {
    /// Reads a patch from a node of a YAML file.
    pub fn read(file: &str, node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let (document, places) = read::normalise(file, node)?;
        Ok(Self { document, places })
    }

    pub fn is_empty(&self) -> bool {
        self.document.as_object().is_none_or(serde_json::Map::is_empty)
    }
}
