//! The verbs of those who drive several accounts: taking turns in them, and ending a candidate's rights.

use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use proofmark::aws::{Clients, Endpoint, ErrorClass, Outcome as _, Settling};
use proofmark::target::{Lease, lease_embedded, make_candidate};
use serde_json::Value;

use crate::support::{Ended, Lab, Program};

const REGION: &str = "eu-west-1";
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// An account and the keys of somebody who may do everything in it.
struct Held {
    lease: Lease,
    environment: Vec<(&'static str, String)>,
}

async fn account(lab: &Lab) -> Held {
    let lease = lease_embedded(&lab.sandbox.endpoint_url(), &lab.sandbox.admin_token, REGION).await.unwrap();
    let keys = lease.clients.endpoint.credentials.provide_credentials().await.unwrap();
    let environment = vec![
        ("AWS_ACCESS_KEY_ID", keys.access_key_id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key().to_owned()),
        ("AWS_REGION", REGION.to_owned()),
    ];
    Held { lease, environment }
}

impl Held {
    fn run(&self, program: &Program, arguments: &[&str]) -> Ended {
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        tokio::task::block_in_place(|| program.run_with(arguments, &environment))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_leased_given_back_empty_and_set_aside_otherwise() {
    let lab = Lab::new();
    let (one, other) = (account(&lab).await, account(&lab).await);
    let (first, second) = if one.lease.account < other.lease.account { (one, other) } else { (other, one) };
    let (program, url) = (Program::new(), lab.sandbox.endpoint_url());
    first.run(&program, &["accounts", "lease", "--by", "ada"]).ends_with(4, &["no account is listed"]);
    let folder = program.home().join(".config/proofmark");
    std::fs::create_dir_all(&folder).unwrap();
    let line =
        |id: &str| format!("  - {{ id: \"{id}\", sentinel: proofmark-scenarios, regions: [{REGION}] }}\n");
    let (a, b) = (first.lease.account.clone(), second.lease.account.clone());
    std::fs::write(folder.join("accounts.yaml"), format!("accounts:\n{}{}", line(&a), line(&b))).unwrap();

    first.run(&program, &["accounts", "list"]).ends_with(0, &[&format!("{a}  free"), &format!("{b}  free")]);
    let leased = first.run(&program, &["accounts", "lease", "--by", "ada"]);
    assert_eq!((leased.code, leased.out.trim()), (Some(0), a.as_str()), "{}", leased.err);
    first.run(&program, &["accounts", "lease", "--by", "bob"]).ends_with(0, &[&b]);
    let none = first.run(&program, &["accounts", "lease", "--by", "eve"]);
    none.ends_with(4, &["no account is free", "leased by ada"]);

    let give = |by: &'static str| ["accounts", "release", a.as_str(), "--by", by];
    let there = ["--endpoint-url", url.as_str()];
    first.run(&program, &give("ada")).ends_with(2, &["how to get into the account"]);
    second.run(&program, &[&give("ada")[..], &there].concat()).ends_with(2, &["leads into account"]);
    first.run(&program, &[&give("eve")[..], &there].concat()).ends_with(2, &["is not leased by eve"]);
    let logs = &first.lease.clients.logs;
    logs.create_log_group().log_group_name("/forgotten").send().await.unwrap();
    let refused = first.run(&program, &[&give("ada")[..], &there].concat());
    refused.ends_with(4, &["set aside", "AWS::Logs::LogGroup//forgotten in eu-west-1"]);
    first.run(&program, &["accounts", "list"]).ends_with(0, &["set aside since", "/forgotten"]);
    logs.delete_log_group().log_group_name("/forgotten").send().await.unwrap();
    first.run(&program, &["accounts", "clear", &a]).ends_with(0, &[]);
    first.run(&program, &["accounts", "clear", &a]).ends_with(2, &["is not in quarantine"]);
    first.run(&program, &["accounts", "lease", "--by", "eve"]).ends_with(0, &[&a]);
    first.run(&program, &[&give("eve")[..], &there].concat()).ends_with(0, &[]);

    let aside = ["accounts", "quarantine", &a, "--reason", "a bill nobody understands"];
    first.run(&program, &aside).ends_with(0, &[]);
    let listed = first.run(&program, &["accounts", "list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(listed[&a]["left"][0], "a bill nobody understands");
    assert_eq!(listed[&b]["state"], "leased");
    first.run(&program, &["accounts", "quarantine", "000000000000", "--reason", "x"]).ends_with(2, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_candidate_can_do_nothing_and_the_work_is_graded_as_it_was() {
    let lab = Lab::new();
    let held = account(&lab).await;
    let (program, url) = (Program::new(), lab.sandbox.endpoint_url());
    let definition = "fixtures/definitions/valid";
    let provision = ["provision", definition, "--healthy", "--format", "json", "--endpoint-url", &url];
    let stood = held.run(&program, &provision);
    stood.ends_with(0, &[]);
    let told: Value = serde_json::from_str(&stood.out).unwrap();
    let key = |name: &str| told["environment"][name].as_str().unwrap().to_owned();
    let keys = (key("AWS_ACCESS_KEY_ID"), key("AWS_SECRET_ACCESS_KEY"));
    let endpoint = Endpoint::with_keys(Some(&url), REGION, keys.0, keys.1, Settling::Immediate);
    let candidate = Clients::new(&endpoint);
    let table = held.lease.clients.dynamodb.list_tables().send().await.unwrap().table_names()[0].clone();
    candidate.dynamodb.describe_table().table_name(&table).send().await.unwrap();
    // A session that was begun in time, of a role that trusts the account.
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
    let role = held.lease.clients.iam.list_roles().send().await.unwrap().roles[0].role_name.clone();
    let call = held.lease.clients.iam.update_assume_role_policy().role_name(&role).policy_document(trust);
    call.send().await.unwrap();
    let all = held.lease.clients.iam.put_role_policy().role_name(&role).policy_name("all");
    all.policy_document(EVERYTHING).send().await.unwrap();
    let helper = make_candidate(&held.lease.clients, "helpers", "helper", EVERYTHING).await.unwrap();
    let helper = Endpoint::with_keys(
        Some(&url),
        REGION,
        helper.access_key_id,
        helper.secret_access_key,
        Settling::Immediate,
    );
    let arn = format!("arn:aws:iam::{}:role/{role}", held.lease.account);
    let assume = Clients::new(&helper).sts.assume_role().role_arn(arn).role_session_name("early");
    let session = assume.send().await.unwrap().credentials.unwrap();
    let session = aws_credential_types::Credentials::new(
        session.access_key_id,
        session.secret_access_key,
        Some(session.session_token),
        None,
        "early",
    );
    let early = Clients::new(&Endpoint { credentials: SharedCredentialsProvider::new(session), ..helper });
    early.dynamodb.list_tables().send().await.unwrap();

    let graded = || held.run(&program, &["grade", definition, "--format", "json", "--seed", "1"]);
    let before = graded();
    let stack = told["stack"].as_str().unwrap();
    held.run(&program, &["freeze", "nothing"]).ends_with(2, &["no stack `nothing` stands"]);
    for _ in 0..2 {
        held.run(&program, &["freeze", stack]).ends_with(0, &["is frozen"]);
    }
    let refused = candidate.dynamodb.describe_table().table_name(&table).send().await;
    let refused = refused.during("dynamodb:DescribeTable").unwrap_err();
    assert_eq!(refused.class, ErrorClass::Denied, "{refused}");
    let refused = early.dynamodb.list_tables().send().await.during("dynamodb:ListTables").unwrap_err();
    assert_eq!(refused.class, ErrorClass::Denied, "an older session of the stack's role: {refused}");
    let after = graded();
    let verdicts = |ended: &Ended| -> Vec<Value> {
        let card: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err));
        let tasks = card["tasks"].as_array().unwrap().clone();
        let checks = tasks.iter().flat_map(|task| task["checks"].as_array().unwrap().clone());
        checks.map(|check| check["verdict"].clone()).collect()
    };
    assert_eq!((before.code, verdicts(&before)), (after.code, verdicts(&after)));
    held.run(&program, &["teardown", stack]).ends_with(0, &["taken down"]);
}
