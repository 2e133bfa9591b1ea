use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an account of a pool is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Turn {
    Free,
    Leased {
        by: String,
        since: Timestamp,
        /// The attempt that stands in it, or is about to: one at a time, in a person's lease too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attempt: Option<String>,
    },
    /// Something was left behind: what, one line each.
    Quarantined {
        left: Vec<String>,
        since: Timestamp,
        /// The attempt that stood in it when a person set it aside, until that is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attempt: Option<String>,
    },
}

/// Returns the name under which an attempt holds an account that nobody leased for it.
pub fn holder(attempt: &str) -> String {
    format!("attempt {attempt}")
}

impl Turn {
    /// Returns the attempt that is in the account.
    pub fn attempt(&self) -> Option<&str> {
        match self {
            Self::Free => None,
            Self::Leased { attempt, .. } | Self::Quarantined { attempt, .. } => attempt.as_deref(),
        }
    }

    /// Whether an attempt has the account in nobody's lease but its own.
    pub fn is_attempts_own(&self) -> bool {
        matches!(self, Self::Leased { by, attempt: Some(attempt), .. } if *by == holder(attempt))
    }

    /// Lets an attempt in, with a turn of its own or within somebody's lease; `None` where it may not. One that is in stays in: a process may
    /// have died before it knew.
    pub(super) fn entered(&self, attempt: &str, leased_by: Option<&str>, now: Timestamp) -> Option<Self> {
        let inside = Some(attempt.to_owned());
        match self {
            Self::Leased { attempt: Some(one), .. } if one == attempt => Some(self.clone()),
            Self::Free if leased_by.is_none() => {
                Some(Self::Leased { by: holder(attempt), since: now, attempt: inside })
            }
            Self::Leased { by, since, attempt: None } if leased_by == Some(by) => {
                Some(Self::Leased { by: by.clone(), since: *since, attempt: inside })
            }
            _ => None,
        }
    }

    /// Lets an attempt out, and keeps everybody out where something was left. An attempt that is not in changes nothing, so that it can be done twice.
    pub(super) fn vacated(&self, attempt: &str, left: Vec<String>, now: Timestamp) -> Self {
        match self {
            Self::Leased { by, since, attempt: Some(one) } if one == attempt => {
                if !left.is_empty() {
                    Self::Quarantined { left, since: now, attempt: None }
                } else if self.is_attempts_own() {
                    Self::Free
                } else {
                    Self::Leased { by: by.clone(), since: *since, attempt: None }
                }
            }
            Self::Quarantined { left: before, since, attempt: Some(one) } if one == attempt => {
                let left = before.iter().cloned().chain(left).collect();
                Self::Quarantined { left, since: *since, attempt: None }
            }
            other => other.clone(),
        }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free => f.write_str("free"),
            Self::Leased { by, since, attempt } => {
                write!(f, "leased by {by} since {since:.0}")?;
                match attempt {
                    Some(attempt) if !self.is_attempts_own() => write!(f, ", and attempt {attempt} is in it"),
                    _ => Ok(()),
                }
            }
            Self::Quarantined { left, since, attempt } => {
                write!(f, "set aside since {since:.0}: {}", left.join(", "))?;
                match attempt {
                    Some(attempt) => write!(f, "; attempt {attempt} is still in it"),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn leased(by: &str, attempt: Option<&str>) -> Turn {
        Turn::Leased { by: by.to_owned(), since: NOW, attempt: attempt.map(str::to_owned) }
    }

    fn aside(left: &[&str], attempt: Option<&str>) -> Turn {
        let left = left.iter().map(|line| (*line).to_owned()).collect();
        Turn::Quarantined { left, since: NOW, attempt: attempt.map(str::to_owned) }
    }

    #[test]
    fn an_attempt_gets_in_where_nobody_is_or_where_it_was_leased_for_it() {
        let own = leased("attempt a-1", Some("a-1"));
        for (turn, leased_by, entered) in [
            (Turn::Free, None, Some(own.clone())),
            (Turn::Free, Some("ada"), None),
            (own.clone(), None, Some(own.clone())),
            (leased("attempt a-2", Some("a-2")), None, None),
            (leased("ada", None), None, None),
            (leased("ada", None), Some("bob"), None),
            (leased("ada", None), Some("ada"), Some(leased("ada", Some("a-1")))),
            (leased("ada", Some("a-2")), Some("ada"), None),
            (aside(&["a bucket"], None), None, None),
            (aside(&["a bucket"], Some("a-1")), None, None),
        ] {
            assert_eq!(turn.entered("a-1", leased_by, NOW), entered, "{turn}, {leased_by:?}");
        }
    }

    #[test]
    fn an_attempt_that_left_is_out_however_often_it_leaves() {
        let own = leased("attempt a-1", Some("a-1"));
        for (turn, left, then) in [
            (own.clone(), None, Turn::Free),
            (own, Some("a bucket"), aside(&["a bucket"], None)),
            (leased("ada", Some("a-1")), None, leased("ada", None)),
            (leased("ada", Some("a-1")), Some("a bucket"), aside(&["a bucket"], None)),
            (aside(&["a bill"], Some("a-1")), None, aside(&["a bill"], None)),
            (aside(&["a bill"], Some("a-1")), Some("a bucket"), aside(&["a bill", "a bucket"], None)),
            (Turn::Free, Some("a bucket"), Turn::Free),
            (leased("ada", None), Some("a bucket"), leased("ada", None)),
            (leased("attempt a-2", Some("a-2")), None, leased("attempt a-2", Some("a-2"))),
        ] {
            let left: Vec<String> = left.into_iter().map(str::to_owned).collect();
            assert_eq!(turn.vacated("a-1", left, NOW), then, "{turn}");
            assert_eq!(then.vacated("a-1", vec!["later".to_owned()], NOW), then);
        }
    }

    #[test]
    fn a_turn_says_who_is_in_the_account_and_that_of_an_older_release_is_read() {
        assert_eq!(
            leased("attempt a-1", Some("a-1")).to_string(),
            "leased by attempt a-1 since 1970-01-01T00:00:00Z"
        );
        assert!(leased("ada", Some("a-1")).to_string().ends_with(", and attempt a-1 is in it"));
        assert!(
            aside(&["a bill"], Some("a-1")).to_string().ends_with(": a bill; attempt a-1 is still in it")
        );
        let older = r#"{ "state": "leased", "by": "ada", "since": "1970-01-01T00:00:00Z" }"#;
        assert_eq!(serde_json::from_str::<Turn>(older).unwrap(), leased("ada", None));
    }
}
