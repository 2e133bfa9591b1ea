use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use proofmark::challenge::Points;
use proofmark::context::Random;
use proofmark::credential::{
    Award, AwardedChallenge, Digests, Exhibit, Found, Issuer, OpenBadge, Recipient, Setting, images, site,
};
use proofmark::score::{DomainScore, Interval, Result as Graded, Scorecard};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const SITE: &str = "https://labs.example.org/badges";

/// An award with everything that can be in one.
pub(crate) fn award(attempt: &str) -> Award {
    let interval = |points: u32| Interval { low: Points::whole(points), high: Points::whole(points) };
    let domain = |id: &str, title: &str, score: u32, points: u32| DomainScore {
        id: id.to_owned(),
        title: title.to_owned(),
        points: Points::whole(points),
        score: interval(score),
    };
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    Award {
        attempt: attempt.to_owned(),
        setting: Setting::Assessed,
        recipient: Recipient {
            id: Some("did:example:ada".to_owned()),
            name: Some("Ada Lovelace".to_owned()),
            email: Some("ada@example.org".to_owned()),
        },
        challenge: AwardedChallenge {
            description: "Repair \"and\" secure a serverless <order> service: ünïcode, \\ and\ttabs."
                .to_owned(),
            minutes_allowed: 90,
            questions_only: false,
        },
        scorecard: Scorecard {
            challenge: "orders-api".to_owned(),
            release: "1.0.0".to_owned(),
            title: "Repair the orders service".to_owned(),
            points: Points::whole(100),
            score: interval(90),
            pass_mark: 8000,
            scaled_cut: 750,
            isolation: None,
            feedback: proofmark::challenge::Feedback::default(),
            gates: vec![],
            result: Graded::Passed,
            domains: vec![
                domain("troubleshoot", "Troubleshooting", 55, 60),
                domain("secure", "Securing", 35, 40),
            ],
            tasks: vec![],
        },
        started: at("2026-02-28T08:11:00Z"),
        submitted: at("2026-02-28T09:30:00Z"),
        minutes_used: 79,
        validity: Some("P3Y".to_owned()),
        digests: Digests { rubric: "a".repeat(64), evidence: "e".repeat(64), ledger: "1".repeat(64) },
    }
}

/// A folder with a credential of every kind and of every fault, and the site of their issuer.
pub(crate) struct Kinds {
    pub(crate) folder: TempDir,
    /// Names of the files, and whether a verifier must accept them.
    pub(crate) expected: BTreeMap<String, bool>,
}

impl Kinds {
    pub(crate) fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Issues everything, some of it in another time: verifiers look at the clock.
    pub(crate) fn issued() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let random = Random::from_seed(7);
        let now = Timestamp::now();
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        let mut issuer = Issuer::create(
            &folder.path().join("issuer"),
            "Example Cloud Labs",
            Some(SITE),
            &random,
            ago(50_000),
        )
        .unwrap();
        issuer.token_key(ago(50_000)).unwrap();
        let mut issue =
            |award: &Award, at: Timestamp| issuer.issue(award, None, true, &random, at).unwrap().1;

        let good = issue(&award("good"), ago(2));
        let bare = issue(&Award { validity: None, recipient: only_id(), ..award("bare") }, ago(2));
        issue(&award("changed"), ago(2));
        let revoked = issue(&award("revoked"), ago(2));
        let reinstated = issue(&award("reinstated"), ago(2));
        let superseded = issue(&award("superseded"), ago(2));
        let mut better = award("superseded");
        better.scorecard.score = Interval { low: Points::whole(95), high: Points::whole(95) };
        let superseding = issue(&better, ago(1));
        let expired = issue(&Award { validity: Some("P1Y".to_owned()), ..award("expired") }, ago(40_000));
        let not_yet = issue(&award("not-yet"), now + SignedDuration::from_hours(48));
        issuer.revoke(&revoked.uuid, "shared answers", now).unwrap();
        issuer.revoke(&reinstated.uuid, "a mistake", now).unwrap();
        issuer.reinstate(&reinstated.uuid).unwrap();
        issuer.rotate(false, &random, now).unwrap();
        let rotated = issuer.issue(&award("rotated"), None, false, &random, ago(1)).unwrap().1;
        let mut self_asserted =
            Issuer::create(&folder.path().join("key"), "Club", None, &random, ago(3)).unwrap();
        let of_key = self_asserted.issue(&award("of-key"), None, false, &random, ago(2)).unwrap().1;

