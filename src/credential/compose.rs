use jiff::{Span, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::award::{Award, Refusal};
use super::model::{
    Achieved, Achievement, AchievementSubject, Criteria, Evidence, IdentityObject, Image, OpenBadge, Profile,
    ResultDescription, StatusEntry,
};
use super::vocabulary::{CREDENTIALS, EXTENSIONS, OPEN_BADGES};
use crate::challenge::Points;
use crate::score::{HIGHEST, LOWEST};

/// Who issues, as credentials and pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuerProfile {
    /// A `did:web` or a `did:key`.
    pub id: String,
    pub name: String,
    /// Where the site is published, without a slash at its end. Without one nothing can be revoked for others to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// What one issuance adds to an award: drawn and read from the clock once, then kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuance {
    /// UUID of the credential.
    pub uuid: String,
    /// Its entry in the status list.
    pub index: u64,
    /// What the hash of an e-mail address is salted with.
    pub salt: String,
    pub at: Timestamp,
    /// When the first credential of this id was issued.
    pub awarded: Timestamp,
}

impl IssuerProfile {
    /// Returns the address of the status list.
    pub fn status_url(&self) -> Option<String> {
        self.site.as_ref().map(|site| format!("{site}/status/1"))
    }

    fn page(&self, uuid: &str) -> Option<String> {
        self.site.as_ref().map(|site| format!("{site}/p/{uuid}/"))
    }

    /// The profile as credentials hold it.
    pub(super) fn profile(&self) -> Profile {
        Profile {
            id: self.id.clone(),
            types: vec!["Profile".to_owned()],
            name: Some(self.name.clone()),
            url: self.site.clone(),
        }
    }
}

/// Writes the credential of an award, still unsigned. The same input gives the same bytes.
pub fn compose(award: &Award, issuer: &IssuerProfile, issuance: &Issuance) -> Result<Value, Refusal> {
    award.check()?;
    let valid_until = award.validity.as_deref().map(|validity| end(issuance.at, validity)).transpose()?;
    let badge = OpenBadge {
        contexts: [CREDENTIALS, OPEN_BADGES, EXTENSIONS].map(str::to_owned).to_vec(),
        id: format!("urn:uuid:{}", issuance.uuid),
        types: ["VerifiableCredential", "OpenBadgeCredential"].map(str::to_owned).to_vec(),
        issuer: issuer.profile(),
        valid_from: seconds(issuance.at),
        valid_until: valid_until.map(seconds),
        awarded_date: Some(seconds(issuance.awarded)),
        name: Some(award.scorecard.title.clone()),
        credential_subject: subject(award, issuer, issuance),
        evidence: evidence(award, issuer, issuance),
        credential_status: issuer.status_url().map(|url| StatusEntry {
            id: format!("{url}#{}", issuance.index),
            kind: "BitstringStatusListEntry".to_owned(),
            status_purpose: Some("revocation".to_owned()),
            status_list_index: Some(issuance.index.to_string()),
            status_list_credential: Some(url),
        }),
    };
    serde_json::to_value(badge).map_err(|error| Refusal::Wrong(error.to_string()))
}

fn subject(award: &Award, issuer: &IssuerProfile, issuance: &Issuance) -> AchievementSubject {
    let recipient = &award.recipient;
    let identity = |kind: &str, hashed: bool, salt: Option<&str>, hash: String| IdentityObject {
        kind: "IdentityObject".to_owned(),
        identity_type: kind.to_owned(),
        hashed,
        salt: salt.map(str::to_owned),
        identity_hash: hash,
    };
    let email = recipient.email.as_ref().map(|email| {
        let salt = issuance.salt.as_str();
        let digest = hex::encode(Sha256::digest(format!("{}{salt}", email.trim().to_lowercase())));
        identity("emailAddress", true, Some(salt), format!("sha256${digest}"))
    });
    let name = recipient.name.as_ref().map(|name| identity("name", false, None, name.clone()));
    let achievement = achievement(award, issuer);
    let result =
        award.scorecard.domains.iter().map(|domain| (format!("domain-{}", domain.id), domain.score.low));
    let points = ("points".to_owned(), award.scorecard.score.low);
    let scaled = ("score".to_owned(), award.scorecard.scaled().0.to_string());
    let result = [points].into_iter().chain(result).map(|(name, points)| (name, points.to_string()));
    let result = [scaled].into_iter().chain(result).map(|(name, value)| Achieved {
        types: vec!["Result".to_owned()],
        result_description: Some(format!("{}-{name}", fragment_base(&achievement.id))),
        value: Some(value),
    });
    AchievementSubject {
        id: recipient.id.clone(),
        types: vec!["AchievementSubject".to_owned()],
        activity_start_date: Some(seconds(award.started)),
        activity_end_date: Some(seconds(award.submitted)),
        identifier: name.into_iter().chain(email).collect(),
        result: result.collect(),
        achievement,
    }
}

