//! Attempts that take turns in the accounts of accounts.yaml, with another sandbox as the endpoint.

use proofmark::target::{Lease, lease_embedded};
use serde_json::Value;

use super::abroad::Abroad;
use super::taker::{Beside, Hand, REGION, Taker, wait_for};
use crate::support::Ended;

const SENTINEL: &str = "proofmark-scenarios";
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// One listed account, and the keys of its host at hand.
fn tenement() -> Abroad {
    let abroad = Abroad::new(Taker::new("90m"));
    abroad.role(&abroad.lease, SENTINEL, "Service", "lambda.amazonaws.com");
    abroad.list_accounts(&[(&abroad.lease.account, REGION)]);
    abroad
}

impl Abroad {
    fn list_accounts(&self, accounts: &[(&str, &str)]) {
        let folder = self.taker.program.home().join(".config/proofmark");
        std::fs::create_dir_all(&folder).unwrap();
        let line = |(id, region): &(&str, &str)| {
            format!("  - {{ id: \"{id}\", sentinel: {SENTINEL}, regions: [{region}] }}\n")
        };
        let lines: String = accounts.iter().map(line).collect();
        std::fs::write(folder.join("accounts.yaml"), format!("accounts:\n{lines}")).unwrap();
    }

    fn role(&self, lease: &Lease, name: &str, kind: &str, who: &str) {
        let trust = serde_json::json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": { kind: who }, "Action": "sts:AssumeRole" }] });
        let iam = &lease.clients.iam;
        self.runtime.block_on(async {
            let role = iam.create_role().role_name(name).assume_role_policy_document(trust.to_string());
            role.send().await.unwrap();
        });
    }

    /// Another account, that the keys at hand lead into by its role `host`.
    fn another(&self) -> Lease {
        let token = &self.lab.sandbox.admin_token;
        let lease = self.runtime.block_on(lease_embedded(&self.url, token, REGION)).unwrap();
        self.role(&lease, SENTINEL, "Service", "lambda.amazonaws.com");
        self.role(&lease, "host", "AWS", &self.lease.account);
        let all = lease.clients.iam.put_role_policy().role_name("host").policy_name("all");
        self.runtime.block_on(all.policy_document(EVERYTHING).send()).unwrap();
        lease
    }

    /// What `accounts list` says of an account.
    fn turn(&self, account: &str) -> String {
        let listed = self.taker.run(&["accounts", "list"]);
        assert_eq!(listed.code, Some(0), "{}", listed.err);
        let line = listed.out.lines().find(|line| line.starts_with(account));
        line.unwrap_or_else(|| panic!("{account} is not in {}", listed.out)).to_owned()
    }

    fn is_free(&self) {
        let account = &self.lease.account;
        assert_eq!(self.turn(account), format!("{account}  free"));
    }

    /// Begins an attempt that works in the background; returns its id.
    fn settle(&self, more: &[&str]) -> String {
        let before = self.taker.attempts().len();
        self.start(more).ends_with(0, &["export AWS_ENDPOINT_URL"]);
        self.taker.attempts()[before]["attempt"].as_str().unwrap().to_owned()
    }

    fn give_back(&self, by: &str) -> Ended {
        let release = ["accounts", "release", &self.lease.account, "--by", by, "--endpoint-url", &self.url];
        self.taker.run(&[&release[..], &["--region", REGION]].concat())
    }

    fn void(&self, id: &str) -> Ended {
        self.taker.run(&["void", id, "--reason", "only looking"])
    }

    fn forget_something(&self) {
        let log = self.lease.clients.logs.create_log_group().log_group_name("/forgotten");
        self.runtime.block_on(log.send()).unwrap();
    }

    fn find_it_again(&self) {
        let log = self.lease.clients.logs.delete_log_group().log_group_name("/forgotten");
        self.runtime.block_on(log.send()).unwrap();
    }

    /// Starts an attempt in a process that dies at a point.
    fn die_at(&self, point: &str, arguments: &[&str]) {
        let mut beside: Beside = self.taker.spawn(arguments, &[("PROOFMARK_FAILPOINT", point)]);
        assert_eq!(beside.code(), None, "{point}: it dies by a signal");
    }
}

