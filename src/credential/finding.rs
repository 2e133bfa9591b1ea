use serde::{Deserialize, Serialize};

/// What a credential is worth at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Valid,
    Expired,
    /// Its issuer took it back.
    Revoked,
    /// Its issuer gave out a newer one with the same id.
    Superseded,
    NotYetValid,
    /// Its proof or its shape is wrong, or something that is needed to tell could not be read.
    Unverifiable,
}

impl State {
    pub const ALL: [Self; 6] =
        [Self::Valid, Self::Expired, Self::Revoked, Self::Superseded, Self::NotYetValid, Self::Unverifiable];

    /// Returns the state's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
            Self::NotYetValid => "not yet valid",
            Self::Unverifiable => "unverifiable",
        }
    }

    /// Says in a sentence what that means.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Valid => {
                "It was issued by the issuer that it names, nobody changed it since, and it holds now."
            }
            Self::Expired => "It was issued by the issuer that it names, and its time is over.",
            Self::Revoked => "Its issuer took it back.",
            Self::Superseded => "Its issuer gave out a newer one in its place.",
            Self::NotYetValid => "It was issued by the issuer that it names, and its time has not come.",
            Self::Unverifiable => {
                "Do not rely on what it says: below stands what is wrong, or what could not be read."
            }
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `structure`, `proof`, `status`, `validity`, `evidence`, `rubric` or `score`.
    pub check: &'static str,
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Finding {
    pub(super) fn new(check: &'static str, outcome: Outcome) -> Self {
        Self { check, outcome }
    }
}

/// How that came out, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome", content = "words")]
pub enum Outcome {
    Holds(String),
    Broken(String),
    /// We could not look, which says nothing against the credential.
    Unknown(String),
}
