use serde_json::{Value, json};

use super::identity::Kind;
use super::operations::{About, Desk};
use super::state::State;
use super::{fault, paging, validate};
use crate::sandbox::ServiceError;
use crate::sandbox::query::Parameters;

/// How many tags an entity may have.
const MOST: usize = 50;

/// Writes tags as most answers have them: nothing where there is none.
pub(super) fn written(tags: &[(String, String)]) -> Value {
    if tags.is_empty() { Value::Null } else { listed(tags) }
}

/// Writes tags, an empty list where there is none.
pub(super) fn listed(tags: &[(String, String)]) -> Value {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

/// Reads and checks the tags that a call sends.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>
pub(super) fn sent(parameters: &Parameters) -> Result<Vec<(String, String)>, ServiceError> {
    let mut tags: Vec<(String, String)> = vec![];
    let structures = parameters.structures("Tags");
    if structures.len() > MOST {
        return Err(validate::constraint(
            &format!("[{} tags]", structures.len()),
            "tags",
            &format!("have length less than or equal to {MOST}"),
        ));
    }
    for (index, tag) in structures.iter().enumerate() {
        let at = format!("tags.{}.member", index + 1);
        let key = tag.get("Key").unwrap_or_default();
        let value = tag.get("Value").unwrap_or_default();
        check_key(key, &format!("{at}.key"))?;
        if value.chars().count() > 256 {
            let must = "have length less than or equal to 256";
            return Err(validate::constraint(value, &format!("{at}.value"), must));
        }
        if !value.chars().all(is_tag_character) {
            return Err(pattern(value, &format!("{at}.value"), '*'));
        }
        if tags.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
            return Err(fault::invalid_input(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    Ok(tags)
}

fn check_key(key: &str, at: &str) -> Result<(), ServiceError> {
    let count = key.chars().count();
    if count == 0 || count > 128 {
        let must = if count == 0 {
            "have length greater than or equal to 1"
        } else {
            "have length less than or equal to 128"
        };
        return Err(validate::constraint(key, at, must));
    }
    if !key.chars().all(is_tag_character) {
        return Err(pattern(key, at, '+'));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(fault::invalid_input("Tag keys with the prefix aws: are reserved for internal use."));
    }
    Ok(())
}

fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric() || character.is_whitespace() || "_.:/=+-@".contains(character)
}

fn pattern(value: &str, at: &str, repeat: char) -> ServiceError {
    let must = format!("satisfy regular expression pattern: [\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]{repeat}");
    validate::constraint(value, at, &must)
}

/// Returns the tags of what the operation is about.
fn tags_of<'a>(state: &'a mut State, desk: &Desk<'_>) -> Result<&'a mut Vec<(String, String)>, ServiceError> {
    let account = state.account(desk.account);
    Ok(match desk.about {
        About::OidcProvider => &mut super::oidc_providers::named(account, desk)?.tags,
        About::SamlProvider => &mut super::saml_providers::named(account, desk)?.tags,
        About::MfaDevice => &mut super::mfa_devices::named(account, desk)?.tags,
        About::ServerCertificate => &mut super::server_certificates::named(account, desk)?.tags,
        About::Identity(kind) => {
            let name = validate::required(desk.parameters, kind.parameter())?;
            &mut account.identity_mut(kind, name)?.tags
        }
        About::Policy => {
            let arn = validate::required(desk.parameters, "PolicyArn")?;
            let policy = account.policies.get_mut(arn);
            &mut policy.ok_or_else(|| fault::no_such_entity(format!("Policy {arn} was not found.")))?.tags
        }
        _ => {
            let name = validate::required(desk.parameters, "InstanceProfileName")?;
            let profile = account.profiles.get_mut(name);
            &mut profile
                .ok_or_else(|| fault::no_such_entity(format!("Instance Profile {name} cannot be found.")))?
                .tags
        }
    })
}

pub(super) fn tag(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let new = sent(desk.parameters)?;
    let tags = tags_of(state, desk)?;
    let mut merged = tags.clone();
    for (key, value) in new {
        match merged.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&key)) {
            Some(known) => *known = (key, value),
            None => merged.push((key, value)),
        }
    }
    if merged.len() > MOST {
        return Err(fault::limit_exceeded(format!(
            "The number of tags has reached the maximum limit. Cannot exceed quota for TagsPerEntity: {MOST}"
        )));
    }
    *tags = merged;
    Ok(Value::Null)
}

pub(super) fn untag(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let keys = desk.parameters.list("TagKeys");
    if keys.len() > MOST {
        return Err(validate::constraint(
            &format!("[{}]", keys.join(", ")),
            "tagKeys",
            &format!("have length less than or equal to {MOST}"),
        ));
    }
    for (index, key) in keys.iter().enumerate() {
        check_key(key, &format!("tagKeys.{}.member", index + 1))?;
    }
    tags_of(state, desk)?.retain(|(known, _)| !keys.iter().any(|key| key.eq_ignore_ascii_case(known)));
    Ok(Value::Null)
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let tags = match desk.about {
        // Reading is allowed on protected roles too.
        About::Identity(Kind::Role) => {
            let name = validate::required(desk.parameters, "RoleName")?;
            state.account(desk.account).role(name)?.identity.tags.clone()
        }
        _ => tags_of(state, desk)?.clone(),
    };
    // Tags keep the order in which they were set.
    let items = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
    paging::page_in_order(items.collect(), "Tags", desk.parameters)
}
