//! What the AWS SDKs sign is accepted, and nothing else: the same calls by boto3, by the SDK for JavaScript and by the SDK for
//! Rust, as they are and tampered with.

mod foreign;
mod wire;

use std::collections::BTreeMap;

use proofmark::sandbox::coverage::services;

/// What becomes of calls that are signed as they should be: those that name something which is not there are refused for that.
fn accepted() -> BTreeMap<String, String> {
    let mut outcomes = BTreeMap::from([
        ("query", "200"),
        ("query with unicode", "200"),
        ("json 1.0", "200"),
        ("json 1.0 with a body", "200"),
        ("json 1.1", "200"),
        ("arn in the path", "ResourceNotFoundException 404"),
        ("query string", "200"),
        ("patch", "200"),
        ("dollar in the path", "NotFoundException 404"),
        ("slashes in a segment", "NotFoundException 404"),
        ("session token", "200"),
        ("presigned", "200"),
        ("presigned with a session token", "200"),
        ("repeated parameter", "ResourceNotFoundException 404"),
    ]);
    if services().iter().any(|service| service.id == "s3") {
        for object in ["a b", "a+b", "ünï", "a//b", "a/../b", "a&b=c%d"] {
            outcomes.insert(Box::leak(format!("object {object}").into_boxed_str()), "200");
        }
    }
    outcomes.into_iter().map(|(name, outcome)| (name.to_owned(), outcome.to_owned())).collect()
}

/// What becomes of calls whose signature is not right, by protocol.
fn refused() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("wrong secret, query", "SignatureDoesNotMatch 403"),
        ("wrong secret, json", "InvalidSignatureException 400"),
        ("tampered body", "InvalidSignatureException 400"),
        ("tampered path", "InvalidSignatureException 403"),
        ("tampered header", "InvalidSignatureException 400"),
        ("tampered date", "SignatureDoesNotMatch 403"),
        ("presigned and expired", "SignatureDoesNotMatch 403"),
        ("half an hour old", "SignatureDoesNotMatch 403"),
        ("unsigned", "MissingAuthenticationToken 403"),
        ("unknown key", "InvalidClientTokenId 403"),
        ("wrong session token", "UnrecognizedClientException 400"),
    ])
    .into_iter()
    .map(|(name, outcome)| (name.to_owned(), outcome.to_owned()))
    .collect()
}

/// Everything, in one table.
fn expected() -> BTreeMap<String, String> {
    accepted().into_iter().chain(refused()).collect()
}
