use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::{Account, State};
use super::{account, fault, tags, validate};
use crate::sandbox::ServiceError;

/// How long a provider's metadata counts, in seconds: 100 years, where it does not say.
const VALIDITY: i64 = 100 * 365 * 86_400;

/// An identity provider that speaks SAML 2.0.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SamlProvider {
    pub(super) metadata: String,
    pub(super) uuid: String,
    pub(super) encryption: Option<String>,
    pub(super) tags: Vec<(String, String)>,
    /// In seconds since the epoch.
    pub(super) created: i64,
}

/// Reads the metadata document; that it is XML with an entity descriptor is all that is checked of it.
fn metadata<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    let text = validate::required(desk.parameters, "SAMLMetadataDocument")?;
    let count = text.chars().count();
    if !(1000..=10_000_000).contains(&count) {
        let must = if count < 1000 {
            "have length greater than or equal to 1000"
        } else {
            "have length less than or equal to 10000000"
        };
        return Err(validate::constraint(text, "sAMLMetadataDocument", must));
    }
    let is_metadata = text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
        && text.contains("EntityDescriptor");
    if is_metadata { Ok(text) } else { Err(fault::invalid_input("Could not parse metadata")) }
}

fn encryption<'a>(desk: &'a Desk<'_>) -> Result<Option<&'a str>, ServiceError> {
    validate::one_of(desk.parameters, "AssertionEncryptionMode", &["Required", "Allowed"])
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html>
pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::required(desk.parameters, "Name")?;
    validate::length(name, "name", 1, 128)?;
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) {
        return Err(validate::constraint(name, "name", "satisfy regular expression pattern: [\\w._-]+"));
    }
    let metadata = metadata(desk)?.to_owned();
    let encryption = encryption(desk)?.map(str::to_owned);
    let tags = tags::sent(desk.parameters)?;
    let account = state.account(desk.account);
    let arn = format!("arn:aws:iam::{}:saml-provider/{name}", account.id);
    if account.saml_providers.contains_key(&arn) {
        return Err(fault::already_exists("SAMLProvider with the same name already exists."));
    }
    let answer = json!({"SAMLProviderArn": arn, "Tags": tags::written(&tags)});
    let uuid = desk.random.uuid();
    account.saml_providers.insert(arn, SamlProvider { metadata, uuid, encryption, tags, created: desk.now });
    Ok(answer)
}

fn arn<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    let arn = validate::required(desk.parameters, "SAMLProviderArn")?;
    validate::length(arn, "sAMLProviderArn", 20, 2048)?;
    Ok(arn)
}

/// Finds the provider that a call names by its ARN.
pub(super) fn named<'a>(
    account: &'a mut Account,
    desk: &Desk<'_>,
) -> Result<&'a mut SamlProvider, ServiceError> {
    let arn = arn(desk)?;
    account
        .saml_providers
        .get_mut(arn)
        .ok_or_else(|| fault::no_such_entity(format!("Manifest not found for arn {arn}")))
}

fn valid_until(provider: &SamlProvider) -> String {
    // The metadata's own `validUntil` counts, where it has one.
    let written = provider.metadata.split("validUntil=").nth(1).and_then(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next()?.parse::<Timestamp>().ok()
    });
    account::time(written.map_or(provider.created + VALIDITY, Timestamp::as_second))
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let provider = named(state.account(desk.account), desk)?;
    Ok(json!({
        "SAMLProviderUUID": provider.uuid,
        "SAMLMetadataDocument": provider.metadata,
        "CreateDate": account::time(provider.created),
        "ValidUntil": valid_until(provider),
        "Tags": tags::written(&provider.tags),
        "AssertionEncryptionMode": provider.encryption,
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of operations wants one signature")]
pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let providers = state.account(desk.account).saml_providers.iter();
    let list: Vec<Value> = providers
        .map(|(arn, provider)| {
            json!({
                "Arn": arn,
                "ValidUntil": valid_until(provider),
                "CreateDate": account::time(provider.created),
            })
        })
        .collect();
    Ok(json!({"SAMLProviderList": list}))
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arn = arn(desk)?;
    let sent = desk.parameters.get("SAMLMetadataDocument").map(|_| metadata(desk)).transpose()?;
    let encryption = encryption(desk)?;
    let provider = named(state.account(desk.account), desk)?;
    if let Some(sent) = sent {
        sent.clone_into(&mut provider.metadata);
    }
    if let Some(mode) = encryption {
        provider.encryption = Some(mode.to_owned());
    }
    Ok(json!({"SAMLProviderArn": arn}))
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    named(state.account(desk.account), desk)?;
    state.account(desk.account).saml_providers.remove(arn(desk)?);
    Ok(Value::Null)
}
