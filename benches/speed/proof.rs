use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A proof of a challenge: how long it took, and where the time went.
pub(crate) struct Proof {
    /// Milliseconds from the first world to the last.
    pub(crate) elapsed: f64,
    /// Worlds by kind: the milliseconds that each took.
    pub(crate) kinds: BTreeMap<String, Vec<f64>>,
    /// Steps by name: how often, and the milliseconds in all.
    pub(crate) steps: BTreeMap<String, (u64, f64)>,
}

/// Proves it once, as an author does. The AWS CLI and boto3 are taken from `PATH`, for the solutions that are scripts.
pub(crate) fn prove(challenge: &str) -> Proof {
    let output = Command::new(env!("CARGO_BIN_EXE_proofmark"))
        .args(["prove", challenge, "--format", "json"])
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let proof: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut kinds: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for world in proof["worlds"].as_array().unwrap() {
        let kind = world["kind"].as_str().unwrap().to_owned();
        kinds.entry(kind).or_default().push(world["elapsed_ms"].as_f64().unwrap());
    }
    let steps = proof["spent"].as_object().unwrap().iter().map(|(step, time)| {
        let (times, elapsed) = (time["times"].as_u64().unwrap(), time["elapsed_ms"].as_f64().unwrap());
        (step.clone(), (times, elapsed))
    });
    Proof { elapsed: proof["elapsed_ms"].as_f64().unwrap(), kinds, steps: steps.collect() }
}
