use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::draw::{self, Random};
use super::{Challenge, Task};
use crate::evidence::Variant;

/// Faults of which some are drawn for each variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    pub draw: usize,
    /// Ids of faults.
    pub of: Vec<String>,
}

/// Letters and digits that nobody takes for one another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnopqrstuvwxyz2345678";
const CANARY: usize = 12;

impl Challenge {
    /// Returns the challenge as one candidate gets it: faults drawn from the pools, questions from the banks, and values for the
    /// parameters. The same seed always gives the same variant; `attempt`, an id that nobody else has, makes the canary.
    ///
    /// Drawing from what was drawn changes nothing.
    #[must_use]
    pub fn variant(&self, seed: u64, attempt: &str) -> Self {
        Self {
            start: self.drawn_start(seed),
            pools: indexmap::IndexMap::new(),
            tasks: self.tasks.iter().map(|task| task.drawn(seed)).collect(),
            ..self.with_parameters(seed, attempt)
        }
        .with_healthy()
    }

    /// Returns the challenge with values for its parameters, and all its faults and questions: what every variant has in common.
    #[must_use]
    pub fn with_parameters(&self, seed: u64, attempt: &str) -> Self {
        let canary = canary(attempt);
        let drawn = self.parameters.iter();
        let drawn =
            drawn.map(|(name, pattern)| (name.clone(), draw::parameter(name, pattern, seed, &canary)));
        Self { parameters: drawn.collect(), ..self.clone() }
    }

    /// Returns the ids of the faults that a variant starts with.
    pub fn drawn_start(&self, seed: u64) -> Vec<String> {
        let drawn = self.pools.iter().flat_map(|(name, pool)| pool.drawn(name, seed));
        self.start.iter().cloned().chain(drawn).collect()
    }

    /// Returns the variant that evidence was taken of; without one the challenge as it is.
    #[must_use]
    pub fn variant_of(&self, variant: Option<&Variant>) -> Self {
        variant.map_or_else(|| self.clone(), |variant| self.variant(variant.seed, &variant.attempt))
    }

    /// Whether two seeds can give two variants.
    pub fn has_variants(&self) -> bool {
        let draws = self.tasks.iter().any(|task| task.draw.is_some_and(|draw| draw < task.checks.len()));
        !self.pools.is_empty() || !self.parameters.is_empty() || draws
    }

    /// Whether there is anything to provision; else nothing but questions is asked.
    pub fn has_scenario(&self) -> bool {
        self.template.resources().next().is_some()
    }

    /// Returns the parameters that a variant's stack is given.
    pub fn stack_parameters(&self) -> BTreeMap<String, String> {
        self.parameters.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

impl Pool {
    /// Draws faults, in the order in which they stand in the pool.
    fn drawn(&self, name: &str, seed: u64) -> Vec<String> {
        let mut places: Vec<usize> = (0..self.of.len()).collect();
        Random::new(seed, &format!("pool {name}")).shuffle(&mut places);
        places.truncate(self.draw);
        places.sort_unstable();
        places.into_iter().map(|place| self.of[place].clone()).collect()
    }
}

impl Task {
    /// Draws questions, and puts them into an order of their own.
    fn drawn(&self, seed: u64) -> Self {
        if self.draw.is_none() {
            return self.clone();
        }
        let checks = self.places(seed).into_iter().map(|place| self.checks[place].clone()).collect();
        Self { checks, draw: None, ..self.clone() }
    }

    /// Returns the places of the checks that a variant has, in its order.
    pub fn places(&self, seed: u64) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.checks.len()).collect();
        if let Some(draw) = self.draw {
            Random::new(seed, &format!("bank {}", self.id)).shuffle(&mut places);
            places.truncate(draw);
        }
        places
    }
}

/// Returns the canary of an attempt: twelve characters that stand in its world and in no other, so that an answer which is
/// passed on names who passed it on.
pub fn canary(attempt: &str) -> String {
    let digest = Sha256::digest(format!("proofmark canary {attempt}"));
    digest.iter().take(CANARY).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

/// Returns the attempts whose canaries stand in a text, of those that are known.
pub fn leakers<'a>(text: &str, attempts: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    attempts.into_iter().filter(move |attempt| text.contains(&canary(attempt)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn pool(draw: usize) -> Pool {
        Pool { draw, of: ["a", "b", "c", "d"].map(str::to_owned).to_vec() }
    }

    #[test]
    fn one_seed_draws_the_same_faults_and_every_fault_is_drawn_by_some() {
        let drawn: Vec<_> = (0..40).map(|seed| pool(2).drawn("api", seed)).collect();
        assert_eq!(drawn[7], pool(2).drawn("api", 7));
        assert!(drawn.iter().all(|faults| faults.len() == 2 && faults[0] < faults[1]));
        assert_eq!(drawn.iter().flatten().collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 6);
    }

    #[test]
    fn a_canary_names_the_attempt_whose_answer_was_passed_on() {
        let attempts = ["a-1", "a-2", "a-3"];
        let leaked = format!("put the table shop-{} into the variable", canary("a-2"));
        assert_eq!(leakers(&leaked, attempts).collect::<Vec<_>>(), ["a-2"]);
        assert_eq!(leakers("put the table shop-k3 into the variable", attempts).count(), 0);
        assert_eq!(canary("a-1").len(), CANARY);
    }
}
