//! Attempts on targets that are no sandbox of their own: another sandbox, reached as any endpoint with an account's keys.

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_dynamodb::types::AttributeValue;
use proofmark::aws::{Clients, Endpoint};
use proofmark::sandbox::{Options, Sandbox};
use proofmark::target::{Lease, lease_embedded};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::taker::{Beside, Hand, REGION, Taker, wait_for};
use crate::support::{Ended, Lab};

/// Somebody who takes the little challenge in an account of a sandbox that is there anyway, and the host's rights in it.
pub(super) struct Abroad {
    pub(super) taker: Taker,
    pub(super) url: String,
    pub(super) lease: Lease,
    pub(super) runtime: Runtime,
    pub(super) lab: Lab,
}

impl Abroad {
    pub(super) fn new(mut taker: Taker) -> Self {
        let runtime = Runtime::new().unwrap();
        let lab = Lab::new();
        let url = lab.sandbox.endpoint_url();
        let (lease, keys) = runtime.block_on(async {
            let lease = lease_embedded(&url, &lab.sandbox.admin_token, REGION).await.unwrap();
            let keys = lease.clients.endpoint.credentials.provide_credentials().await.unwrap();
            (lease, keys)
        });
        for (name, value) in
            [("AWS_ACCESS_KEY_ID", keys.access_key_id()), ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key())]
        {
            taker.environment.push((name.to_owned(), value.to_owned()));
        }
        Self { taker, url, lease, runtime, lab }
    }

    pub(super) fn begin(&self, more: &[&str]) -> (Beside, String) {
        self.taker.begin(&[&["--endpoint-url", &self.url], more].concat())
    }

    pub(super) fn start(&self, more: &[&str]) -> Ended {
        let start = ["start", "notes", "--region", REGION, "--detach", "--endpoint-url", &self.url];
        self.taker.run(&[&start, more].concat())
    }

    /// What stands in the account: tables, users and roles, by their names.
    pub(super) fn standing(&self) -> Vec<String> {
        let Clients { dynamodb, iam, .. } = &self.lease.clients;
        self.runtime.block_on(async {
            let mut names = dynamodb.list_tables().send().await.unwrap().table_names.unwrap_or_default();
            let users = iam.list_users().send().await.unwrap().users.into_iter().map(|user| user.user_name);
            names.extend(users.filter(|name| !name.starts_with("administrator")));
            names.extend(iam.list_roles().send().await.unwrap().roles.into_iter().map(|role| role.role_name));
            let policies = iam.list_policies().scope("Local".into()).send().await.unwrap();
            names.extend(policies.policies.unwrap_or_default().into_iter().filter_map(|one| one.policy_name));
            names
        })
    }

    /// A session of a role, begun now.
    pub(super) fn session(&self, role: &str) -> Clients {
        let endpoint = &self.lease.clients.endpoint;
        let arn = format!("arn:aws:iam::{}:role/{role}", self.lease.account);
        let assume = self.lease.clients.sts.assume_role().role_arn(arn).role_session_name("early");
        let session = self.runtime.block_on(assume.send()).unwrap().credentials.unwrap();
        let token = Some(session.session_token);
        let keys = Credentials::new(session.access_key_id, session.secret_access_key, token, None, "early");
        let credentials = SharedCredentialsProvider::new(keys);
        Clients::new(&Endpoint { credentials, ..endpoint.clone() })
    }

    fn note(&self, by: &Clients, hand: &Hand, id: &str) -> bool {
        let put = by.dynamodb.put_item().table_name(&hand.table).item("id", AttributeValue::S(id.to_owned()));
        self.runtime.block_on(put.send()).is_ok()
    }
}

/// A challenge with a role that people of the account may take on.
pub(super) fn with_a_role(duration: &str) -> Taker {
    let taker = Taker::new(duration);
    taker.change(
        "scenario/template.yaml",
        "Outputs:",
        "  Helper:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        \
         Statement: [{ Effect: Allow, Principal: { AWS: !Ref AWS::AccountId }, Action: sts:AssumeRole }]\n      Policies:\n        \
         - PolicyName: notes\n          PolicyDocument:\n            Version: '2012-10-17'\n            \
         Statement: [{ Effect: Allow, Action: 'dynamodb:*', Resource: '*' }]\nOutputs:",
    );
    taker
}

