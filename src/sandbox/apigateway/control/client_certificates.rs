use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use super::ask::{wire, wire_with_tags};
use super::page::page;
use crate::sandbox::ServiceError;
use crate::sandbox::apigateway::entity::{ClientCertificate, Map};
use crate::sandbox::apigateway::fault::{bad_request, not_found};
use crate::sandbox::apigateway::state::Region;
use crate::sandbox::apigateway::{certificate, identifier, patch};

/// How long a certificate is good for.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/getting-started-client-side-ssl-authentication.html>
const VALID: SignedDuration = SignedDuration::from_hours(365 * 24);

#[derive(Debug, Deserialize)]
struct Input {
    description: Option<String>,
    tags: Option<Map<String>>,
}

/// Makes a certificate. Nobody needs its key: backends are called without it.
pub(super) fn generate(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let input: Input = ask.input()?;
    let expires: Timestamp = ask.now.saturating_add(VALID).unwrap_or(Timestamp::MAX);
    let (seed, serial) = (ask.random.bytes(), ask.random.bytes());
    let made = ClientCertificate {
        client_certificate_id: identifier::short(ask.random),
        description: input.description.filter(|text| !text.is_empty()),
        pem_encoded_certificate: certificate::self_signed("ApiGateway", &seed, serial, ask.now, expires),
        created_date: ask.now,
        expiration_date: expires,
        tags: input.tags.unwrap_or_default(),
    };
    let body = wire(&made)?;
    region.client_certificates.insert(made.client_certificate_id.clone(), made);
    Ok(body)
}

pub(super) fn get(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    wire_with_tags(found(region, ask)?)
}

pub(super) fn list(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let entries = region
        .client_certificates
        .iter()
        .map(|(id, one)| Ok((id.clone(), wire(one)?)))
        .collect::<Result<_, ServiceError>>()?;
    page(ask, entries)
}

pub(super) fn update(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let operations = ask.patches()?;
    let found = found(region, ask)?;
    *found = patch::apply(found, &operations, &patch::CLIENT_CERTIFICATE)?;
    wire_with_tags(found)
}

/// A certificate that a stage shows stays.
pub(super) fn delete(region: &mut Region, ask: &Ask<'_>) -> Result<Value, ServiceError> {
    let id = found(region, ask)?.client_certificate_id.clone();
    let mut stages = region.apis.values().flat_map(|api| api.stages.values());
    if let Some(stage) = stages.find(|stage| stage.client_certificate_id.as_ref() == Some(&id)) {
        return Err(bad_request(format!(
            "Client certificate {id} is in use by stage {}. Remove it from the stage first",
            stage.stage_name
        )));
    }
    region.client_certificates.shift_remove(&id);
    Ok(Value::Null)
}

/// Whether a stage may show a certificate.
pub(super) fn check(known: &Map<ClientCertificate>, id: Option<&str>) -> Result<(), ServiceError> {
    match id {
        Some(id) if !known.contains_key(id) => {
            Err(bad_request("Invalid client certificate identifier specified"))
        }
        _ => Ok(()),
    }
}

fn found<'a>(region: &'a mut Region, ask: &Ask<'_>) -> Result<&'a mut ClientCertificate, ServiceError> {
    region
        .client_certificates
        .get_mut(ask.path("clientcertificate_id"))
        .ok_or_else(|| not_found("Invalid client certificate identifier specified"))
}
