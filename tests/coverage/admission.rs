//! One place decides: no operation of any service answers to a caller whom the front does not know.
//!
//! That a caller who is known and may do nothing is kept out is shown for each operation beside its success, with the very
//! call that succeeded: see [`Bench::run`](super::bench::Bench::run).

use proofmark::sandbox::coverage::services;

use super::answer::Answer;
use super::bench::{Bench, api, request};
use super::dispatch::placeholders;
use crate::support::{Keys, Sent};

/// Sends every operation of every service, changed as the test wants, and collects what was not refused with one of the codes.
fn not_refused_with(codes: &[&str], change: impl Fn(&Bench, Sent, &str) -> Sent) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut count = 0;
    for service in services() {
        let bench = Bench::new(service.id, "");
        for operation in api(service.id).operations.keys() {
            let call = request(service.id, operation, placeholders(&bench, service.id, operation));
            let call_is_head = call.method == "HEAD";
            let answer =
                Answer::of(&change(&bench, call, &api(service.id).signing_name).send(bench.address()));
            // An answer to HEAD has no body that a code could stand in. Whether a bucket is there, S3 tells anybody.
            let head = call_is_head && [403, 404].contains(&answer.status);
            let no_bucket =
                service.id == "s3" && codes.contains(&"AccessDenied") && answer.code() == "NoSuchBucket";
            let refused = head
                || no_bucket
                || (400..=403).contains(&answer.status) && codes.contains(&answer.code().as_str());
            // Whoever wants to sign in has no key yet, and whoever shows a token needs none.
            let keyless = match service.id {
                "cognito-idp" => ["InitiateAuth", "SignUp"].contains(&operation.as_str()),
                "sts" => operation == "AssumeRoleWithWebIdentity",
                _ => false,
            };
            if !refused && !keyless {
                wrong.push(format!("{}: {operation}: {answer:?}", service.id));
            }
            count += 1;
        }
    }
    assert!(count > 500, "only {count} operations were tried");
    wrong
}

#[test]
fn no_operation_answers_to_a_request_without_a_signature() {
    let codes = ["MissingAuthenticationToken", "MissingAuthenticationTokenException", "AccessDenied"];
    let wrong = not_refused_with(&codes, |_, call, _| call);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_operation_answers_to_a_key_that_nobody_has() {
    let codes = ["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"];
    let wrong = not_refused_with(&codes, |bench, call, service| {
        let keys = Keys { id: "AKIANOBODYHASTHISKEY".into(), ..bench.keys.clone() };
        call.signed(bench.address(), &keys, service)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_operation_answers_to_a_signature_with_another_secret() {
    let codes = ["SignatureDoesNotMatch", "InvalidSignatureException"];
    let wrong = not_refused_with(&codes, |bench, call, service| {
        let keys = Keys { secret: "not/the/secret".into(), ..bench.keys.clone() };
        call.signed(bench.address(), &keys, service)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
