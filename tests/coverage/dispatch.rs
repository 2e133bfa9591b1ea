//! Holds the declarations of coverage against the running sandbox and against the tests that there are.

use std::collections::BTreeSet;
use std::process::Command;

use proofmark::sandbox::coverage::{Api, services};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::bench::{Bench, api};

/// Services whose tests are being written. At the end there are none.
const ON_THE_WAY: [&str; 1] = ["s3"];

/// Returns parameters for an operation: names in the path that nobody gave to anything, and nothing else.
pub(super) fn placeholders(bench: &Bench, service: &str, operation: &str) -> Value {
    let path = &api(service).operations[operation].path;
    let mut input = Map::new();
    for name in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
        let value = match (service, name) {
            ("lambda", "Resource") => format!("arn:aws:lambda:eu-west-1:{}:function:nothing", bench.account),
            (_, "VersionNumber") => "1".to_owned(),
            _ => "nothing".to_owned(),
        };
        input.insert(name.trim_end_matches('+').to_owned(), value.into());
    }
    // Operations of S3's that share method and path are told apart by these.
    let parts: &[(&str, &str)] = match operation {
        "CopyObject" => &[("@x-amz-copy-source", "/nothing/nothing")],
        "UploadPart" => &[("?uploadId", "nothing"), ("?partNumber", "1")],
        "UploadPartCopy" => {
            &[("?uploadId", "nothing"), ("?partNumber", "1"), ("@x-amz-copy-source", "/nothing/nothing")]
        }
        "AbortMultipartUpload" | "CompleteMultipartUpload" | "ListParts" => &[("?uploadId", "nothing")],
        _ => &[],
    };
    if service == "s3" {
        input.extend(parts.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
    }
    Value::Object(input)
}

/// What AWS has at hosts of their own, and what an id in the query alone tells from its plural.
const ELSEWHERE: [&str; 6] = [
    "ListDirectoryBuckets",
    "WriteGetObjectResponse",
    "GetBucketAnalyticsConfiguration",
    "GetBucketIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration",
    "GetBucketMetricsConfiguration",
];

/// Whether an answer says that the operation is not there.
fn is_unknown(answer: &Answer) -> bool {
    let code = answer.code();
    answer.status == 501 || matches!(code.as_str(), "UnknownOperationException" | "InvalidAction")
}

#[test]
fn what_is_declared_as_covered_is_dispatched_and_nothing_else_is() {
    let mut wrong = Vec::new();
    for service in services() {
        let bench = Bench::new(service.id, "");
        for operation in service.operations() {
            if !Api::knows(service.id, operation.name) {
                wrong.push(format!("{}: AWS has no {}", service.id, operation.name));
                continue;
            }
            if ELSEWHERE.contains(&operation.name) {
                continue;
            }
            let input = placeholders(&bench, service.id, operation.name);
            let answer = bench.ask(service.id, operation.name, input);
            let (covered, unknown) = (operation.tests().is_some(), is_unknown(&answer));
            if covered && unknown {
                wrong.push(format!("{}: {} is not dispatched: {answer:?}", service.id, operation.name));
            } else if !covered && !unknown {
                wrong.push(format!(
                    "{}: {} is dispatched, and has no row: {answer:?}",
                    service.id, operation.name
                ));
            } else if !covered && (answer.status != 501 || !answer.message().contains(operation.name)) {
                wrong.push(format!(
                    "{}: {} is not covered, and not refused by its name: {answer:?}",
                    service.id, operation.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_service_of_the_sandbox_is_declared() {
    let bench = Bench::new("sts", "");
    let health = crate::support::Sent::new("GET", "/_proofmark/health").send(bench.address());
    let health: Value = serde_json::from_slice(&health.body).unwrap();
    let running: BTreeSet<&str> =
        health["services"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let declared: BTreeSet<&str> =
        services().iter().map(|service| api(service.id).signing_name.as_str()).collect();
    assert_eq!(running, declared);
}

#[test]
fn each_covered_operation_has_a_test_of_its_success_and_one_of_an_error() {
    let listed = |arguments: &[&str]| -> BTreeSet<String> {
        let output = Command::new(std::env::current_exe().unwrap()).args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
    };
    let ignored = listed(&["--list", "--ignored"]);
    let there: BTreeSet<String> = listed(&["--list"]).difference(&ignored).cloned().collect();
    assert!(there.contains("coverage::dispatch::every_service_of_the_sandbox_is_declared"), "{there:?}");
    let mut missing = Vec::new();
    for service in services().into_iter().filter(|service| !ON_THE_WAY.contains(&service.id)) {
        for operation in service.operations() {
            let Some(tests) = operation.tests() else { continue };
            assert_ne!(tests.success, tests.error, "{}", operation.name);
            let named = [&tests.success, &tests.error];
            missing
                .extend(named.iter().filter(|test| !there.contains(test.as_ref())).map(ToString::to_string));
        }
    }
    assert!(missing.is_empty(), "{} tests are named and not there:\n{}", missing.len(), missing.join("\n"));
}
