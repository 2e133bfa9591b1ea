//! Identifiers as API Gateway makes them: lower-case letters and digits.

use crate::context::Random;

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// An identifier of an API. The first character is a letter, since it becomes a host name's label.
pub(super) fn api(random: &Random) -> String {
    random.characters(&ALPHABET[..26], 1) + &random.characters(ALPHABET, 9)
}

/// An identifier of a route or an integration.
pub(super) fn part(random: &Random) -> String {
    random.characters(ALPHABET, 7)
}

/// An identifier of a deployment, an authorizer, an API mapping or a VPC link.
pub(super) fn short(random: &Random) -> String {
    random.characters(ALPHABET, 6)
}

/// `$context.requestId`, which is also the answer's `apigw-requestid`: 15 letters and an equals sign.
pub(super) fn request(random: &Random) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    random.characters(LETTERS, 15) + "="
}
