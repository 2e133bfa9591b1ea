//! What operations of IAM act on: each function makes one thing, or names one that is not there.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};

use crate::coverage::Bench;

pub(super) const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}]}"#;
pub(super) const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

pub(super) fn user(b: &Bench) -> Value {
    b.also("CreateUser", json!({ "UserName": "ada" })).at("/User").clone()
}

pub(super) fn group(b: &Bench) {
    b.also("CreateGroup", json!({ "GroupName": "crew" }));
}

pub(super) fn role(b: &Bench) {
    b.also("CreateRole", json!({ "RoleName": "app", "AssumeRolePolicyDocument": TRUST }));
}

pub(super) fn policy(b: &Bench) -> String {
    b.also("CreatePolicy", json!({ "PolicyName": "read", "PolicyDocument": ALLOW })).text("/Policy/Arn")
}

pub(super) fn profile(b: &Bench) {
    b.also("CreateInstanceProfile", json!({ "InstanceProfileName": "host" }));
}

pub(super) fn login(b: &Bench) {
    b.also("CreateLoginProfile", json!({ "UserName": "ada", "Password": "A-long-passw0rd!" }));
}

/// The ARN of a policy that is not there.
pub(super) fn no_policy(b: &Bench) -> String {
    format!("arn:aws:iam::{}:policy/none", b.account)
}

pub(super) const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----";
/// Self-signed, for `sandbox.example`.
pub(super) const PEM: &str = "-----BEGIN CERTIFICATE-----\n\
    MIIBSDCB+6ADAgECAhQw+sxWI9Et1qKTi98y4wUUb+NHfzAFBgMrZXAwGjEYMBYG\n\
    A1UEAwwPc2FuZGJveC5leGFtcGxlMB4XDTI2MTEyMjA2NTQ0OFoXDTM2MTExOTA2\n\
    NTQ0OFowGjEYMBYGA1UEAwwPc2FuZGJveC5leGFtcGxlMCowBQYDK2VwAyEAVRzE\n\
    UIrVJLZAubgZ2FPCip4g8AdY9GrK13av9hi/eIqjUzBRMB0GA1UdDgQWBBR4fptv\n\
    MQLW8aj2OvHGfPtn3HQxvDAfBgNVHSMEGDAWgBR4fptvMQLW8aj2OvHGfPtn3HQx\n\
    vDAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBAEpnAUDayySjatvb280Jh0raCjwT\n\
    mjKBWeZ3RBoNL/BfAIgmh6QInbInOl+2C0PszkyKWMO9RcfoZVu9PHmTQgI=\n\
    -----END CERTIFICATE-----";

pub(super) fn oidc(b: &Bench) -> String {
    b.also("CreateOpenIDConnectProvider", json!({ "Url": "https://id.example" }))
        .text("/OpenIDConnectProviderArn")
}

pub(super) fn no_oidc(b: &Bench) -> String {
    format!("arn:aws:iam::{}:oidc-provider/none.example", b.account)
}

pub(super) fn metadata() -> String {
    format!("<EntityDescriptor entityID=\"idp\">{}</EntityDescriptor>", "-".repeat(1000))
}

pub(super) fn saml(b: &Bench) -> String {
    let input = json!({ "Name": "idp", "SAMLMetadataDocument": metadata() });
    b.also("CreateSAMLProvider", input).text("/SAMLProviderArn")
}

pub(super) fn no_saml(b: &Bench) -> String {
    format!("arn:aws:iam::{}:saml-provider/none", b.account)
}

pub(super) fn no_device(b: &Bench) -> String {
    format!("arn:aws:iam::{}:mfa/none", b.account)
}

/// Makes a device; returns its serial number and two codes that it shows about now.
pub(super) fn device(b: &Bench) -> (String, [String; 2]) {
    let made = b.also("CreateVirtualMFADevice", json!({ "VirtualMFADeviceName": "phone" }));
    let seed = STANDARD.decode(made.text("/VirtualMFADevice/Base32StringSeed")).unwrap();
    let step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30;
    (made.text("/VirtualMFADevice/SerialNumber"), [code(&seed, step), code(&seed, step + 1)])
}

/// What a device with this seed, in base 32, shows in a step of 30 seconds (RFC 6238).
pub(super) fn code(seed: &[u8], step: u64) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digit = |letter: &u8| letters.iter().position(|known| known == letter).unwrap();
    let bits: Vec<usize> =
        seed.iter().flat_map(|letter| (0..5).rev().map(move |bit| digit(letter) >> bit & 1)).collect();
    let key: Vec<u8> = bits
        .chunks_exact(8)
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::try_from(*bit).unwrap()))
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap());
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// Makes a user and gives it a device.
pub(super) fn enabled(b: &Bench) -> (String, [String; 2]) {
    user(b);
    let (serial, codes) = device(b);
    let codes_of = |n: usize| codes[n].clone();
    let input = json!({
        "UserName": "ada", "SerialNumber": serial, "AuthenticationCode1": codes_of(0), "AuthenticationCode2": codes_of(1)
    });
    b.also("EnableMFADevice", input);
    (serial, codes)
}

pub(super) fn certificate() -> Value {
    json!({ "ServerCertificateName": "web", "CertificateBody": PEM, "PrivateKey": KEY })
}

pub(super) fn signing(b: &Bench) -> String {
    user(b);
    let made = b.also("UploadSigningCertificate", json!({ "UserName": "ada", "CertificateBody": PEM }));
    made.text("/Certificate/CertificateId")
}

pub(super) fn ssh_key() -> String {
    format!("ssh-rsa {} ada", STANDARD.encode([7; 279]))
}

pub(super) fn ssh(b: &Bench) -> String {
    user(b);
    let made = b.also("UploadSSHPublicKey", json!({ "UserName": "ada", "SSHPublicKeyBody": ssh_key() }));
    made.text("/SSHPublicKey/SSHPublicKeyId")
}

/// Makes a user with a credential for Git.
pub(super) fn git(b: &Bench) -> String {
    user(b);
    let input = json!({ "UserName": "ada", "ServiceName": "codecommit.amazonaws.com" });
    b.also("CreateServiceSpecificCredential", input)
        .text("/ServiceSpecificCredential/ServiceSpecificCredentialId")
}