fn achievement(award: &Award, issuer: &IssuerProfile) -> Achievement {
    let card = &award.scorecard;
    let id = match &issuer.site {
        Some(site) => format!("{site}/a/{}/", card.challenge),
        None => format!("{}#{}", issuer.id, card.challenge),
    };
    let mark = Points(
        u32::try_from((u64::from(card.points.0) * u64::from(card.pass_mark)).div_ceil(10_000))
            .unwrap_or(u32::MAX),
    );
    let narrative = format!(
        "{} {mark} of {} points are needed ({} % of them), which is {} on a scale of {LOWEST} to {HIGHEST}.",
        conditions(award),
        card.points,
        Points(card.pass_mark),
        card.scaled_cut,
    );
    let described =
        |name: &str, title: &str, kind: &str, least: u32, most: String, required: Option<String>| {
            ResultDescription {
                id: format!("{}-{name}", fragment_base(&id)),
                types: vec!["ResultDescription".to_owned()],
                name: title.to_owned(),
                result_type: kind.to_owned(),
                value_min: Some(least.to_string()),
                value_max: Some(most),
                required_value: required,
            }
        };
    let cut = card.scaled_cut.to_string();
    let mut descriptions = vec![
        described("score", "Scaled score", "ScaledScore", LOWEST, HIGHEST.to_string(), Some(cut)),
        described("points", "Points", "RawScore", 0, card.points.to_string(), Some(mark.to_string())),
    ];
    descriptions.extend(card.domains.iter().map(|domain| {
        let name = format!("domain-{}", domain.id);
        described(&name, &domain.title, "RawScore", 0, domain.points.to_string(), None)
    }));
    Achievement {
        image: issuer.site.as_ref().map(|_| Image {
            id: format!("{id}badge.png"),
            kind: "Image".to_owned(),
            caption: Some(format!("A badge that reads {}", card.title)),
        }),
        criteria: Criteria { id: issuer.site.as_ref().map(|_| id.clone()), narrative: Some(narrative) },
        types: vec!["Achievement".to_owned()],
        achievement_type: Some("MicroCredential".to_owned()),
        version: Some(card.release.clone()),
        name: card.title.clone(),
        description: award.challenge.description.clone(),
        tag: card.domains.iter().map(|domain| domain.title.clone()).collect(),
        result_description: descriptions,
        id,
    }
}

/// Result descriptions are fragments of the achievement; one that has a fragment itself goes on from there.
fn fragment_base(achievement: &str) -> String {
    if achievement.contains('#') { achievement.to_owned() } else { format!("{achievement}#result") }
}

/// Three digests, in a term that every context defines: an invented key would not be signed.
fn evidence(award: &Award, issuer: &IssuerProfile, issuance: &Issuance) -> Vec<Evidence> {
    let page = issuer.page(&issuance.uuid);
    let one = |name: &str, genre: &str, digest: &str, narrative: String| Evidence {
        id: page.as_ref().map(|page| format!("{page}#{genre}")),
        types: vec!["Evidence".to_owned()],
        name: Some(name.to_owned()),
        genre: Some(genre.to_owned()),
        description: Some(format!("sha256:{digest}")),
        narrative: Some(narrative),
    };
    let (card, digests) = (&award.scorecard, &award.digests);
    vec![
        one(
            "Evidence archive",
            "evidence",
            &digests.evidence,
            "What the AWS APIs said and how the system behaved when the work was handed in. The score follows from it and the rubric alone."
                .to_owned(),
        ),
        one(
            "Rubric",
            "rubric",
            &digests.rubric,
            format!("The challenge {} in its release {}: its tasks, checks and points.", card.challenge, card.release),
        ),
        one(
            "Ledger of the attempt",
            "ledger",
            &digests.ledger,
            format!(
                "The last entry of the hash-chained record of attempt {}: {}{} minutes were used, unproctored, on the issuer's host.",
                award.attempt,
                award.minutes_used,
                match award.challenge.minutes_allowed {
                    0 => String::new(),
                    allowed => format!(" of {allowed}"),
                }
            ),
        ),
    ]
}