fn verdicts(taker: &Taker, id: &str) -> Vec<Value> {
    let card: Value = serde_json::from_str(&taker.run(&["report", id, "--format", "json"]).out).unwrap();
    let tasks = card["tasks"].as_array().unwrap().clone();
    let checks = tasks.iter().flat_map(|task| task["checks"].as_array().unwrap().clone());
    checks.map(|check| check["verdict"].clone()).collect()
}

#[test]
fn an_attempt_on_an_endpoint_is_frozen_graded_and_taken_down_as_one_in_a_sandbox_of_its_own() {
    let abroad = Abroad::new(with_a_role("90m"));
    let taker = &abroad.taker;
    let (mut beside, id) = abroad.begin(&[]);
    let hand = taker.hand(&id);
    assert_eq!(hand.note("first"), 200);
    let role = abroad.standing().into_iter().find(|name| name.contains("Helper")).unwrap();
    let session = abroad.session(&role);
    assert!(abroad.note(&session, &hand, "second"));
    taker.run(&["submit", &id]).ends_with(1, &["it ran in account", &abroad.url, "(full)"]);
    assert_eq!(beside.code(), Some(1));
    assert_ne!(hand.note("late"), 200, "the candidate's key");
    assert!(!abroad.note(&session, &hand, "later"), "a session that was begun before");
    taker.run(&["audit", &id]).ends_with(0, &["it ran in account", "sound"]);
    let (mut other, here) = taker.begin(&["--practice"]);
    assert_eq!(taker.hand(&here).note("first"), 200);
    taker.run(&["submit", &here]).ends_with(1, &[]);
    other.code();
    assert_eq!(verdicts(taker, &id), verdicts(taker, &here));
    taker.run(&["regrade", &id, "--original", "--diff"]).ends_with(0, &["0 changed"]);
    taker.run(&["release", &id]).ends_with(0, &["is released"]);
    assert_eq!(abroad.standing(), Vec::<String>::new());
    for name in ["ground.json", "entrance.json", "sandbox"] {
        assert!(!taker.folder(&id).join(name).exists(), "{name}");
    }
    super::story::no_secret_is_kept(taker, &id);
}

#[test]
fn the_target_keeps_the_end_though_nobody_drives_and_an_extension_moves_it() {
    let abroad = Abroad::new(Taker::new("20s"));
    let taker = &abroad.taker;
    let (beside, id) = abroad.begin(&[]);
    let hand = taker.hand(&id);
    assert_eq!(hand.note("first"), 200);
    beside.kill();
    wait_for("the end", || (hand.note("late") != 200).then_some(()));
    taker.run(&["extend", "30m", &id, "--reason", "a fire alarm"]).ends_with(0, &["30m more"]);
    taker.run(&["resume", &id, "--detach"]).ends_with(0, &["export AWS_ENDPOINT_URL"]);
    wait_for("the end is moved", || (hand.note("first") == 200).then_some(()));
    hand.solve();
    taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
}

#[test]
fn a_death_at_any_step_loses_nothing_and_leaves_nothing_behind() {
    for point in ["effect:provisioning", "effect:frozen", "done:frozen", "effect:graded", "effect:released"] {
        let abroad = Abroad::new(Taker::new("90m"));
        let taker = &abroad.taker;
        let start = ["start", "notes", "--region", REGION, "--endpoint-url", &abroad.url];
        let mut beside = taker.spawn(&start, &[("PROOFMARK_FAILPOINT", point)]);
        let id = wait_for("the attempt is noted", || {
            taker.attempts().first().map(|attempt| attempt["attempt"].as_str().unwrap().to_owned())
        });
        if point == "effect:provisioning" {
            assert_eq!(beside.code(), None, "it dies by a signal");
            taker.run(&["resume", &id, "--detach"]).ends_with(0, &["export"]);
        }
        let runs = |shown: &Value| shown["state"] == "running" && shown["settled"] == true;
        wait_for("the attempt runs", || runs(&taker.status(&id)).then_some(()));
        let hand = taker.hand(&id);
        hand.solve();
        if point == "effect:provisioning" || point == "effect:released" {
            taker.run(&["submit", &id]).ends_with(0, &["PASSED"]);
        } else {
            taker.run(&["submit", &id]).ends_with(4, &["proofmark resume"]);
            assert_ne!(hand.note("late"), 200, "{point}");
            taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
        }
        if point == "effect:released" {
            let mut releasing = taker.spawn(&["release", &id], &[("PROOFMARK_FAILPOINT", point)]);
            assert_eq!(releasing.code(), None, "it dies by a signal");
            taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
        } else {
            taker.run(&["release", &id]).ends_with(0, &["is released"]);
        }
        assert_eq!(abroad.standing(), Vec::<String>::new(), "{point}");
    }
}

