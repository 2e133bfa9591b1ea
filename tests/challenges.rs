//! The challenges that are shipped beside orders-api.

use crate::support::Program;

#[test]
fn every_challenge_that_is_shipped_is_valid() {
    for challenge in ["serverless-challenge", "knowledge-badge"] {
        Program::new().run(&["lint", challenge]).ends_with(0, &[&format!("{challenge}: valid")]);
    }
}

#[test]
fn what_works_of_the_flagship_earns_every_point() {
    let program = Program::new();
    let _standing =
        program.start(&["provision", "serverless-challenge", "--healthy"], "export AWS_SECRET_ACCESS_KEY");
    program.run(&["grade", "serverless-challenge"]).ends_with(0, &["100 of 100 points"]);
}

#[test]
fn the_broken_start_of_the_flagship_fails() {
    let program = Program::new();
    let _standing = program.start(&["provision", "serverless-challenge"], "export AWS_SECRET_ACCESS_KEY");
    program.run(&["grade", "serverless-challenge"]).ends_with(1, &[]);
}
