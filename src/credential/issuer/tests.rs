use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::challenge::Points;
use crate::context::Random;
use crate::credential::award::Award;
use crate::credential::bake::Document;
use crate::credential::finding::State;
use crate::credential::sample::{award, moment};
use crate::credential::verify::{Library, verify};
use crate::score::Result as Graded;

const SITE: &str = "https://labs.example.org/badges";

/// An issuer with a site, in a folder that goes when the test is over.
struct Office {
    folder: TempDir,
    random: Random,
}

impl Office {
    fn new() -> Self {
        let office = Self { folder: TempDir::new().unwrap(), random: Random::from_seed(1) };
        Issuer::create(&office.path(), "Example Cloud Labs", Some(SITE), &office.random, moment()).unwrap();
        office
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("issuer")
    }

    fn open(&self) -> Issuer {
        Issuer::open(&self.path()).unwrap()
    }

    fn issue(&self, award: &Award, after: i64) -> (Change, Found) {
        let at = moment() + SignedDuration::from_hours(after);
        self.open().issue(award, None, false, &self.random, at).unwrap()
    }

    fn state(&self, found: &Found, after: i64) -> State {
        let document = Document::Json(found.issue.credential.clone());
        verify(&document, &Published::by(&self.open()), at(after)).state
    }
}

fn at(hours: i64) -> Timestamp {
    moment() + SignedDuration::from_hours(hours)
}

/// What an issuer publishes, as far as a verification asks for it.
struct Published(Vec<(String, serde_json::Value)>);

impl Published {
    fn by(issuer: &Issuer) -> Self {
        let mut documents = vec![
            (format!("{SITE}/did.json"), issuer.did_document()),
            (format!("{SITE}/status/1"), issuer.status_list(at(0)).unwrap().unwrap()),
        ];
        for record in issuer.records().unwrap() {
            let url = format!("{SITE}/p/{}/credential.json", record.uuid);
            documents.push((url, record.latest().unwrap().credential.clone()));
        }
        Self(documents)
    }
}

impl Library for Published {
    fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let found = self.0.iter().find(|(known, _)| known == url);
        found.map(|(_, document)| document.to_string().into_bytes()).ok_or_else(|| format!("no {url}"))
    }
}

fn regraded() -> Award {
    let mut award = award();
    award.scorecard.score.low = Points::whole(47);
    award.scorecard.score.high = Points::whole(47);
    award.digests.evidence = "f".repeat(64);
    award
}

#[test]
fn an_attempt_has_one_credential_however_often_it_is_asked_for() {
    let office = Office::new();
    let (change, first) = office.issue(&award(), 0);
    assert_eq!(change, Change::Issued);
    assert_eq!(office.state(&first, 1), State::Valid);
    for after in [1, 50] {
        let (change, again) = office.issue(&award(), after);
        assert_eq!((change, again), (Change::Unchanged, first.clone()));
    }
    assert_eq!(office.open().records().unwrap().len(), 1);
}

#[test]
fn a_crash_while_a_record_is_written_leaves_nothing_half_issued() {
    let office = Office::new();
    fs::create_dir(office.path().join("credentials")).unwrap();
    // What is there when the program ended before the draft was moved to its place.
    fs::write(office.path().join("credentials/8d0f3c1e.new"), b"{\"version\": 1, \"uu").unwrap();
    let (change, found) = office.issue(&award(), 0);
    assert_eq!(change, Change::Issued);
    assert_eq!(office.open().records().unwrap().len(), 1);
    // And when it ended after: the record is there, and nothing was told of it yet.
    assert_eq!(office.issue(&award(), 1), (Change::Unchanged, found));
}

#[test]
fn two_at_a_time_issue_one() {
    let office = Office::new();
    let ask = || office.issue(&award(), 0).1.uuid;
    let (one, other) = std::thread::scope(|scope| {
        let threads = (scope.spawn(ask), scope.spawn(ask));
        (threads.0.join().unwrap(), threads.1.join().unwrap())
    });
    assert_eq!(one, other);
}

#[test]
fn another_grade_that_passes_supersedes_under_the_same_id() {
    let office = Office::new();
    let (_, first) = office.issue(&award(), 0);
    let (change, second) = office.issue(&regraded(), 1);
    assert_eq!((change, &second.uuid), (Change::Reissued, &first.uuid));
    assert_eq!(first.issue.credential["id"], second.issue.credential["id"]);
    assert_eq!(first.issue.credential["awardedDate"], second.issue.credential["awardedDate"]);
    assert_ne!(first.issue.index, second.issue.index);
    assert_eq!((office.state(&first, 2), office.state(&second, 2)), (State::Superseded, State::Valid));
}

