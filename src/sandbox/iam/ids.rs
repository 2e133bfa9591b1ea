use crate::context::Random;

/// AWS's ids use the letters of base 32.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Makes a unique id of 21 characters, such as `AROA...` for a role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
pub(crate) fn unique_id(prefix: &str, random: &Random) -> String {
    format!("{prefix}{}", random.characters(LETTERS, 17))
}

/// Makes an access key id of 20 characters: `AKIA` for a long-term key, `ASIA` for a temporary one.
pub(crate) fn access_key_id(prefix: &str, random: &Random) -> String {
    format!("{prefix}{}", random.characters(LETTERS, 16))
}

/// Makes a secret access key of 40 characters.
pub(crate) fn secret_access_key(random: &Random) -> String {
    random.characters(BASE64, 40)
}

/// Makes a session token. What it means is known by the access key, so that its own text says nothing.
pub(crate) fn session_token(random: &Random) -> String {
    format!("IQoJb3JpZ2luX2Vj{}", random.characters(BASE64, 340))
}

/// Makes the id of a policy that AWS manages out of its ARN, since it must be the same in every sandbox.
pub(super) fn managed_policy_id(arn: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(arn.as_bytes());
    let letters: String =
        digest.iter().take(17).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    format!("ANPA{letters}")
}
