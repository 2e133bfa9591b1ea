use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::canonical::canonical_request;
use super::chunks::verify_chunks;
use super::{Claim, Refusal};
use crate::sandbox::{KeyRecord, Request};

/// How far off a signature's time may be.
const SKEW: SignedDuration = SignedDuration::from_secs(900);

/// Digest values that S3 takes instead of the body's own.
const S3_PAYLOADS: [&str; 4] = [
    "UNSIGNED-PAYLOAD",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
];

/// Checks that the key may be used: active, with its own session token, within its time.
pub(in crate::sandbox::front) fn verify_token(
    claim: &Claim,
    record: &KeyRecord,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !record.active {
        return Err(Refusal::UnknownKey);
    }
    let given = claim.session_token.as_deref().unwrap_or_default();
    let own = record.session_token.as_deref().unwrap_or_default();
    if !constant_time_eq(given, own) {
        return Err(Refusal::WrongToken);
    }
    if record.expires.is_some_and(|expires| now >= expires) {
        return Err(Refusal::SessionExpired);
    }
    Ok(())
}

/// Checks scope, time, body and signature of a request against the secret of the key that it names.
pub(in crate::sandbox::front) fn verify(
    request: &Request,
    claim: &Claim,
    secret: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    verify_scope(claim)?;
    verify_time(claim, now)?;
    verify_headers(request, claim)?;
    let payload_hash = payload_hash(request, claim)?;
    let canonical = canonical_request(request, claim, &payload_hash);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{}\n{}",
        claim.date_text,
        claim.credential.scope(),
        hex::encode(Sha256::digest(canonical.as_bytes()))
    );
    let mut key = mac(format!("AWS4{secret}").as_bytes(), claim.credential.date.as_bytes());
    for part in [&claim.credential.region, &claim.credential.service, &claim.credential.terminator] {
        key = mac(&key, part.as_bytes());
    }
    let expected = hex::encode(mac(&key, to_sign.as_bytes()));
    if !constant_time_eq(&expected, &claim.signature) {
        return Err(Refusal::Mismatch);
    }
    verify_chunks(&request.body, claim, &key, &payload_hash)
}

/// Compares without telling by its time where two texts differ.
pub(in crate::sandbox) fn constant_time_eq(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left.bytes().zip(right.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

fn verify_scope(claim: &Claim) -> Result<(), Refusal> {
    let credential = &claim.credential;
    if credential.terminator != "aws4_request" {
        return Err(Refusal::WrongScope(format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'.",
            credential.terminator
        )));
    }
    let day = claim.date_text.get(..8).unwrap_or_default();
    if credential.date != day {
        return Err(Refusal::WrongScope(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != \
             '{day}', from '{}'.",
            credential.date, claim.date_text
        )));
    }
    Ok(())
}

fn verify_time(claim: &Claim, now: Timestamp) -> Result<(), Refusal> {
    let age = now.duration_since(claim.date);
    match claim.expires {
        Some(seconds) => {
            let life = SignedDuration::from_secs(seconds);
            if age > life {
                let until = claim.date.saturating_add(life).unwrap_or(now);
                return Err(Refusal::Outlived { until, now });
            }
            if age < -SKEW {
                return Err(Refusal::Skewed { signed: claim.date, now });
            }
        }
        None if age.abs() > SKEW => return Err(Refusal::Skewed { signed: claim.date, now }),
        None => {}
    }
    Ok(())
}

/// The host must be signed, and so must the header that names the operation.
fn verify_headers(request: &Request, claim: &Claim) -> Result<(), Refusal> {
    for name in ["host", "x-amz-target"] {
        let needed = name == "host" || request.headers.contains_key(name);
        if needed && !claim.signed_headers.iter().any(|signed| signed == name) {
            return Err(Refusal::NotSigned(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            )));
        }
    }
    Ok(())
}

/// Digests the body; a digest that the request itself states counts only when it is right.
fn payload_hash(request: &Request, claim: &Claim) -> Result<String, Refusal> {
    let stated = request.header("x-amz-content-sha256");
    if claim.credential.service == "s3" {
        match stated {
            Some(text) if S3_PAYLOADS.contains(&text) => return Ok(text.to_owned()),
            None if claim.is_presigned() => return Ok("UNSIGNED-PAYLOAD".to_owned()),
            _ => {}
        }
    }
    let actual = hex::encode(Sha256::digest(&request.body));
    match stated {
        Some(text) if !text.eq_ignore_ascii_case(&actual) => Err(Refusal::WrongBody),
        _ => Ok(actual),
    }
}

pub(super) fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // An HMAC key may have any length, so this never fails.
    let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}