/// Returns a moment to the second, in UTC.
pub(super) fn seconds(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// Adds an ISO 8601 duration by the calendar, in UTC.
fn end(at: Timestamp, validity: &str) -> Result<Timestamp, Refusal> {
    let wrong = |why: &dyn std::fmt::Display| Refusal::Wrong(format!("its validity {validity:?}: {why}"));
    let span: Span = validity.parse().map_err(|error: jiff::Error| wrong(&error))?;
    let end = at.to_zoned(TimeZone::UTC).checked_add(span).map_err(|error| wrong(&error))?.timestamp();
    if end <= at {
        return Err(wrong(&"it would end before it began"));
    }
    Ok(end)
}

/// Under which conditions it was taken, and how it is judged.
fn conditions(award: &Award) -> String {
    let time = match award.challenge.minutes_allowed {
        0 => "without a limit of time".to_owned(),
        minutes => format!("{minutes} minutes"),
    };
    if award.challenge.questions_only {
        return format!("An assessment by questions, {time}, unproctored, on the candidate's own computer.");
    }
    format!(
        "A hands-on assessment in a running cloud environment, {time}, unproctored, on the candidate's own computer with the ordinary AWS tools. \
         Every task is checked by what the APIs say and by how the system behaves."
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::canonical::canonical;
    use super::super::sample::{award, issuance, key_issuer, web_issuer};
    use super::*;

    #[test]
    fn what_is_issued_keeps_the_rules_and_every_term_is_defined() {
        for issuer in [web_issuer(), key_issuer()] {
            let document = compose(&award(), &issuer, &issuance()).unwrap();
            OpenBadge::read(&document).unwrap();
            canonical(&document).unwrap();
            assert_eq!(document, compose(&award(), &issuer, &issuance()).unwrap());
        }
    }

    #[test]
    fn it_says_what_was_achieved_and_under_which_conditions() {
        let document = compose(&award(), &web_issuer(), &issuance()).unwrap();
        let subject = &document["credentialSubject"];
        let achievement = &subject["achievement"];
        assert_eq!(subject["result"][0]["value"], "875");
        assert_eq!(subject["result"][0]["resultDescription"], achievement["resultDescription"][0]["id"]);
        assert_eq!(achievement["resultDescription"][0]["requiredValue"], "750");
        assert_eq!(achievement["resultDescription"].as_array().unwrap().len(), 4);
        let criteria = achievement["criteria"]["narrative"].as_str().unwrap();
        assert!(
            criteria.contains("90 minutes, unproctored") && criteria.contains("40 of 50 points"),
            "{criteria}"
        );
        assert_eq!(document["validUntil"], "2029-02-28T10:00:00Z");
        assert_eq!(document["evidence"][0]["description"], format!("sha256:{}", "e".repeat(64)));
        assert!(document["evidence"][2]["narrative"].as_str().unwrap().contains("79 of 90 minutes"));
        assert_eq!(document["credentialStatus"]["statusListIndex"], "94567");
    }

    #[test]
    fn an_address_goes_out_hashed_only() {
        let document = compose(&award(), &web_issuer(), &issuance()).unwrap();
        let text = document.to_string();
        assert!(!text.to_lowercase().contains("ada@example.org"), "{text}");
        // printf 'ada@example.orgsalt' | sha256sum
        let hash = hex::encode(Sha256::digest("ada@example.orgsalt"));
        let identifier = &document["credentialSubject"]["identifier"][1];
        assert_eq!(identifier["identityHash"], format!("sha256${hash}"));
        assert_eq!(identifier["hashed"], json!(true));
    }

    #[test]
    fn a_validity_is_counted_by_the_calendar() {
        let at: Timestamp = "2028-02-29T00:00:00Z".parse().unwrap();
        assert_eq!(end(at, "P3Y").unwrap().to_string(), "2031-02-28T00:00:00Z");
        assert_eq!(end(at, "P90D").unwrap().to_string(), "2028-05-29T00:00:00Z");
        for wrong in ["3 potatoes", "-P1D", "PT0S"] {
            assert!(end(at, wrong).is_err(), "{wrong}");
        }
    }
}
