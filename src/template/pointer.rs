//! JSON pointers (RFC 6901), as the addresses of nodes.

/// Returns the pointer of a member below another node.
pub(super) fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Returns the pointer of an element below another node.
pub(super) fn element(pointer: &str, index: usize) -> String {
    format!("{pointer}/{index}")
}