#[test]
fn an_account_is_one_attempts_until_it_was_seen_to_be_empty() {
    let abroad = tenement();
    let (taker, account) = (&abroad.taker, abroad.lease.account.as_str());
    let id = abroad.settle(&[]);
    assert!(abroad.turn(account).contains(&format!("leased by attempt {id} since")));
    let told = format!("account {account} is leased by attempt {id}");
    abroad.start(&["--candidate", "lin"]).ends_with(4, &[&told, "proofmark release"]);
    assert_eq!(taker.attempts().len(), 1, "nothing was begun");
    taker.run(&["accounts", "lease", "--by", "bob"]).ends_with(4, &[&format!("leased by attempt {id}")]);
    let claimed = format!("attempt {id}");
    taker.run(&["accounts", "lease", "--by", &claimed]).ends_with(2, &["what an attempt is called"]);
    abroad.give_back(&claimed).ends_with(2, &[&format!("attempt {id} is in account {account}")]);
    abroad.void(&id).ends_with(0, &["does not count"]);
    abroad.is_free();

    let id = abroad.settle(&["--candidate", "lin"]);
    taker.hand(&id).solve();
    taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
    abroad.forget_something();
    let clear = format!("accounts clear {account}");
    for verb in ["release", "resume"] {
        taker.run(&[verb, &id]).ends_with(4, &["not empty", "/forgotten in eu-west-1", &clear]);
        let turn = abroad.turn(account);
        assert!(turn.contains("set aside") && turn.contains("/forgotten in eu-west-1"), "{turn}");
    }
    abroad.start(&["--candidate", "eve"]).ends_with(4, &["is set aside", "/forgotten", &clear]);
    abroad.find_it_again();
    taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
    assert_eq!(taker.status(&id)["state"], "released");
    assert!(abroad.turn(account).contains("set aside"), "a person says that it is clean");
    taker.run(&["accounts", "clear", account]).ends_with(0, &[]);
    abroad.is_free();
    taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
    abroad.is_free();
    // Whose attempt is refused for another reason keeps nobody out.
    let refused = abroad.start(&["--candidate", "lin"]);
    assert_eq!(refused.code, Some(2), "{}{}", refused.out, refused.err);
    abroad.is_free();
    let folders = std::fs::read_dir(taker.state().join("attempts")).unwrap().count();
    assert_eq!(folders, taker.attempts().len());
}

#[test]
fn of_two_that_start_at_once_in_one_account_one_does() {
    let abroad = tenement();
    let taker = &abroad.taker;
    let start = ["start", "notes", "--region", REGION, "--detach", "--endpoint-url", &abroad.url];
    let mut both = ["ada", "lin"].map(|who| taker.spawn(&[&start[..], &["--candidate", who]].concat(), &[]));
    let mut codes = both.each_mut().map(Beside::code);
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(4)]);
    let attempts = taker.attempts();
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    let id = attempts[0]["attempt"].as_str().unwrap();
    assert_eq!(taker.hand(id).note("first"), 200);
    assert!(abroad.turn(&abroad.lease.account).contains(id));
    abroad.void(id).ends_with(0, &[]);
    abroad.is_free();
}

