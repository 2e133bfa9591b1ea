use regex::{Regex, RegexBuilder};

/// The most that the program of a pattern may take, in bytes.
const LARGEST: usize = 256 * 1024;

/// A regular expression between percent signs: `%Error\d+%`. It is searched for in linear time, whatever it says.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions>
#[derive(Debug, Clone)]
pub(super) struct Like(Regex);

impl PartialEq for Like {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Like {
    /// Reads `%...%` at the beginning of a text, and returns it with what comes after.
    pub(super) fn read(text: &str) -> Option<(Self, &str)> {
        let (inside, after) = text.strip_prefix('%')?.split_once('%')?;
        let regex = RegexBuilder::new(inside).size_limit(LARGEST).build().ok()?;
        (!inside.is_empty()).then_some((Self(regex), after))
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}
