//! Variants of a challenge that are tried, and how they are chosen.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::challenge::{Challenge, UnknownFault, World};
use crate::evidence::Variant;

/// What stands for an attempt's id, which nobody has while a challenge is proved.
pub const ATTEMPT: &str = "proof";
/// Seeds that are looked at until every fault of a pool was drawn.
const TRIED: u64 = 1_000;
/// Variants of a challenge whose parameters alone are drawn.
const OF_PARAMETERS: usize = 2;

/// One variant of a challenge.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub variant: Variant,
    pub challenge: Arc<Challenge>,
    pub start: World,
}

impl Drawn {
    pub(super) fn of(challenge: &Challenge, seed: u64) -> Result<Self, UnknownFault> {
        let variant = Variant { seed, attempt: ATTEMPT.to_owned() };
        let challenge = challenge.variant_of(Some(&variant));
        let start = challenge.broken_start()?;
        Ok(Self { variant, challenge: Arc::new(challenge), start })
    }
}

/// Chooses seeds, the first one among them, so that every fault of every pool stands in the start of one variant at least. None where all starts are
/// the same.
pub(super) fn seeds(challenge: &Challenge, first: u64) -> Vec<u64> {
    let mut open: BTreeSet<&String> = challenge.pools.values().flat_map(|pool| &pool.of).collect();
    let least = match (open.is_empty(), challenge.parameters.is_empty()) {
        (true, true) => return vec![],
        (_, true) => 1,
        (_, false) => OF_PARAMETERS,
    };
    let mut chosen = Vec::new();
    let mut seed = first;
    while chosen.len() < least || !open.is_empty() {
        for fault in challenge.drawn_start(seed) {
            open.remove(&fault);
        }
        chosen.push(seed);
        // The one that shows most of what no variant showed so far; the earliest, where several do.
        let new = |seed: u64| challenge.drawn_start(seed).iter().filter(|fault| open.contains(fault)).count();
        let others = (first..first.saturating_add(TRIED)).filter(|seed| !chosen.contains(seed));
        match others.rev().max_by_key(|seed| new(*seed)) {
            Some(next) if open.is_empty() || new(next) > 0 => seed = next,
            _ => break,
        }
    }
    chosen
}
