use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::award::is_uri;
use super::vocabulary::{CREDENTIALS, OPEN_BADGES};

/// An Open Badges 3.0 credential, without its proof: the fields that are issued, and those that the official schema asks of any.
///
/// <https://www.imsglobal.org/spec/ob/v3p0/#org-1edtech-ob-v3p0-achievementcredential-class>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenBadge {
    #[serde(rename = "@context")]
    pub contexts: Vec<String>,
    pub id: String,
    #[serde(rename = "type", deserialize_with = "many")]
    pub types: Vec<String>,
    pub issuer: Profile,
    pub valid_from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awarded_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub credential_subject: AchievementSubject,
    #[serde(default, deserialize_with = "many", skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_status: Option<StatusEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub id: String,
    #[serde(rename = "type", deserialize_with = "many")]
    pub types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AchievementSubject {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "type", deserialize_with = "many")]
    pub types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_start_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_end_date: Option<String>,
    #[serde(default, deserialize_with = "many", skip_serializing_if = "Vec::is_empty")]
    pub identifier: Vec<IdentityObject>,
    pub achievement: Achievement,
    #[serde(default, deserialize_with = "many", skip_serializing_if = "Vec::is_empty")]
    pub result: Vec<Achieved>,
}

/// Who a subject is, in another form than by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityObject {
    #[serde(rename = "type")]
    pub kind: String,
    pub identity_type: String,
    pub hashed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// `sha256$` and the digest of the identity followed by the salt, where it is hashed.
    pub identity_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Achievement {
    pub id: String,
    #[serde(rename = "type", deserialize_with = "many")]
    pub types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub achievement_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub name: String,
    pub description: String,
    pub criteria: Criteria,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    #[serde(default, deserialize_with = "many", skip_serializing_if = "Vec::is_empty")]
    pub tag: Vec<String>,
    #[serde(default, deserialize_with = "many", skip_serializing_if = "Vec::is_empty")]
    pub result_description: Vec<ResultDescription>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criteria {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// A kind of result that the achievement has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultDescription {
    pub id: String,
    #[serde(rename = "type", deserialize_with = "many")]
    pub types: Vec<String>,
    pub name: String,
    pub result_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_min: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_max: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_value: Option<String>,
}

/// A result that was achieved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Achieved {
    #[serde(rename = "type", deserialize_with = "many")]
    pub types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "type", deserialize_with = "many")]
    pub types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
}

/// Where to see whether a credential was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEntry {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_list_index: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_list_credential: Option<String>,
}

impl OpenBadge {
    /// Reads a credential and holds it against the rules of the official schema; says the first that it breaks.
    pub fn read(document: &Value) -> Result<Self, String> {
        let badge: Self = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        badge.rules()?;
        Ok(badge)
    }

