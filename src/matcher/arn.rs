use indexmap::IndexMap;

use super::Matcher;

/// The parts of an ARN in their order, as AWS names them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
pub(super) const PARTS: [&str; 5] = ["partition", "service", "region", "account", "resource"];

/// What an ARN must look like.
#[derive(Debug, Clone)]
pub enum ArnMatcher {
    /// `arn:aws:lambda:*:*:function:get-order`: each of the six parts is compared for itself, as IAM's `ArnLike` does.
    Like(String),
    /// A matcher for each part that matters.
    Parts(IndexMap<String, Matcher>),
}

/// Returns the five parts after `arn`; `None` when the text is no ARN. The resource keeps its colons.
pub(super) fn split(text: &str) -> Option<[&str; 5]> {
    let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
    let parts = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    (!parts[0].is_empty() && !parts[1].is_empty() && !parts[4].is_empty()).then_some(parts)
}

/// Whether a text is an ARN that is like a pattern.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    let Some(parts) = split(text) else { return false };
    let mut patterns = pattern.splitn(6, ':');
    patterns.next() == Some("arn")
        && parts.into_iter().all(|part| patterns.next().is_some_and(|pattern| glob(pattern, part)))
}

/// Matches `*` (any characters) and `?` (one character), in time proportional to the product of the lengths.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => (p, t) = (p + 1, t + 1),
            // Back to the last star, which takes one character more.
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:get-order";

    #[test]
    fn parts_are_compared_for_themselves() {
        assert!(is_like("arn:aws:lambda:*:*:function:get-*", FUNCTION));
        assert!(is_like("arn:*:lambda:eu-????-1:123456789012:function:get-order", FUNCTION));
        assert!(!is_like("arn:aws:lambda:*:get-order", FUNCTION), "a star does not reach over a colon");
        assert!(!is_like("*", FUNCTION));
        assert!(!is_like("arn:aws:lambda:*:*:function:put-*", FUNCTION));
        assert!(is_like("arn:aws:s3:::shop/*", "arn:aws:s3:::shop/a/b"));
    }

    #[test]
    fn what_is_no_arn_is_like_none() {
        for text in ["", "arn", "arn:aws:s3", "arn:aws:s3:::", "urn:aws:s3:::shop"] {
            assert!(!is_like("arn:*:*:*:*:*", text), "{text}");
        }
    }
}
