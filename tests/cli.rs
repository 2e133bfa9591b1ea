//! The program from outside: bad input gets a clear error and the documented exit code, and nothing is left behind.

use std::net::TcpListener;
use std::path::Path;

use proofmark::source::read_folder;

use crate::support::{Ended, Program};

/// Copies orders-api with one piece of text replaced, and lints it.
fn lint_with(file: &str, text: &str, by: &str) -> Ended {
    let program = Program::new();
    let folder = program.home().join("orders-api");
    copy(Path::new("challenges/orders-api"), &folder);
    let path = folder.join(file);
    let before = std::fs::read_to_string(&path).unwrap();
    assert!(before.contains(text), "{file} does not hold {text:?}");
    std::fs::write(&path, before.replacen(text, by, 1)).unwrap();
    program.run(&["lint", folder.to_str().unwrap()])
}

fn copy(from: &Path, to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
    for (path, contents) in read_folder(&from).unwrap().iter() {
        let path = to.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }
}

#[test]
fn an_unknown_verb_and_an_unknown_challenge_are_usage_errors() {
    let program = Program::new();
    program.run(&["grad"]).ends_with(2, &["grad"]);
    program
        .run(&["lint", "order-api"])
        .ends_with(2, &["no challenge `order-api`", "did you mean `orders-api`?"]);
    program
        .run(&["grade", "orders-api"])
        .ends_with(2, &["no stack `orders-api` stands", "proofmark provision"]);
    program
        .run(&["provision", "orders-api", "--fault", "wrong-handlr"])
        .ends_with(2, &["wrong-handlr", "wrong-handler"]);
    program.run(&["provision", "orders-api", "--stack", "Größe"]).ends_with(2, &["cannot name a stack"]);
}

#[test]
fn shipped_challenges_are_valid() {
    Program::new().run(&["lint"]).ends_with(0, &["orders-api: valid"]);
    Program::new().run(&["list"]).ends_with(0, &["orders-api            Repair the orders service"]);
}

#[test]
fn a_wrong_definition_is_shown_with_its_place() {
    let lint = |text, by| lint_with("challenge.yaml", text, by);
    lint("title: Repair", "titel: Repair").ends_with(3, &["titel", "challenge.yaml:5:1"]);
    lint("duration: 90m", "duration: 90m\nduration: 80m").ends_with(3, &["duration", "challenge.yaml:7:1"]);
    lint("points: 20", "points: many").ends_with(3, &["challenge.yaml:", "points: many"]);
    lint("release: 1.0.0", "release: 1.0.1").ends_with(0, &["valid"]);
}

#[test]
fn a_wrong_template_is_shown_with_its_place() {
    let lint = |text, by| lint_with("scenario/template.yaml", text, by);
    lint("AWS::DynamoDB::Table", "AWS::DynamoDB::Tabel")
        .ends_with(3, &["AWS::DynamoDB::Tabel", "scenario/template.yaml:"]);
    lint("Code: functions/get_order", "Code: functions/got_order").ends_with(3, &["functions/got_order"]);
    lint(
        "!Ref OrdersApi\n      ParentId: !GetAtt OrdersApi.RootResourceId",
        "!Ref CancelResource\n      ParentId: !GetAtt OrdersApi.RootResourceId",
    )
    .ends_with(3, &["OrdersResource", "CancelResource"]);
}

#[test]
fn a_missing_file_is_named() {
    let program = Program::new();
    let folder = program.home().join("orders-api");
    copy(Path::new("challenges/orders-api"), &folder);
    std::fs::remove_file(folder.join("scenario/template.yaml")).unwrap();
    program.run(&["lint", folder.to_str().unwrap()]).ends_with(3, &["scenario/template.yaml"]);
}

#[test]
fn a_port_in_use_is_an_error_of_the_environment() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    Program::new().run(&["sandbox", "--listen", &address]).ends_with(4, &["in use", "--listen"]);
}

#[test]
fn an_endpoint_that_is_down_is_named_and_nothing_is_noted() {
    let program = Program::new();
    let down = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let url = format!("http://{down}");
    program
        .run_with(&["provision", "orders-api", "--endpoint-url", &url], &keys)
        .ends_with(4, &["sts:GetCallerIdentity", "is the endpoint up"]);
    program.run(&["grade", "orders-api"]).ends_with(2, &["no stack"]);
}

#[test]
fn keys_that_an_endpoint_does_not_take_are_an_error_of_the_environment() {
    let program = Program::new();
    let sandbox = program.start(&["sandbox", "--listen", "127.0.0.1:0"], "admin token");
    let url = sandbox.exports().into_iter().find(|(name, _)| name == "AWS_ENDPOINT_URL").unwrap().1;
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAEXPIRED000000000"), ("AWS_SECRET_ACCESS_KEY", "secret")];
    program
        .run_with(&["provision", "orders-api", "--endpoint-url", &url], &keys)
        .ends_with(4, &["InvalidClientTokenId"]);
}

#[test]
fn a_sandbox_elsewhere_takes_a_stack_and_a_teardown_leaves_nothing() {
    let program = Program::new();
    let sandbox = program.start(&["sandbox", "--listen", "127.0.0.1:0"], "admin token");
    let exports = sandbox.exports();
    let keys: Vec<_> = exports.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let url = keys.iter().find(|(name, _)| *name == "AWS_ENDPOINT_URL").unwrap().1;
    let provision = ["provision", "orders-api", "--healthy", "--endpoint-url", url];
    program.run_with(&provision, &keys).ends_with(0, &["export AWS_SECRET_ACCESS_KEY"]);
    program.run_with(&provision, &keys).ends_with(2, &["stands already", "teardown"]);
    program.run_with(&["grade", "orders-api"], &keys).ends_with(0, &[]);
    program.run_with(&["teardown", "orders-api"], &keys).ends_with(0, &["taken down"]);
    program.run_with(&["teardown", "orders-api"], &keys).ends_with(0, &["no stack"]);
    // What was there by that name can be made again, which it could not if anything were left.
    program.run_with(&provision, &keys).ends_with(0, &["export AWS_SECRET_ACCESS_KEY"]);
}

#[test]
fn schemas_and_references_stand_in_the_docs_as_the_program_prints_them() {
    let program = Program::new();
    for (what, file) in [
        ("challenge", "docs/schema/challenge.json"),
        ("fault", "docs/schema/fault.json"),
        ("solution", "docs/schema/solution.json"),
        ("near-miss", "docs/schema/near-miss.json"),
        ("waivers", "docs/schema/waivers.json"),
        ("proof", "docs/schema/proof.json"),
        ("report", "docs/schema/report.json"),
        ("matchers", "docs/matchers.md"),
        ("sandbox", "docs/sandbox.md"),
        ("templates", "docs/templates.md"),
    ] {
        let printed = program.run(&["schema", what]);
        let kept = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert!(printed.out == kept, "{file} is stale: `just generate` writes it anew");
    }
}