#[test]
fn a_second_grade_in_the_same_second_is_still_newer() {
    let office = Office::new();
    let (_, first) = office.issue(&award(), 0);
    let (_, second) = office.issue(&regraded(), 0);
    assert!(second.issue.at > first.issue.at);
}

#[test]
fn another_grade_that_fails_revokes() {
    let office = Office::new();
    let (_, first) = office.issue(&award(), 0);
    let mut failed = regraded();
    failed.scorecard.result = Graded::Failed;
    let (change, found) = office.issue(&failed, 1);
    assert_eq!((change, &found.uuid), (Change::Revoked, &first.uuid));
    assert_eq!(office.state(&first, 2), State::Revoked);
    // Nothing was issued, nothing is to be taken back.
    let mut other = failed.clone();
    other.attempt = "attempt-2".to_owned();
    let refused = office.open().issue(&other, None, false, &office.random, at(3)).unwrap_err();
    assert_eq!(refused, IssuerError::Refused("the attempt did not pass".to_owned()));
}

#[test]
fn what_was_revoked_stays_so_until_it_is_reinstated() {
    let office = Office::new();
    let (_, found) = office.issue(&award(), 0);
    let neighbour = Award { attempt: "attempt-2".to_owned(), ..award() };
    let (_, other) = office.issue(&neighbour, 0);
    office.open().revoke(&found.uuid, "shared answers", at(1)).unwrap();
    assert_eq!((office.state(&found, 2), office.state(&other, 2)), (State::Revoked, State::Valid));
    let refused = office.open().issue(&award(), None, false, &office.random, at(3)).unwrap_err();
    assert!(
        refused.to_string().contains("shared answers") && refused.to_string().contains("reinstate"),
        "{refused}"
    );
    office.open().reinstate("attempt-1").unwrap();
    assert_eq!(office.state(&found, 4), State::Valid);
    assert!(office.open().revoke("attempt-9", "", at(5)).unwrap_err().to_string().contains("attempt-9"));
}

#[test]
fn a_later_attempt_renews_under_the_same_id() {
    let office = Office::new();
    let (_, first) = office.issue(&award(), 0);
    let later = Award { attempt: "attempt-2".to_owned(), ..award() };
    let renewed = office.open().issue(&later, Some(&first.uuid), false, &office.random, at(9000)).unwrap();
    assert_eq!((renewed.0, &renewed.1.uuid), (Change::Renewed, &first.uuid));
    assert_eq!(renewed.1.issue.credential["awardedDate"], first.issue.credential["awardedDate"]);
    assert!(office.open().issue(&award(), None, false, &office.random, at(9001)).is_err());
    let mut foreign = Award { attempt: "attempt-3".to_owned(), ..award() };
    foreign.scorecard.challenge = "another".to_owned();
    let refused = office.open().issue(&foreign, Some(&first.uuid), false, &office.random, at(9002));
    assert!(refused.unwrap_err().to_string().contains("another"));
}

#[test]
fn time_passes_over_a_credential() {
    let office = Office::new();
    let (_, found) = office.issue(&award(), 0);
    assert_eq!(office.state(&found, -1), State::NotYetValid);
    assert_eq!(office.state(&found, 24 * 365 * 3 + 48), State::Expired);
}

#[test]
fn keys_can_change_and_what_the_old_one_signed_stays_valid() {
    let office = Office::new();
    let (_, found) = office.issue(&award(), 0);
    assert_eq!(office.open().rotate(false, &office.random, at(1)), Ok(0));
    let (_, newer) = office.issue(&Award { attempt: "attempt-2".to_owned(), ..award() }, 2);
    let method =
        |found: &Found| found.issue.credential["proof"][0]["verificationMethod"].as_str().unwrap().to_owned();
    assert!(method(&found).ends_with("#key-1") && method(&newer).ends_with("#key-2"));
    assert_eq!((office.state(&found, 3), office.state(&newer, 3)), (State::Valid, State::Valid));

    assert_eq!(office.open().rotate(true, &office.random, at(4)), Ok(2));
    assert_eq!(office.state(&found, 5), State::Unverifiable);
    let (_, signed_anew) = office.issue(&award(), 6);
    assert_eq!(
        (method(&signed_anew).ends_with("#key-3"), office.state(&signed_anew, 7)),
        (true, State::Valid)
    );
}

