use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::score::{Result as Outcome, Scorecard};

/// A graded attempt as the credential tells of it: everything that `issue` needs, and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Award {
    /// Id of the attempt: letters, digits, `.`, `_` and `-`. At most one credential of an attempt is live.
    pub attempt: String,
    pub setting: Setting,
    pub recipient: Recipient,
    pub challenge: AwardedChallenge,
    /// As it was released.
    pub scorecard: Scorecard,
    /// When the clock started, after the readiness check.
    pub started: Timestamp,
    /// When the work was handed in, or the deadline.
    pub submitted: Timestamp,
    /// By the attempt's own clock: credited outages are taken off.
    pub minutes_used: u32,
    /// ISO 8601 duration for which the credential is valid, such as `P3Y`; `None`: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<String>,
    pub digests: Digests,
}

/// Who ran the attempt: whoever runs the program owns its clock and its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// On the candidate's own machine. No credential comes of it.
    Practice,
    /// On an issuer's host.
    Assessed,
}

/// Who earned it. An id or an e-mail address at least; the address goes out hashed only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recipient {
    /// A DID or another URI of the candidate's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that the credential shows, where the candidate wants one shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// What the scorecard does not say of its challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AwardedChallenge {
    /// What it takes, in a paragraph.
    pub description: String,
    /// 0: as many as it takes.
    pub minutes_allowed: u32,
    /// Nothing was put up: the candidate answered questions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub questions_only: bool,
}

/// SHA-256 of what the grade rests on, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Digests {
    /// Of the challenge's files, rubric among them: [`FileTree::digest`](crate::source::FileTree::digest).
    pub rubric: String,
    /// Of what was seen: [`Evidence::digest`](crate::evidence::Evidence::digest).
    pub evidence: String,
    /// Of the ledger's last entry, hence of all before it.
    pub ledger: String,
}

/// Why no credential comes of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "the attempt was a practice: credentials come of attempts on an issuer's host only, whose clock and records the candidate does not own"
    )]
    Practice,
    #[error("the grade is provisional: something could not be looked at; grade again first")]
    Provisional,
    #[error("the attempt did not pass")]
    Failed,
    /// The record contradicts itself, or misses something.
    #[error("the record of the attempt cannot be right: {0}")]
    Wrong(String),
}

impl Award {
    /// Says whether a credential may be issued for this, and if not, why.
    pub fn check(&self) -> Result<(), Refusal> {
        let wrong = |why: String| Err(Refusal::Wrong(why));
        let id_letters = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if self.attempt.is_empty() || self.attempt.len() > 128 || !self.attempt.chars().all(id_letters) {
            return wrong(format!("{:?} is no id of an attempt (letters, digits, and ._-)", self.attempt));
        }
        if self.setting == Setting::Practice {
            return Err(Refusal::Practice);
        }
        match self.scorecard.result {
            Outcome::Failed => return Err(Refusal::Failed),
            Outcome::Provisional => return Err(Refusal::Provisional),
            Outcome::Passed => {}
        }
        let score = self.scorecard.score;
        if score.low != score.high || score.high > self.scorecard.points {
            return wrong("a final score is one number within the points".to_owned());
        }
        let domains: BTreeSet<&str> =
            self.scorecard.domains.iter().map(|domain| domain.id.as_str()).collect();
        if domains.len() != self.scorecard.domains.len() {
            return wrong("two domains have one id".to_owned());
        }
        if self.submitted < self.started {
            return wrong("it was submitted before it started".to_owned());
        }
        match &self.recipient {
            Recipient { id: None, email: None, .. } => {
                return wrong("its recipient has neither an id nor an e-mail address".to_owned());
            }
            Recipient { id: Some(id), .. } if !is_uri(id) => {
                return wrong(format!("the recipient's id {id:?} is no URI, such as did:example:ada"));
            }
            Recipient { email: Some(email), .. } if !email.contains('@') => {
                return wrong("the recipient's e-mail address is none".to_owned());
            }
            Recipient { .. } => {}
        }
        let Digests { rubric, evidence, ledger } = &self.digests;
        for (name, digest) in [("rubric", rubric), ("evidence", evidence), ("ledger", ledger)] {
            if digest.len() != 64 || !digest.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
                return wrong(format!("its digest of the {name} is no SHA-256"));
            }
        }
        Ok(())
    }
}

/// Whether a text is an absolute URI, as far as its scheme tells. <https://www.rfc-editor.org/rfc/rfc3986#section-3>
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_letters = scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme_letters
        && !rest.is_empty()
        && rest.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::super::sample::award;
    use super::*;
    use crate::challenge::Points;

    fn refused(change: impl FnOnce(&mut Award)) -> Refusal {
        let mut award = award();
        change(&mut award);
        award.check().unwrap_err()
    }

    #[test]
    fn only_a_final_pass_on_an_issuers_host_is_awarded() {
        assert_eq!(award().check(), Ok(()));
        assert_eq!(refused(|award| award.setting = Setting::Practice), Refusal::Practice);
        assert_eq!(refused(|award| award.scorecard.result = Outcome::Failed), Refusal::Failed);
        assert_eq!(refused(|award| award.scorecard.result = Outcome::Provisional), Refusal::Provisional);
    }

    #[test]
    fn a_record_that_cannot_be_right_is_refused() {
        let words = |refusal: Refusal| match refusal {
            Refusal::Wrong(why) => why,
            other => panic!("{other}"),
        };
        assert!(words(refused(|award| award.attempt = "../a".to_owned())).contains("no id"));
        assert!(words(refused(|award| award.scorecard.score.low = Points(1))).contains("one number"));
        assert!(
            words(refused(|award| award.submitted = Timestamp::UNIX_EPOCH)).contains("before it started")
        );
        assert!(words(refused(|award| award.recipient.id = Some("ada".to_owned()))).contains("no URI"));
        assert!(words(refused(|award| award.digests.ledger = "00".to_owned())).contains("ledger"));
        let nobody = Recipient { id: None, name: None, email: None };
        assert!(words(refused(|award| award.recipient = nobody)).contains("neither"));
    }

    #[test]
    fn an_award_is_read_from_its_json() {
        let text = serde_json::to_string(&award()).unwrap();
        assert_eq!(serde_json::from_str::<Award>(&text).unwrap(), award());
        let more = text.replacen('{', "{\"rank\":1,", 1);
        assert!(serde_json::from_str::<Award>(&more).is_err());
    }

    #[test]
    fn uris_are_told_from_words() {
        for uri in ["did:example:ada", "urn:uuid:1", "https://x/y#z", "mailto:a@b"] {
            assert!(is_uri(uri), "{uri}");
        }
        for word in ["ada", "", ":x", "did:", "1x:y", "https://a b", "x:<y>"] {
            assert!(!is_uri(word), "{word}");
        }
    }
}
