use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is in the ledger, and nothing of it is anywhere else.
    Created,
    /// The scenario is put up.
    Provisioning,
    /// The scenario stands, and was found to be as it must.
    Ready,
    /// The candidate works; the clock goes.
    Running,
    /// Nobody but the grader gets in any more.
    Frozen,
    /// There is a result, and the evidence for it.
    Graded,
    /// What it ran on is given back.
    Released,
    /// It does not count.
    Void,
}

impl State {
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::Provisioning,
        Self::Ready,
        Self::Running,
        Self::Frozen,
        Self::Graded,
        Self::Released,
        Self::Void,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Provisioning => "provisioning",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Frozen => "frozen",
            Self::Graded => "graded",
            Self::Released => "released",
            Self::Void => "void",
        }
    }

    /// Returns the state that follows when all goes as it should.
    pub fn next(self) -> Option<Self> {
        Some(match self {
            Self::Created => Self::Provisioning,
            Self::Provisioning => Self::Ready,
            Self::Ready => Self::Running,
            Self::Running => Self::Frozen,
            Self::Frozen => Self::Graded,
            Self::Graded => Self::Released,
            Self::Released | Self::Void => return None,
        })
    }

    /// Whether an attempt may go from here to there: one step on, or into the void; and to where it is, for a step that is
    /// taken again.
    pub fn leads_to(self, wanted: Self) -> bool {
        self == wanted || self.next() == Some(wanted) || wanted == Self::Void
    }

    /// Whether nothing more happens to it by itself.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Graded | Self::Released | Self::Void)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| format!("no state is called `{text}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_follow_one_another_and_the_void_is_open_to_all() {
        let mut state = State::Created;
        let mut way = vec![state];
        while let Some(next) = state.next() {
            assert!(state.leads_to(next) && !next.leads_to(state));
            state = next;
            way.push(state);
        }
        assert_eq!(way, State::ALL[..7]);
        assert!(State::ALL.iter().all(|state| state.leads_to(State::Void)));
        assert!(!State::Created.leads_to(State::Running));
        assert!(!State::Void.leads_to(State::Running));
    }

    #[test]
    fn names_are_read_back() {
        for state in State::ALL {
            assert_eq!(state.name().parse(), Ok(state));
        }
        assert!("runing".parse::<State>().is_err());
    }
}