        let mut kinds = Self { folder, expected: BTreeMap::new() };
        for (name, found, accepted) in [
            ("good", &good, true),
            ("bare", &bare, true),
            ("reinstated", &reinstated, true),
            ("superseding", &superseding, true),
            ("rotated", &rotated, true),
            ("of-key", &of_key, true),
            ("revoked", &revoked, false),
            ("superseded", &superseded, false),
            ("expired", &expired, false),
            ("not-yet", &not_yet, false),
        ] {
            kinds.put(&format!("{name}.json"), accepted, found.issue.credential.to_string().as_bytes());
            if let Some(token) = &found.issue.token {
                kinds.put(&format!("{name}.jwt"), accepted, token.as_bytes());
            }
        }
        kinds.damage(&good);
        let badge = OpenBadge::read(&good.issue.credential).unwrap();
        let drawn = images(&badge, issuer.profile(), &good.issue).unwrap();
        kinds.put("good.png", true, &drawn.png);
        kinds.put("good.svg", true, drawn.svg.as_bytes());
        kinds.publish(&issuer, now);
        kinds
    }

    /// What somebody made of a good one.
    fn damage(&mut self, good: &Found) {
        let mut change = |name: &str, pointer: &str, value: Value| {
            let mut document = good.issue.credential.clone();
            match pointer.rsplit_once('/') {
                Some((parent, field)) => document.pointer_mut(parent).unwrap()[field] = value,
                None => panic!("{pointer}"),
            }
            self.put(name, false, document.to_string().as_bytes());
        };
        change("tampered-score.json", "/credentialSubject/achievement/name", json!("Everything"));
        change("tampered-end.json", "/validUntil", json!("2099-01-01T00:00:00Z"));
        change("undefined-term.json", "/rank", json!("first"));
        change("undefined-inside.json", "/credentialSubject/rank", json!("first"));
        let token = good.issue.token.as_ref().unwrap();
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        // One letter of the signature, not the last, which holds bits that do not count.
        let other = if parts[2].starts_with('A') { "B" } else { "A" };
        parts[2].replace_range(0..1, other);
        self.put("tampered.jwt", false, parts.join(".").as_bytes());
    }

    fn put(&mut self, name: &str, accepted: bool, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
        self.expected.insert(name.to_owned(), accepted);
    }

    fn publish(&self, issuer: &Issuer, now: Timestamp) {
        let mut records = issuer.records().unwrap();
        // One that somebody changed where it is kept: its page says that it is worth nothing.
        for issue in records.iter_mut().flat_map(|record| &mut record.issues) {
            if issue.attempt == "changed" {
                issue.credential["credentialSubject"]["achievement"]["name"] = json!("Everything");
            }
        }
        let exhibit = Exhibit {
            profile: issuer.profile(),
            did_document: issuer.did_document(),
            status_list: issuer.status_list(now).unwrap(),
            records: &records,
            now,
        };
        write(&self.site(), &site(&exhibit).unwrap());
    }
}

fn only_id() -> Recipient {
    Recipient { id: Some("did:example:ada".to_owned()), name: None, email: None }
}

fn write(folder: &Path, files: &proofmark::source::FileTree) {
    for (path, bytes) in files.iter() {
        let place = folder.join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, bytes).unwrap();
    }
}
