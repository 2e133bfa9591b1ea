//! Self-signed X.509 certificates (RFC 5280) with Ed25519 keys (RFC 8410), written as DER and PEM.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use jiff::Timestamp;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]`, around the version.
const VERSION: u8 = 0xa0;

/// 1.3.101.112, Ed25519.
const ED25519: [u8; 3] = [0x2b, 0x65, 0x70];
/// 2.5.4.3, the common name.
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];

/// Makes a certificate of a name for itself, with a key of `seed`, and writes it as PEM (RFC 7468).
pub(super) fn self_signed(
    name: &str,
    seed: &[u8; 32],
    serial: [u8; 8],
    begins: Timestamp,
    expires: Timestamp,
) -> String {
    let key = SigningKey::from_bytes(seed);
    let algorithm = element(SEQUENCE, &element(OBJECT_IDENTIFIER, &ED25519));
    let common = [element(OBJECT_IDENTIFIER, &COMMON_NAME), element(UTF8_STRING, name.as_bytes())].concat();
    let name = element(SEQUENCE, &element(SET, &element(SEQUENCE, &common)));
    // A leading zero keeps the number positive, and never needed twice.
    let serial = [&[0x00, serial[0] | 0x80], &serial[1..]].concat();
    let public = bits(key.verifying_key().as_bytes());
    let signed = element(
        SEQUENCE,
        &[
            element(VERSION, &element(INTEGER, &[2])),
            element(INTEGER, &serial),
            algorithm.clone(),
            name.clone(),
            element(SEQUENCE, &[time(begins), time(expires)].concat()),
            name,
            element(SEQUENCE, &[algorithm.clone(), public].concat()),
        ]
        .concat(),
    );
    let signature = bits(&key.sign(&signed).to_bytes());
    pem(&element(SEQUENCE, &[signed, algorithm, signature].concat()))
}

/// One element: its kind, how long it is, what is in it.
fn element(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![kind];
    match u8::try_from(content.len()) {
        Ok(length @ ..0x80) => der.push(length),
        Ok(length) => der.extend([0x81, length]),
        Err(_) => {
            let [.., high, low] = content.len().to_be_bytes();
            der.extend([0x82, high, low]);
        }
    }
    der.extend(content);
    der
}

/// Whole bytes as a string of bits: none of the last byte is unused.
fn bits(content: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], content].concat())
}

fn time(at: Timestamp) -> Vec<u8> {
    element(UTC_TIME, at.strftime("%y%m%d%H%M%SZ").to_string().as_bytes())
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut lines = vec!["-----BEGIN CERTIFICATE-----"];
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        lines.push(line);
        rest = more;
    }
    lines.push("-----END CERTIFICATE-----");
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_the_same_bytes_for_the_same_key_and_holds_its_name() {
        let begins: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let expires: Timestamp = "2027-01-02T03:04:05Z".parse().unwrap();
        let made = || self_signed("ApiGateway", &[7; 32], [1; 8], begins, expires);
        assert_eq!(made(), made());
        let body: String = made().lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).unwrap();
        // The outermost length is that of the whole.
        assert_eq!((der[0], usize::from(der[1] & 0x7f)), (SEQUENCE, 1));
        assert_eq!(usize::from(der[2]) + 3, der.len());
        let text = String::from_utf8_lossy(&der).into_owned();
        assert_eq!(text.matches("ApiGateway").count(), 2, "issuer and subject");
        assert!(text.contains("260102030405Z") && text.contains("270102030405Z"), "{text}");
    }
}