#[test]
fn what_a_dead_process_was_making_is_found_and_deleted() {
    let abroad = Abroad::new(with_a_role("90m"));
    let taker = &abroad.taker;
    let start = ["start", "notes", "--region", REGION, "--endpoint-url", &abroad.url];
    let beside = taker.spawn(&start, &[]);
    wait_for("something stands", || (!abroad.standing().is_empty()).then_some(()));
    beside.kill();
    let id = taker.attempts()[0]["attempt"].as_str().unwrap().to_owned();
    taker.run(&["resume", &id, "--detach"]).ends_with(0, &["export"]);
    assert_eq!(abroad.standing().len(), 3, "a table, the candidate, a role: {:?}", abroad.standing());
    taker.run(&["void", &id, "--reason", "only looking"]).ends_with(0, &["does not count"]);
    assert_eq!(abroad.standing(), Vec::<String>::new());
}

#[test]
fn an_open_sandbox_is_refused_and_the_keys_must_lead_where_the_attempt_stands() {
    let abroad = Abroad::new(Taker::new("90m"));
    let open = Sandbox::start(&Options { open: true, ..Options::default() }, &abroad.lab.context).unwrap();
    let taker = &abroad.taker;
    let refused = taker.run(&["start", "notes", "--endpoint-url", &open.endpoint_url()]);
    refused.ends_with(4, &["is open", "--open"]);
    assert!(taker.attempts().is_empty(), "nothing was begun");
    let (beside, id) = abroad.begin(&[]);
    beside.kill();
    let hand = taker.hand(&id);
    let theirs =
        [("AWS_ACCESS_KEY_ID", hand.keys.id.as_str()), ("AWS_SECRET_ACCESS_KEY", hand.keys.secret.as_str())];
    let mut candidate = taker.spawn(&["resume", &id], &theirs);
    assert_eq!(candidate.code(), Some(4), "a candidate's keys drive nothing");
    taker.run(&["resume", &id, "--detach"]).ends_with(0, &["export"]);
}

#[test]
fn where_the_target_does_not_keep_the_end_it_is_practice_and_earns_no_credential() {
    let abroad = Abroad::new(Taker::new("90m"));
    let taker = &abroad.taker;
    taker.run(&["issuer", "init", "--name", "Harbour Lane"]).ends_with(0, &["did:key:"]);
    let take = |candidate: &str, more: &[&str], told: &[&str]| {
        let before = taker.attempts().len();
        abroad.start(&[&["--candidate", candidate], more].concat()).ends_with(0, told);
        let id = taker.attempts()[before]["attempt"].as_str().unwrap().to_owned();
        taker.hand(&id).solve();
        id
    };
    let unenforced = "the deadline is not enforced by the target";
    let id = take("ada", &["--endpoint-profile", "moto"], &[unenforced, "practice"]);
    assert_eq!(
        (&taker.status(&id)["mode"], &taker.status(&id)["target"]["enforces"]),
        (&"practice".into(), &false.into())
    );
    taker
        .run(&["submit", &id])
        .ends_with(0, &["PASSED", "practice, since the deadline is not enforced", "(moto)"]);
    taker.run(&["audit", &id]).ends_with(0, &[unenforced]);
    let refused = taker.run(&["issue", &id, "--email", "ada@example.org"]);
    assert!(refused.code != Some(0) && refused.err.contains("practice"), "{}{}", refused.out, refused.err);
    taker.run(&["release", &id]).ends_with(0, &["is released"]);

    let id = take("lin", &[], &["export AWS_ENDPOINT_URL"]);
    assert_eq!(taker.status(&id)["mode"], "exam");
    taker.run(&["submit", &id]).ends_with(0, &["PASSED", "on an issuer's machine", "it ran in account"]);
    taker.run(&["issue", &id, "--email", "lin@example.org"]).ends_with(0, &["issued"]);
}

