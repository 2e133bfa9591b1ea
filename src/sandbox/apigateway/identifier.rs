//! Identifiers as API Gateway makes them: lower-case letters and digits.

use crate::context::Random;

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const KEY_ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// An identifier of an API, of a root resource or of an API key.
pub(super) fn long(random: &Random) -> String {
    random.characters(ALPHABET, 10)
}

/// An identifier of anything within an API, or of a usage plan.
pub(super) fn short(random: &Random) -> String {
    random.characters(ALPHABET, 6)
}

/// The value of an API key: 40 characters.
pub(super) fn key_value(random: &Random) -> String {
    random.characters(KEY_ALPHABET, 40)
}
