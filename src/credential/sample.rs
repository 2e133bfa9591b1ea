//! An award and its issuers, for tests.

use jiff::Timestamp;
use serde_json::Value;

use super::award::{Award, AwardedChallenge, Digests, Recipient, Setting};
use super::compose::{Issuance, IssuerProfile, compose};
use super::did::did_key;
use super::key::SecretKey;
use crate::challenge::Points;
use crate::score::{DomainScore, Interval, Result, Scorecard};

pub(super) fn moment() -> Timestamp {
    "2026-02-28T10:00:00Z".parse().unwrap()
}

pub(super) fn key() -> SecretKey {
    SecretKey::from_seed([42; 32])
}

pub(super) fn award() -> Award {
    let interval = |points: u32| Interval { low: Points::whole(points), high: Points::whole(points) };
    let domain = |id: &str, title: &str, score: u32, points: u32| DomainScore {
        id: id.to_owned(),
        title: title.to_owned(),
        points: Points::whole(points),
        score: interval(score),
    };
    Award {
        attempt: "attempt-1".to_owned(),
        setting: Setting::Assessed,
        recipient: Recipient {
            id: Some("did:example:ada".to_owned()),
            name: Some("Ada L.".to_owned()),
            email: Some("Ada@example.org".to_owned()),
        },
        challenge: AwardedChallenge {
            description: "Repair and secure a serverless order service.".to_owned(),
            minutes_allowed: 90,
            questions_only: false,
        },
        scorecard: Scorecard {
            challenge: "orders-api".to_owned(),
            release: "1.0.0".to_owned(),
            title: "Serverless Orders".to_owned(),
            points: Points::whole(50),
            score: interval(45),
            pass_mark: 8000,
            isolation: None,
            feedback: crate::challenge::Feedback::default(),
            scaled_cut: 750,
            result: Result::Passed,
            gates: vec![],
            domains: vec![
                domain("troubleshoot", "Troubleshooting", 30, 35),
                domain("secure", "Securing", 15, 15),
            ],
            tasks: vec![],
        },
        started: "2026-02-28T08:11:00Z".parse().unwrap(),
        submitted: "2026-02-28T09:30:00Z".parse().unwrap(),
        minutes_used: 79,
        validity: Some("P3Y".to_owned()),
        digests: Digests { rubric: "a".repeat(64), evidence: "e".repeat(64), ledger: "1".repeat(64) },
    }
}

pub(super) fn web_issuer() -> IssuerProfile {
    IssuerProfile {
        id: "did:web:labs.example.org:badges".to_owned(),
        name: "Example Cloud Labs".to_owned(),
        site: Some("https://labs.example.org/badges".to_owned()),
    }
}

pub(super) fn key_issuer() -> IssuerProfile {
    IssuerProfile { id: did_key(key().public()), name: "Example Cloud Labs".to_owned(), site: None }
}

pub(super) fn issuance() -> Issuance {
    Issuance {
        uuid: "8d0f3c1e-2f1b-4f57-9f0a-1c7b1e6a5a10".to_owned(),
        index: 94_567,
        salt: "salt".to_owned(),
        at: moment(),
        awarded: moment(),
    }
}

pub(super) fn unsigned() -> Value {
    compose(&award(), &web_issuer(), &issuance()).unwrap()
}
