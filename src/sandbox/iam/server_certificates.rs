use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::{Account, State};
use super::{account, certificate, fault, ids, paging, tags, validate};
use crate::sandbox::ServiceError;

/// How many certificates an account may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST: usize = 20;

/// A certificate for a load balancer or the like. Its private key never comes out again, so it is not kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ServerCertificate {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) id: String,
    pub(super) body: String,
    pub(super) chain: Option<String>,
    pub(super) tags: Vec<(String, String)>,
    /// Both in seconds since the epoch.
    pub(super) uploaded: i64,
    pub(super) expires: i64,
}

fn written(account: &Account, certificate: &ServerCertificate) -> Value {
    json!({
        "Path": certificate.path,
        "ServerCertificateName": certificate.name,
        "ServerCertificateId": certificate.id,
        "Arn": account.certificate_arn(certificate),
        "UploadDate": account::time(certificate.uploaded),
        "Expiration": account::time(certificate.expires),
    })
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html>
pub(super) fn upload(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "ServerCertificateName")?;
    let path = validate::path(desk.parameters, "Path")?;
    let body = validate::required(desk.parameters, "CertificateBody")?;
    validate::length(body, "certificateBody", 1, 16_384)?;
    let key = validate::required(desk.parameters, "PrivateKey")?;
    validate::length(key, "privateKey", 1, 16_384)?;
    let chain = desk.parameters.get("CertificateChain");
    let tags = tags::sent(desk.parameters)?;
    let malformed = |what: &str| {
        let message = format!("Unable to parse {what}. Please ensure the {what} is in PEM format.");
        fault::new(400, "MalformedCertificate", message)
    };
    let read = certificate::parse(body).ok_or_else(|| malformed("certificate"))?;
    if !(key.trim_start().starts_with("-----BEGIN ") && key.contains("PRIVATE KEY-----")) {
        return Err(malformed("key"));
    }
    if chain.is_some_and(|chain| !certificate::is_chain(chain)) {
        return Err(malformed("certificate chain"));
    }
    let account = state.account(desk.account);
    if is_taken(account, name) {
        return Err(taken(name));
    }
    if account.server_certificates.len() >= MOST {
        return Err(fault::quota("ServerCertificatesPerAccount", MOST));
    }
    let certificate = ServerCertificate {
        name: name.to_owned(),
        path: path.to_owned(),
        id: ids::unique_id("ASCA", desk.random),
        body: body.to_owned(),
        chain: chain.map(str::to_owned),
        tags,
        uploaded: desk.now,
        expires: read.expires,
    };
    let answer = json!({
        "ServerCertificateMetadata": written(account, &certificate),
        "Tags": tags::written(&certificate.tags),
    });
    account.server_certificates.insert(name.to_owned(), certificate);
    Ok(answer)
}

fn is_taken(account: &Account, name: &str) -> bool {
    account.server_certificates.keys().any(|known| known.eq_ignore_ascii_case(name))
}

fn taken(name: &str) -> ServiceError {
    fault::already_exists(format!("The Server Certificate with name {name} already exists."))
}

/// Finds the certificate that a call names.
pub(super) fn named<'a>(
    account: &'a mut Account,
    desk: &Desk<'_>,
) -> Result<&'a mut ServerCertificate, ServiceError> {
    let name = validate::name(desk.parameters, "ServerCertificateName")?;
    account.server_certificates.get_mut(name).ok_or_else(|| {
        fault::no_such_entity(format!("The Server Certificate with name {name} cannot be found."))
    })
}

pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let certificate = named(account, desk)?.clone();
    Ok(json!({"ServerCertificate": {
        "ServerCertificateMetadata": written(account, &certificate),
        "CertificateBody": certificate.body,
        "CertificateChain": certificate.chain,
        "Tags": tags::written(&certificate.tags),
    }}))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let prefix = validate::path_prefix(desk.parameters)?;
    let account = state.account(desk.account);
    let all = account.server_certificates.values().filter(|certificate| certificate.path.starts_with(prefix));
    let items = all.map(|certificate| (certificate.name.clone(), written(account, certificate)));
    paging::page(items.collect(), "ServerCertificateMetadataList", desk.parameters)
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let new_name = match desk.parameters.get("NewServerCertificateName") {
        Some(_) => Some(validate::name(desk.parameters, "NewServerCertificateName")?),
        None => None,
    };
    let new_path =
        desk.parameters.get("NewPath").map(|_| validate::path(desk.parameters, "NewPath")).transpose()?;
    let account = state.account(desk.account);
    let mut certificate = named(account, desk)?.clone();
    if let Some(new_name) = new_name.filter(|new_name| *new_name != certificate.name) {
        if is_taken(account, new_name) {
            return Err(taken(new_name));
        }
        account.server_certificates.remove(&certificate.name);
        new_name.clone_into(&mut certificate.name);
    }
    if let Some(path) = new_path {
        path.clone_into(&mut certificate.path);
    }
    account.server_certificates.insert(certificate.name.clone(), certificate);
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let account = state.account(desk.account);
    let name = named(account, desk)?.name.clone();
    account.server_certificates.remove(&name);
    Ok(Value::Null)
}
