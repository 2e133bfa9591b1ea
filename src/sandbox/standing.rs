use crate::policy::Principal;

/// Who may still do something in a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Everybody whom the policies let.
    #[default]
    Running,
    /// The administrators of the accounts only: no user, no session, no role of a function, nobody without a signature, and no
    /// deployed API.
    Frozen,
    /// The administrators, and what they set off: roles of functions and deployed APIs work again, candidates do not.
    Probing,
    /// The administrators, and they may only look.
    Evidence,
}

impl Standing {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "running" => Self::Running,
            "frozen" => Self::Frozen,
            "probing" => Self::Probing,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Frozen => "frozen",
            Self::Probing => "probing",
            Self::Evidence => "evidence",
        }
    }

    pub(super) fn number(self) -> u8 {
        match self {
            Self::Running => 0,
            Self::Frozen => 1,
            Self::Probing => 2,
            Self::Evidence => 3,
        }
    }

    pub(super) fn of_number(number: u8) -> Self {
        match number {
            0 => Self::Running,
            1 => Self::Frozen,
            2 => Self::Probing,
            _ => Self::Evidence,
        }
    }

    /// Whether the policies of a principal are asked at all. `administrator`: whether it is one of the account's own.
    pub(super) fn admits(self, principal: &Principal, administrator: bool) -> bool {
        match self {
            Self::Running => true,
            // Services act on what happened before; whom they act for is asked by itself.
            Self::Frozen | Self::Evidence => administrator || matches!(principal, Principal::Service { .. }),
            Self::Probing => {
                administrator || matches!(principal, Principal::Service { .. } | Principal::Session { .. })
            }
        }
    }

    /// Whether deployed APIs and function URLs answer.
    pub(super) fn opens_entrances(self) -> bool {
        matches!(self, Self::Running | Self::Probing)
    }
}