#[test]
fn the_next_free_account_is_taken_for_a_role_of_any() {
    let abroad = Abroad::new(Taker::new("90m"));
    let taker = &abroad.taker;
    let mut others = [abroad.another(), abroad.another(), abroad.another()];
    others.sort_by(|one, other| one.account.cmp(&other.account));
    let [first, second, far] = &others;
    let any = ["--role-arn", "arn:aws:iam::{account}:role/host"];
    abroad.start(&any).ends_with(4, &["no account is listed", "accounts.yaml"]);
    abroad.list_accounts(&[(&second.account, REGION), (&far.account, "us-east-1"), (&first.account, REGION)]);
    let provision = ["provision", "fixtures/attempts/notes", "--endpoint-url", &abroad.url];
    taker.run(&[&provision[..], &any].concat()).ends_with(2, &["{account}", "no account is taken here"]);
    let nowhere = ["start", "notes", "--region", "ap-south-1", "--endpoint-url", &abroad.url];
    taker.run(&[&nowhere[..], &any].concat()).ends_with(4, &["no account may be used in region ap-south-1"]);
    abroad.start(&["--role-arn", "arn:aws:iam::{account}:role/nobody"]).ends_with(4, &["sts:AssumeRole"]);
    assert!(taker.attempts().is_empty(), "nothing was begun");
    assert!(abroad.turn(&first.account).ends_with("  free"), "and nothing stays taken");

    let mut ids = Vec::new();
    for (who, account) in [("ada", &first.account), ("lin", &second.account)] {
        let more = [&any[..], &["--candidate", who]].concat();
        let started = abroad.start(&more);
        started.ends_with(0, &[&format!("account {account} is taken for the attempt")]);
        let id = taker.attempts()[ids.len()]["attempt"].as_str().unwrap().to_owned();
        assert_eq!(taker.status(&id)["target"]["account"], account.as_str());
        ids.push(id);
    }
    let none = abroad.start(&[&any[..], &["--candidate", "eve"]].concat());
    let told: Vec<String> = ids.iter().map(|id| format!("leased by attempt {id}")).collect();
    none.ends_with(4, &["no account is free", &told[0], &told[1]]);

    let hand: Hand = taker.hand(&ids[0]);
    hand.solve();
    taker.run(&["submit", &ids[0]]).ends_with(0, &["PASSED"]);
    taker.run(&["release", &ids[0]]).ends_with(0, &["is released"]);
    assert!(abroad.turn(&first.account).ends_with("  free"), "the role that looked is no leftover");
    abroad.void(&ids[1]).ends_with(0, &[]);
    taker.run(&["accounts", "lease", "--by", "monday"]).ends_with(0, &[&first.account]);
    let id = abroad.settle(&[&any[..], &["--leased-by", "monday", "--practice"]].concat());
    assert_eq!(taker.status(&id)["target"]["account"], first.account.as_str());
    abroad.void(&id).ends_with(0, &[]);
    let release = ["accounts", "release", &first.account, "--by", "monday", "--endpoint-url", &abroad.url];
    taker.run(&[&release[..], &any, &["--region", REGION]].concat()).ends_with(0, &[]);
    assert!(abroad.turn(&first.account).ends_with("  free"));
}

