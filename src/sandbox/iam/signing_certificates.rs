use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::State;
use super::users::named_or_caller;
use super::{account, certificate, fault, paging, validate};
use crate::sandbox::ServiceError;

/// How many certificates a user may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST: usize = 2;
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A certificate with which a user signs requests to a service that still takes SOAP.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SigningCertificate {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) active: bool,
    /// In seconds since the epoch.
    pub(super) uploaded: i64,
}

fn written(user: &str, certificate: &SigningCertificate) -> Value {
    json!({
        "UserName": user,
        "CertificateId": certificate.id,
        "CertificateBody": certificate.body,
        "Status": if certificate.active { "Active" } else { "Inactive" },
        "UploadDate": account::time(certificate.uploaded),
    })
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSigningCertificate.html>
pub(super) fn upload(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let body = validate::required(desk.parameters, "CertificateBody")?;
    validate::length(body, "certificateBody", 1, 16_384)?;
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user_mut(name)?;
    let read = certificate::parse(body).ok_or_else(|| {
        fault::new(
            400,
            "MalformedCertificate",
            "Unable to parse certificate. Please ensure the certificate is in PEM format.",
        )
    })?;
    if read.expires <= desk.now {
        return Err(fault::new(400, "InvalidCertificate", "The certificate has expired."));
    }
    if user.certificates.iter().any(|known| known.body.trim() == body.trim()) {
        let message = format!("The certificate is already associated with user {name}.");
        return Err(fault::new(409, "DuplicateCertificate", message));
    }
    if user.certificates.len() >= MOST {
        return Err(fault::quota("CertificatesPerUser", MOST));
    }
    let certificate = SigningCertificate {
        id: desk.random.characters(LETTERS, 32),
        body: body.to_owned(),
        active: true,
        uploaded: desk.now,
    };
    let answer = json!({"Certificate": written(name, &certificate)});
    user.certificates.push(certificate);
    Ok(answer)
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user(name)?;
    let items = user.certificates.iter().map(|certificate| written(name, certificate));
    paging::page_in_order(items.collect(), "Certificates", desk.parameters)
}

/// Finds the position of the certificate that a call names among those of its user.
fn position(state: &mut State, desk: &Desk<'_>) -> Result<(String, usize), ServiceError> {
    let id = validate::required(desk.parameters, "CertificateId")?;
    validate::length(id, "certificateId", 24, 128)?;
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user(name)?;
    let found = user.certificates.iter().position(|certificate| certificate.id == id);
    let missing = || fault::no_such_entity(format!("The Certificate with id {id} cannot be found."));
    Ok((name.to_owned(), found.ok_or_else(missing)?))
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    validate::required(desk.parameters, "Status")?;
    let status = validate::one_of(desk.parameters, "Status", &["Active", "Inactive"])?;
    let (name, index) = position(state, desk)?;
    state.account(desk.account).user_mut(&name)?.certificates[index].active = status == Some("Active");
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let (name, index) = position(state, desk)?;
    state.account(desk.account).user_mut(&name)?.certificates.remove(index);
    Ok(Value::Null)
}
