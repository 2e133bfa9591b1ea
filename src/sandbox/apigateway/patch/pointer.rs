//! JSON pointers (RFC 6901) as patch operations use them.

/// Splits a path into its segments, still escaped; `None` when it does not begin with a slash.
pub(super) fn segments(path: &str) -> Option<Vec<&str>> {
    path.strip_prefix('/').map(|rest| rest.split('/').collect())
}

/// Undoes the escapes: `~1` is a slash, `~0` a tilde.
pub(super) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_tilde_does_not_begin_another_escape() {
        assert_eq!(unescape("application~1json"), "application/json");
        assert_eq!(unescape("a~01b"), "a~1b");
        assert_eq!(segments("no-slash"), None);
    }
}