#[test]
fn within_a_persons_lease_there_is_one_attempt_and_the_lease_stays_theirs() {
    let abroad = tenement();
    let (taker, account) = (&abroad.taker, abroad.lease.account.as_str());
    abroad.start(&["--leased-by", "monday"]).ends_with(2, &["is not leased by monday"]);
    let here = ["start", "notes", "--leased-by", "monday"];
    taker.run(&here).ends_with(2, &["--leased-by is for accounts"]);
    taker.run(&["accounts", "lease", "--by", "monday"]).ends_with(0, &[account]);
    abroad.start(&[]).ends_with(4, &["leased by monday", "--leased-by NAME"]);
    abroad.start(&["--leased-by", "eve"]).ends_with(4, &["leased by monday"]);
    assert!(taker.attempts().is_empty(), "nothing was begun");

    let id = abroad.settle(&["--leased-by", "monday"]);
    let inside = format!("attempt {id} is in it");
    assert!(abroad.turn(account).ends_with(&inside));
    let second = ["--leased-by", "monday", "--candidate", "lin"];
    abroad.start(&second).ends_with(4, &["leased by monday", &inside]);
    abroad.give_back("monday").ends_with(2, &[&format!("attempt {id} is in account {account}")]);
    abroad.void(&id).ends_with(0, &[]);
    let listed = taker.run(&["accounts", "list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!((&listed[account]["by"], &listed[account]["attempt"]), (&"monday".into(), &Value::Null));
    let id = abroad.settle(&second);
    abroad.void(&id).ends_with(0, &[]);
    abroad.give_back("monday").ends_with(0, &[]);
    abroad.is_free();
}

#[test]
fn an_account_that_is_set_aside_during_an_attempt_is_nobodys_before_both_are_over() {
    let abroad = tenement();
    let (taker, account) = (&abroad.taker, abroad.lease.account.as_str());
    let id = abroad.settle(&[]);
    taker.run(&["accounts", "quarantine", account, "--reason", "a bill"]).ends_with(0, &[]);
    taker.run(&["accounts", "clear", account]).ends_with(2, &[&format!("attempt {id} is in account")]);
    abroad.void(&id).ends_with(0, &[]);
    assert!(abroad.turn(account).ends_with(": a bill"), "{}", abroad.turn(account));
    taker.run(&["accounts", "clear", account]).ends_with(0, &[]);
    abroad.is_free();
}

#[test]
fn a_death_before_the_ground_was_made_leases_the_account_to_nobody_for_ever() {
    let abroad = tenement();
    let (taker, account) = (&abroad.taker, abroad.lease.account.as_str());
    let start = ["start", "notes", "--region", REGION, "--endpoint-url", &abroad.url];
    abroad.die_at("booked", &start);
    assert!(taker.attempts().is_empty());
    let turn = abroad.turn(account);
    assert!(turn.contains("leased by attempt a-") && turn.contains("never came to be"), "{turn}");
    let claimed = turn.split("leased by ").nth(1).unwrap().split(" since").next().unwrap();
    abroad.give_back("attempt a-7k2m9q4xbd").ends_with(2, &["is not leased by attempt a-7k2m9q4xbd"]);
    abroad.give_back(claimed).ends_with(0, &[]);
    abroad.is_free();
    for next in [["accounts", "lease", "--by", "monday"].as_slice(), &[&start[..], &["--detach"]].concat()] {
        abroad.die_at("booked", &start);
        taker.run(next).ends_with(0, &[]);
        assert!(!abroad.turn(account).contains("never came to be"));
        if next[0] == "accounts" {
            abroad.give_back("monday").ends_with(0, &[]);
        } else {
            abroad.void(taker.attempts()[0]["attempt"].as_str().unwrap()).ends_with(0, &[]);
        }
        abroad.is_free();
    }
    for point in ["before:provisioning", "begun:provisioning", "effect:provisioning"] {
        let before = taker.attempts().len();
        abroad.die_at(point, &start);
        let id = taker.attempts()[before]["attempt"].as_str().unwrap().to_owned();
        let told = format!("leased by attempt {id}");
        abroad.start(&["--candidate", "lin"]).ends_with(4, &[&told]);
        taker.run(&["release", &id]).ends_with(0, &["never stood", "void"]);
        assert_eq!(taker.status(&id)["state"], "void", "{point}");
        assert_eq!(abroad.standing(), [SENTINEL], "{point}");
        abroad.is_free();
    }
}

#[test]
fn a_release_that_dies_anywhere_gives_the_account_back_once() {
    let points = ["begun:released", "looked:released", "effect:released", "done:released"];
    for (point, forgets) in points.map(|point| (point, false)).into_iter().chain([("looked:released", true)])
    {
        let abroad = tenement();
        let (taker, account) = (&abroad.taker, abroad.lease.account.as_str());
        let id = abroad.settle(&[]);
        taker.hand(&id).solve();
        taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
        if forgets {
            abroad.forget_something();
        }
        abroad.die_at(point, &["release", &id]);
        if forgets {
            taker.run(&["resume", &id]).ends_with(4, &["/forgotten"]);
            assert!(abroad.turn(account).contains("set aside"));
            continue;
        }
        // Whoever comes between finds it free once it was given back, and not before.
        let given_back = point == "effect:released" || point == "done:released";
        let other = abroad.start(&["--candidate", "lin"]);
        assert_eq!(other.code, Some(if given_back { 0 } else { 4 }), "{point}: {}", other.err);
        taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
        assert_eq!(taker.status(&id)["state"], "released", "{point}");
        if given_back {
            let other = taker.attempts()[1]["attempt"].as_str().unwrap().to_owned();
            assert!(abroad.turn(account).contains(&format!("leased by attempt {other}")), "{point}");
            wait_for("nobody took it away", || (taker.hand(&other).note("first") == 200).then_some(()));
            abroad.void(&other).ends_with(0, &[]);
        }
        abroad.is_free();
        assert_eq!(abroad.standing(), [SENTINEL], "{point}");
    }
}
