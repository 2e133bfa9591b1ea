use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::operations::Desk;
use super::state::State;
use super::users::named_or_caller;
use super::{account, fault, ids, paging, validate};
use crate::sandbox::ServiceError;

/// How many keys a user may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST: usize = 5;
const PEM_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_END: &str = "-----END PUBLIC KEY-----";

/// A public key for Git over SSH.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SshKey {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) active: bool,
    /// In seconds since the epoch.
    pub(super) uploaded: i64,
}

fn metadata(user: &str, key: &SshKey) -> Value {
    json!({
        "UserName": user,
        "SSHPublicKeyId": key.id,
        "Status": if key.active { "Active" } else { "Inactive" },
        "UploadDate": account::time(key.uploaded),
    })
}

fn written(user: &str, key: &SshKey) -> Value {
    let mut shown = metadata(user, key);
    shown["SSHPublicKeyBody"] = json!(key.body);
    shown["Fingerprint"] = json!(fingerprint(&key.body));
    shown
}

/// Returns the bytes of a key that is written as `ssh-rsa ...` or as PEM; none for anything else.
fn bytes(body: &str) -> Option<Vec<u8>> {
    let body = body.trim();
    let letters = match body.strip_prefix(PEM_BEGIN) {
        Some(rest) => rest.strip_suffix(PEM_END)?.split_whitespace().collect(),
        None => body.strip_prefix("ssh-rsa ")?.split_whitespace().next()?.to_owned(),
    };
    let bytes = STANDARD.decode(letters).ok()?;
    // The modulus of 2,048 bits alone has 256 bytes.
    (bytes.len() > 256).then_some(bytes)
}

/// The MD5 of the key, in pairs of digits.
fn fingerprint(body: &str) -> String {
    let digest = Md5::digest(bytes(body).unwrap_or_default());
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html>
pub(super) fn upload(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?;
    let body = validate::required(desk.parameters, "SSHPublicKeyBody")?;
    validate::length(body, "sSHPublicKeyBody", 1, 16_384)?;
    let user = state.account(desk.account).user_mut(name)?;
    let Some(sent) = bytes(body) else {
        let message = "Invalid or unsupported public key. Keys must be RSA, of at least 2048 bits, in ssh-rsa or PEM format.";
        return Err(fault::new(400, "InvalidPublicKey", message));
    };
    if user.ssh_keys.iter().any(|known| bytes(&known.body).as_ref() == Some(&sent)) {
        let message = format!("The SSH public key is already associated with user {name}.");
        return Err(fault::new(400, "DuplicateSSHPublicKey", message));
    }
    if user.ssh_keys.len() >= MOST {
        return Err(fault::quota("SSHPublicKeysPerUser", MOST));
    }
    let id = ids::access_key_id("APKA", desk.account, desk.random);
    let key = SshKey { id, body: body.to_owned(), active: true, uploaded: desk.now };
    let answer = json!({"SSHPublicKey": written(name, &key)});
    user.ssh_keys.push(key);
    Ok(answer)
}

/// Finds the position of the key that a call names among those of its user.
fn position(state: &mut State, desk: &Desk<'_>) -> Result<(String, usize), ServiceError> {
    let name = validate::name(desk.parameters, "UserName")?;
    let id = validate::required(desk.parameters, "SSHPublicKeyId")?;
    validate::length(id, "sSHPublicKeyId", 20, 128)?;
    let user = state.account(desk.account).user(name)?;
    let found = user.ssh_keys.iter().position(|key| key.id == id);
    let missing = || fault::no_such_entity(format!("The Public Key with id {id} cannot be found."));
    Ok((name.to_owned(), found.ok_or_else(missing)?))
}

/// Shows a key as it was uploaded. The two forms are not turned into each other.
pub(super) fn get(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    validate::required(desk.parameters, "Encoding")?;
    let encoding = validate::one_of(desk.parameters, "Encoding", &["SSH", "PEM"])?;
    let (name, index) = position(state, desk)?;
    let key = &state.account(desk.account).user(&name)?.ssh_keys[index];
    let is_pem = key.body.trim_start().starts_with(PEM_BEGIN);
    if is_pem != (encoding == Some("PEM")) {
        return Err(ServiceError::not_covered(
            "iam",
            "GetSSHPublicKey in another encoding than the uploaded one",
        ));
    }
    Ok(json!({"SSHPublicKey": written(&name, key)}))
}

pub(super) fn list(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let name = named_or_caller(desk)?;
    let user = state.account(desk.account).user(name)?;
    let items = user.ssh_keys.iter().map(|key| metadata(name, key));
    paging::page_in_order(items.collect(), "SSHPublicKeys", desk.parameters)
}

pub(super) fn update(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    validate::required(desk.parameters, "Status")?;
    let status = validate::one_of(desk.parameters, "Status", &["Active", "Inactive"])?;
    let (name, index) = position(state, desk)?;
    state.account(desk.account).user_mut(&name)?.ssh_keys[index].active = status == Some("Active");
    Ok(Value::Null)
}

pub(super) fn delete(state: &mut State, desk: &Desk<'_>) -> Result<Value, ServiceError> {
    let (name, index) = position(state, desk)?;
    state.account(desk.account).user_mut(&name)?.ssh_keys.remove(index);
    Ok(Value::Null)
}