    fn rules(&self) -> Result<(), String> {
        let starts = |at: usize, context: &str| self.contexts.get(at).is_some_and(|one| one == context);
        if !starts(0, CREDENTIALS) || !starts(1, OPEN_BADGES) {
            return Err(format!("its @context must begin with {CREDENTIALS} and {OPEN_BADGES}"));
        }
        let has = |types: &[String], wanted: &str| types.iter().any(|one| one == wanted);
        let badge = has(&self.types, "OpenBadgeCredential") || has(&self.types, "AchievementCredential");
        if !has(&self.types, "VerifiableCredential") || !badge {
            return Err("its type is not VerifiableCredential and OpenBadgeCredential".to_owned());
        }
        let subject = &self.credential_subject;
        let achievement = &subject.achievement;
        for (whose, types, wanted) in [
            ("issuer", &self.issuer.types, "Profile"),
            ("credentialSubject", &subject.types, "AchievementSubject"),
            ("achievement", &achievement.types, "Achievement"),
        ] {
            if !has(types, wanted) {
                return Err(format!("the type of its {whose} is not {wanted}"));
            }
        }
        let described = achievement.result_description.iter();
        let ids = [("id", &self.id), ("issuer.id", &self.issuer.id), ("achievement.id", &achievement.id)];
        let more = [
            ("credentialSubject.id", subject.id.as_ref()),
            ("criteria.id", achievement.criteria.id.as_ref()),
        ];
        let statuses = self.credential_status.iter().map(|status| ("credentialStatus.id", &status.id));
        let ids = ids.into_iter().chain(more.into_iter().filter_map(|(name, id)| Some((name, id?))));
        let ids = ids.chain(statuses).chain(described.clone().map(|one| ("resultDescription.id", &one.id)));
        for (name, id) in ids {
            if !is_uri(id) {
                return Err(format!("its {name} {id:?} is no URI"));
            }
        }
        if subject.id.is_none() && subject.identifier.is_empty() {
            return Err("its subject has neither an id nor an identifier".to_owned());
        }
        if achievement.criteria.id.is_none() && achievement.criteria.narrative.is_none() {
            return Err("its criteria have neither an id nor a narrative".to_owned());
        }
        for result in &subject.result {
            let known = |id: &String| described.clone().any(|one| one.id == *id);
            if let Some(id) = result.result_description.as_ref().filter(|id| !known(id)) {
                return Err(format!("a result is of {id}, which the achievement does not describe"));
            }
        }
        let dates = [("validFrom", Some(&self.valid_from)), ("validUntil", self.valid_until.as_ref())];
        for (name, date) in dates.into_iter().chain([("awardedDate", self.awarded_date.as_ref())]) {
            if let Some(date) = date {
                moment(date).map_err(|()| format!("its {name} {date:?} is no date with a time zone"))?;
            }
        }
        Ok(())
    }
}

/// Reads a date-time with its zone, as RFC 3339 has it.
pub(super) fn moment(text: &str) -> Result<Timestamp, ()> {
    text.parse().map_err(|_| ())
}

/// Reads one value as a list of one: JSON-LD does not tell the two apart.
fn many<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        one => vec![one],
    };
    values.into_iter().map(|value| serde_json::from_value(value).map_err(serde::de::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::unsigned;
    use super::*;

    fn broken(change: impl FnOnce(&mut Value)) -> String {
        let mut document = unsigned();
        change(&mut document);
        OpenBadge::read(&document).unwrap_err()
    }

    #[test]
    fn a_badge_reads_back_as_it_was_written() {
        let badge = OpenBadge::read(&unsigned()).unwrap();
        assert_eq!(serde_json::to_value(badge).unwrap(), unsigned());
    }

    #[test]
    fn each_rule_of_the_schema_is_held() {
        let remove = |pointer: &'static str, field: &'static str| {
            move |document: &mut Value| {
                document.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(field).unwrap();
            }
        };
        for field in ["id", "type", "issuer", "validFrom", "credentialSubject", "@context"] {
            assert!(broken(remove("", field)).contains(field), "{field}");
        }
        for field in ["id", "type", "name", "description", "criteria"] {
            assert!(broken(remove("/credentialSubject/achievement", field)).contains(field), "{field}");
        }
        for field in ["id", "type", "name", "resultType"] {
            let at = "/credentialSubject/achievement/resultDescription/0";
            assert!(broken(remove(at, field)).contains(field), "{field}");
        }
        for (pointer, value, words) in [
            ("/@context/1", json!("https://example.org"), "@context"),
            ("/type", json!(["VerifiableCredential"]), "OpenBadgeCredential"),
            ("/issuer/type", json!("Person"), "Profile"),
            ("/id", json!("badge-1"), "no URI"),
            ("/validFrom", json!("2026-01-10"), "time zone"),
            ("/validFrom", json!("2026-01-10T09:00:00"), "time zone"),
            ("/credentialSubject/achievement/criteria", json!({}), "criteria"),
            ("/credentialSubject/result/0/resultDescription", json!("urn:x:y"), "does not describe"),
        ] {
            let complaint = broken(|document| *document.pointer_mut(pointer).unwrap() = value);
            assert!(complaint.contains(words), "{pointer}: {complaint}");
        }
        let nobody = broken(|document| {
            let subject = document["credentialSubject"].as_object_mut().unwrap();
            subject.remove("id");
            subject.remove("identifier");
        });
        assert!(nobody.contains("neither"), "{nobody}");
    }
}
