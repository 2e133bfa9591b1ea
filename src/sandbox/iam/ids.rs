use crate::context::Random;

/// AWS's ids use the letters of base 32.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Makes a unique id of 21 characters, such as `AROA...` for a role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
pub(super) fn unique_id(prefix: &str, random: &Random) -> String {
    format!("{prefix}{}", random.characters(LETTERS, 17))
}

/// Where an access key id of AWS's present form carries its account: bits 7 to 46 of the first six bytes that the
/// letters after the prefix stand for. The bit above tells the form.
const ACCOUNT_SHIFT: u32 = 7;
const ACCOUNT_MASK: u128 = (1 << 40) - 1;
const PRESENT_FORM: u128 = 1 << 47;

/// Makes an access key id of 20 characters: `AKIA` for a long-term key, `ASIA` for a temporary one. As on AWS the
/// account can be read out of it.
pub(super) fn access_key_id(prefix: &str, account: &str, random: &Random) -> String {
    let account: u128 = account.parse().unwrap_or_default();
    let bytes: [u8; 16] = random.bytes();
    let noise = u128::from_be_bytes(bytes);
    // 80 bits: the 48 that carry the account, and 32 of noise.
    let head = PRESENT_FORM | ((account & ACCOUNT_MASK) << ACCOUNT_SHIFT) | (noise & 0x7f);
    let value = (head << 32) | ((noise >> 64) & 0xffff_ffff);
    let letter = |index: u32| {
        let digit = (value >> (5 * (15 - index))) & 31;
        char::from(LETTERS[usize::try_from(digit).unwrap_or_default()])
    };
    format!("{prefix}{}", (0..16).map(letter).collect::<String>())
}

/// Reads the account out of an access key id; none where it is not of AWS's form.
pub(in crate::sandbox) fn account_of(access_key_id: &str) -> Option<String> {
    let letters = access_key_id.strip_prefix("AKIA").or_else(|| access_key_id.strip_prefix("ASIA"))?;
    if letters.len() != 16 {
        return None;
    }
    let mut value: u128 = 0;
    for letter in letters.bytes() {
        let digit = LETTERS.iter().position(|known| *known == letter)?;
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    let account = (value >> (32 + ACCOUNT_SHIFT)) & ACCOUNT_MASK;
    Some(format!("{account:012}"))
}

/// Makes a secret access key of 40 characters.
pub(super) fn secret_access_key(random: &Random) -> String {
    random.characters(BASE64, 40)
}

/// Makes a session token. What it means is known by the access key, so that its own text says nothing; it begins and is as
/// long as those of AWS.
pub(super) fn session_token(random: &Random) -> String {
    format!("FQoGZXIvYXdzE{}", random.characters(BASE64, 343))
}

/// Makes the id of a policy that AWS manages out of its ARN, since it must be the same in every sandbox.
pub(super) fn managed_policy_id(arn: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(arn.as_bytes());
    let letters: String =
        digest.iter().take(17).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    format!("ANPA{letters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_id_tells_its_account() {
        let random = Random::from_seed(3);
        for account in ["111122223333", "000000000001", "999999999999"] {
            let id = access_key_id("AKIA", account, &random);
            assert_eq!((id.len(), account_of(&id).as_deref()), (20, Some(account)));
        }
        // AWS's own example.
        assert_eq!(account_of("AKIAIOSFODNN7EXAMPLE").as_deref(), Some("581039954779"));
        assert_eq!(account_of("AKIDEXAMPLE"), None);
    }
}