#[test]
fn a_key_that_others_can_read_or_that_is_lost_or_wrong_is_told() {
    let office = Office::new();
    let key = office.path().join("keys/key-1.key");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&key), mode(&office.path())), (0o600, 0o700));
    let secret = fs::read_to_string(&key).unwrap();
    let complaint =
        || office.open().issue(&award(), None, false, &office.random, moment()).unwrap_err().to_string();

    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(complaint().contains("open to others (mode 0640)"), "{}", complaint());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, crate::credential::SecretKey::from_seed([9; 32]).to_multibase()).unwrap();
    assert!(complaint().contains("another one"), "{}", complaint());
    fs::write(&key, "tea").unwrap();
    assert!(complaint().contains("no Ed25519 key"), "{}", complaint());
    fs::remove_file(&key).unwrap();
    assert!(complaint().contains("is lost"), "{}", complaint());
    assert!(office.open().records().unwrap().is_empty());

    fs::write(&key, &secret).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let (_, found) = office.issue(&award(), 0);
    for text in [format!("{:?}", office.open()), format!("{found:?}"), complaint_free(&office)] {
        assert!(!text.contains(secret.trim()), "{text}");
    }
}

/// Everything in the issuer's folder that is no key.
fn complaint_free(office: &Office) -> String {
    let read = |path: &str| fs::read_to_string(office.path().join(path)).unwrap();
    let uuid = &office.open().records().unwrap()[0].uuid;
    read("issuer.json") + &read(&format!("credentials/{uuid}.json"))
}

#[test]
fn an_issuer_without_a_site_is_its_key() {
    let folder = TempDir::new().unwrap();
    let random = Random::from_seed(2);
    let mut issuer = Issuer::create(folder.path(), "Club", None, &random, moment()).unwrap();
    assert!(issuer.profile().id.starts_with("did:key:z6Mk"));
    let (_, found) = issuer.issue(&award(), None, false, &random, moment()).unwrap();
    let document = Document::Json(found.issue.credential);
    assert_eq!(verify(&document, &Published(vec![]), at(1)).state, State::Valid);
    assert_eq!(issuer.status_list(at(1)), Ok(None));
    assert!(issuer.rotate(false, &random, at(1)).unwrap_err().to_string().contains("did:key"));
    drop(issuer);
    assert!(matches!(
        Issuer::create(folder.path(), "Club", None, &random, moment()),
        Err(IssuerError::Present(_))
    ));
    assert!(matches!(Issuer::open(&folder.path().join("nowhere")), Err(IssuerError::Absent(_))));
}

#[test]
fn a_token_says_the_same_and_is_issued_once() {
    let office = Office::new();
    let (_, plain) = office.issue(&award(), 0);
    let refused = office.open().issue(&award(), None, true, &office.random, at(1)).unwrap_err();
    assert!(refused.to_string().contains("token-key"), "{refused}");
    office.open().token_key(at(1)).unwrap();
    let with_token = || office.open().issue(&award(), None, true, &office.random, at(2)).unwrap().1;
    let found = with_token();
    assert_eq!((&found.issue.credential, &found), (&plain.issue.credential, &with_token()));
    let token = Document::Token(found.issue.token.unwrap());
    let state = verify(&token, &Published::by(&office.open()), at(3)).state;
    assert_eq!(state, State::Valid);
    office.open().revoke(&found.uuid, "a mistake", at(4)).unwrap();
    assert_eq!(verify(&token, &Published::by(&office.open()), at(5)).state, State::Revoked);
}

#[test]
fn what_cannot_be_looked_up_is_no_verdict() {
    let office = Office::new();
    let (_, found) = office.issue(&award(), 0);
    let document = Document::Json(found.issue.credential.clone());
    let nothing = verify(&document, &Published(vec![]), at(1));
    assert_eq!(nothing.state, State::Unverifiable);
    let unknown = |finding: &&crate::credential::Finding| {
        matches!(finding.outcome, crate::credential::Outcome::Unknown(_))
    };
    assert_eq!(nothing.findings.iter().filter(unknown).count(), 2);
    // A status list that somebody else signed says nothing.
    let mut forged = Published::by(&office.open());
    forged.0[1].1["credentialSubject"]["encodedList"] = serde_json::json!("uAAAA");
    assert_eq!(verify(&document, &forged, at(1)).state, State::Unverifiable);
}