#[test]
fn in_a_listed_account_aws_itself_holds_the_candidate_and_the_account_is_given_back_empty() {
    let abroad = Abroad::new(Taker::new("90m"));
    let (taker, clients) = (&abroad.taker, &abroad.lease.clients);
    let folder = taker.program.home().join(".config/proofmark");
    std::fs::create_dir_all(&folder).unwrap();
    let account = &abroad.lease.account;
    let list =
        format!("accounts: [{{ id: \"{account}\", sentinel: proofmark-scenarios, regions: [{REGION}] }}]");
    std::fs::write(folder.join("accounts.yaml"), list).unwrap();
    abroad.start(&[]).ends_with(4, &["does not hold the role proofmark-scenarios"]);
    assert!(taker.attempts().is_empty(), "nothing was begun");
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let sentinel =
        clients.iam.create_role().role_name("proofmark-scenarios").assume_role_policy_document(trust);
    abroad.runtime.block_on(sentinel.send()).unwrap();

    let (_beside, id) = abroad.begin(&[]);
    let hand = taker.hand(&id);
    let user = format!("{id}-candidate");
    let ends = || {
        abroad.runtime.block_on(async {
            let policy =
                clients.iam.get_user_policy().user_name(&user).policy_name("challenge").send().await.unwrap();
            let boundary = clients.iam.get_user().user_name(&user).send().await.unwrap().user.unwrap();
            let arn = boundary.permissions_boundary.unwrap().permissions_boundary_arn.unwrap();
            let version = clients.iam.get_policy().policy_arn(&arn).send().await.unwrap().policy.unwrap();
            let version = version.default_version_id.unwrap();
            let boundary =
                clients.iam.get_policy_version().policy_arn(arn).version_id(version).send().await.unwrap();
            let boundary = boundary.policy_version.unwrap().document.unwrap();
            [policy.policy_document, boundary].map(|document| {
                let document =
                    percent_encoding::percent_decode_str(&document).decode_utf8().unwrap().into_owned();
                let document: Value = serde_json::from_str(&document).unwrap();
                let end = document["Statement"][0]["Condition"]["DateLessThan"]["aws:CurrentTime"].clone();
                end.as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
            })
        })
    };
    // Policy and boundary are set one after the other.
    let before = wait_for("policy and boundary end at once", || {
        let [policy, boundary] = ends();
        (policy == boundary).then_some(policy)
    });
    // More often than a policy has versions.
    for minutes in 1..=6_i64 {
        taker.run(&["extend", "10m", &id, "--reason", "a fire alarm"]).ends_with(0, &["10m more"]);
        wait_for("the end moves", || {
            let moved = ends();
            let wanted = before + jiff::SignedDuration::from_mins(10 * minutes);
            (moved[0] == moved[1]
                && moved[0].duration_since(wanted).abs() < jiff::SignedDuration::from_secs(5))
            .then_some(())
        });
    }
    hand.solve();
    taker.run(&["submit", &id]).ends_with(0, &["PASSED", &format!("in account {account}")]);
    let log = clients.logs.create_log_group().log_group_name("/forgotten");
    abroad.runtime.block_on(log.send()).unwrap();
    taker.run(&["release", &id]).ends_with(4, &["not empty", "/forgotten in eu-west-1", "proofmark resume"]);
    abroad.runtime.block_on(clients.logs.delete_log_group().log_group_name("/forgotten").send()).unwrap();
    taker.run(&["resume", &id]).ends_with(0, &["PASSED"]);
    assert_eq!(taker.status(&id)["state"], "released");
    assert_eq!(abroad.standing(), ["proofmark-scenarios"]);
}
