//! Feeds arbitrary bytes to what reads hostile text first: the SigV4 verifier and the policy parser.
//!
//! The first byte of an input chooses: a policy document, or a request. `.ci/fuzz` builds and runs it.

#![no_main]

#[path = "../../src/policy/mod.rs"]
mod policy;
mod sandbox;

use policy::{Applicable, Context, Policy, PolicyKind, Principal, Request, decide, structural_lints};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    match choice {
        b'p' => read_policy(rest),
        b's' => sandbox::read_request(rest),
        _ => {}
    }
});

/// A document is parsed as every kind of policy; what is a policy must decide, and say by which statement.
fn read_policy(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    for kind in [PolicyKind::Identity, PolicyKind::Managed, PolicyKind::Resource, PolicyKind::Trust] {
        let Ok(policy) = Policy::parse(&text, kind) else { continue };
        let _ = structural_lints(&policy);
        let policy = ("fuzzed".to_owned(), std::sync::Arc::new(policy));
        let on_resource = matches!(kind, PolicyKind::Resource | PolicyKind::Trust);
        let policies = std::slice::from_ref(&policy);
        for (action, resource) in [
            ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
            ("sts:AssumeRole", "arn:aws:iam::111122223333:role/app"),
            ("iam:ListUsers", "*"),
        ] {
            let request = Request {
                principal: Principal::User {
                    account: "111122223333".into(),
                    path: "/".into(),
                    name: "ada".into(),
                    id: "AIDAEXAMPLE".into(),
                },
                action: action.to_owned(),
                resource: resource.to_owned(),
                context: Context::new()
                    .with("aws:username", "ada")
                    .with("aws:SourceIp", "192.0.2.7")
                    .with("aws:CurrentTime", "2026-11-22T10:00:00Z")
                    .with("aws:MultiFactorAuthAge", "12"),
            };
            let applicable = Applicable {
                identity: if on_resource { &[] } else { policies },
                boundary: None,
                session: &[],
                resource: on_resource.then_some(&policy),
                owner: Some("111122223333"),
            };
            let decision = decide(&request, &applicable);
            assert!(!decision.is_allowed() || !decision.decided_by.is_empty(), "allowed by nothing: {text}");
        }
    }
}
