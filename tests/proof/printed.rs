//! What the docs print of a proof.

use std::fs;
use std::path::Path;

use proofmark::challenge::Challenge;
use proofmark::prove::{Kind, Options, plan};
use proofmark::source::read_folder;

/// Holds the proof of a challenge in the docs against the challenge as it is: its worlds and checks, and that all is proven.
fn is_of_the_challenge_as_it_is(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let printed = fs::read_to_string(root.join(format!("docs/proof-{name}.txt"))).unwrap();
    let files = read_folder(&root.join("challenges").join(name)).unwrap();
    let challenge = Challenge::load(&files).unwrap();
    let options = Options { seed: 1, sampled_pairs: 6, mutants: true, every_check: false };
    let plan = plan(&challenge, &options, jiff::civil::date(2026, 11, 22)).unwrap();
    let count = |kind| plan.cases.iter().filter(|case| case.kind == kind).count();
    assert_eq!(plan.problems, Vec::<String>::new());
    for case in plan.cases.iter().filter(|case| case.kind != Kind::Mutant) {
        assert!(printed.contains(&format!("✓ {} ", case.id)), "{} is not in the table", case.id);
    }
    for task in &challenge.tasks {
        for check in &task.checks {
            assert!(printed.contains(&format!("  {}/{} ", task.id, check.id)), "{}", check.id);
        }
    }
    for waiver in &challenge.waivers.mutants {
        assert!(printed.contains(&format!("  w {}\n", waiver.mutant)), "{} is not told", waiver.mutant);
    }
    let sum = format!(
        "{} worlds: {} faults, {} of {} in pairs, {} other solutions, {} near-misses, {} mutants",
        plan.cases.len(),
        count(Kind::Fault),
        count(Kind::Pair),
        plan.pairs,
        count(Kind::Solution),
        count(Kind::NearMiss),
        count(Kind::Mutant)
    );
    assert!(printed.contains(&sum), "{sum}");
    assert!(printed.contains(&format!("Mutants: {} made", count(Kind::Mutant))));
    assert!(printed.contains("\nfalse accepts 0 of ") && printed.contains("\nfalse rejects 0 of "));
    assert!(printed.trim_end().ends_with("PROVEN") && !printed.contains("NOT PROVEN"));
}

#[test]
fn the_printed_proof_of_the_orders_api_is_of_the_challenge_as_it_is() {
    is_of_the_challenge_as_it_is("orders-api");
}

#[test]
fn the_printed_proof_of_the_serverless_challenge_is_of_the_challenge_as_it_is() {
    is_of_the_challenge_as_it_is("serverless-challenge");
}
