//! The verifier of signatures, as the front calls it.

#[path = "../../src/sandbox/front/signature/mod.rs"]
mod signature;

use jiff::Timestamp;

use super::{Protocol, Request};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Reads a request's claim and holds it against a secret, as the front does; every refusal is worded in every protocol.
pub fn verify(request: &Request, now: Timestamp) {
    let refusal = match signature::Claim::of(request) {
        Ok(None) => return,
        Ok(Some(claim)) => match signature::verify(request, &claim, SECRET, now) {
            Ok(()) => {
                // Whoever has no secret can change nothing of what was signed.
                let mut other = request.clone();
                other.raw_path.push_str("x");
                assert!(signature::verify(&other, &claim, SECRET, now).is_err());
                return;
            }
            Err(refusal) => refusal,
        },
        Err(refusal) => refusal,
    };
    for protocol in
        [Protocol::Query, Protocol::RestJson, Protocol::Json10, Protocol::Json11, Protocol::RestXml]
    {
        let error = refusal.to_error(protocol);
        assert!((400..500).contains(&error.status) && !error.code.is_empty(), "{error:?}");
    }
}
