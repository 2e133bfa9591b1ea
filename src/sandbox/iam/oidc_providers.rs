use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::{Account, State};
use super::{account, fault, tags, validate};
use crate::sandbox::ServiceError;

/// How many client ids and how many thumbprints a provider may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_CLIENTS: usize = 100;
const MOST_THUMBPRINTS: usize = 5;

/// An identity provider that speaks OpenID Connect.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OidcProvider {
    /// Without its scheme, as IAM shows it.
    pub(super) url: String,
    pub(super) clients: Vec<String>,
    pub(super) thumbprints: Vec<String>,
    pub(super) tags: Vec<(String, String)>,
    /// In seconds since the epoch.
    pub(super) created: i64,
}

/// Takes a URL apart: host and path stand in the ARN, the query does not.
pub(super) fn place(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://")?;
    let place = rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/');
    let host = place.split('/').next().unwrap_or(place);
    (!host.is_empty() && !host.starts_with('.')).then_some((rest, place))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>
pub(super) fn create(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let url = validate::required(desk.parameters, "Url")?;
    let clients: Vec<&str> = desk.parameters.list("ClientIDList");
    let thumbprints: Vec<&str> = desk.parameters.list("ThumbprintList");
    let mut breaches = vec![];
    for client in &clients {
        breaches.extend(validate::breach_of_length(client, "clientIDList", 1, 255));
    }
    for thumbprint in &thumbprints {
        breaches.extend(validate::breach_of_length(thumbprint, "thumbprintList", 40, 40));
    }
    breaches.extend(validate::breach_of_length(url, "url", 1, 255));
    validate::no_breach(&breaches)?;
    let (shown, place) =
        place(url).ok_or_else(|| fault::validation("Invalid Open ID Connect Provider URL"))?;
    check_thumbprints(&thumbprints)?;
    if clients.len() > MOST_CLIENTS {
        return Err(fault::quota("ClientIdsPerOpenIdConnectProvider", MOST_CLIENTS));
    }
    let tags = tags::sent(desk.parameters)?;
    let account = state.account(desk.account);
    let arn = format!("arn:aws:iam::{}:oidc-provider/{place}", account.id);
    if account.oidc_providers.contains_key(&arn) {
        return Err(fault::already_exists(format!("Provider with url {url} already exists.")));
    }
    let answer = json!({"OpenIDConnectProviderArn": arn, "Tags": tags::written(&tags)});
    let provider = OidcProvider {
        url: shown.to_owned(),
        clients: owned(&clients),
        thumbprints: owned(&thumbprints),
        tags,
        created: desk.now,
    };
    account.oidc_providers.insert(arn, provider);
    Ok(answer)
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn check_thumbprints(thumbprints: &[&str]) -> Result<(), ServiceError> {
    if thumbprints.len() > MOST_THUMBPRINTS {
        return Err(fault::invalid_input("Thumbprint list must contain fewer than 5 entries."));
    }
    let hexadecimal = |text: &&&str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match thumbprints.iter().find(|text| !hexadecimal(text)) {
        Some(wrong) => Err(fault::invalid_input(format!("Invalid thumbprint: {wrong}"))),
        None => Ok(()),
    }
}

/// Finds the provider that a call names by its ARN.
pub(super) fn named<'a>(
    account: &'a mut Account,
    desk: &Desk<'_>,
) -> Result<&'a mut OidcProvider, ServiceError> {
    let arn = arn(desk)?;
    account
        .oidc_providers
        .get_mut(arn)
        .ok_or_else(|| fault::no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}")))
}

fn arn<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    let arn = validate::required(desk.parameters, "OpenIDConnectProviderArn")?;
    validate::length(arn, "openIDConnectProviderArn", 20, 2048)?;
    Ok(arn)
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let provider = named(state.account(desk.account), desk)?;
    Ok(json!({
        "Url": provider.url,
        "ClientIDList": provider.clients,
        "ThumbprintList": provider.thumbprints,
        "CreateDate": account::time(provider.created),
        "Tags": tags::written(&provider.tags),
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of operations wants one signature")]
pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let arns = state.account(desk.account).oidc_providers.keys();
    let list: Vec<Value> = arns.map(|arn| json!({"Arn": arn})).collect();
    Ok(json!({"OpenIDConnectProviderList": list}))
}

/// Deletes; it is no error where there is none.
pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    state.account(desk.account).oidc_providers.remove(arn(desk)?);
    Ok(Value::Null)
}

pub(super) fn update_thumbprints(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let thumbprints = desk.parameters.list("ThumbprintList");
    for thumbprint in &thumbprints {
        validate::length(thumbprint, "thumbprintList", 40, 40)?;
    }
    check_thumbprints(&thumbprints)?;
    named(state.account(desk.account), desk)?.thumbprints = owned(&thumbprints);
    Ok(Value::Null)
}

pub(super) fn add_client(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let client = client(desk)?;
    let provider = named(state.account(desk.account), desk)?;
    // To add one that is there is no error.
    if !provider.clients.iter().any(|known| known == client) {
        if provider.clients.len() >= MOST_CLIENTS {
            return Err(fault::quota("ClientIdsPerOpenIdConnectProvider", MOST_CLIENTS));
        }
        provider.clients.push(client.to_owned());
    }
    Ok(Value::Null)
}

pub(super) fn remove_client(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let client = client(desk)?;
    named(state.account(desk.account), desk)?.clients.retain(|known| known != client);
    Ok(Value::Null)
}

fn client<'a>(desk: &'a Desk<'_>) -> Result<&'a str, ServiceError> {
    let client = validate::required(desk.parameters, "ClientID")?;
    validate::length(client, "clientID", 1, 255)?;
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_known_by_host_and_path() {
        assert_eq!(place("https://a.example/b?c=d").unwrap(), ("a.example/b?c=d", "a.example/b"));
        assert_eq!(place("https://a.example/").unwrap().1, "a.example");
        for wrong in ["http://a.example", "a.example", "https://", "ftp://a.example", "https://?x"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
