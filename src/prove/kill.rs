//! Which check can fail, and in which worlds.

use super::{Case, CheckProof, Expected, Kind, Sight};
use crate::challenge::Challenge;

/// Lists for every check the worlds that fail it. Only worlds with a single thing wrong count: that a check fails in the broken
/// start or in a pair says nothing about what it is for.
pub(super) fn kills(challenge: &Challenge, cases: &[Case], sights: &[&Sight]) -> Vec<CheckProof> {
    let counts =
        |case: &Case| matches!(case.kind, Kind::Fault | Kind::NearMiss | Kind::Answer | Kind::Mutant);
    let seen: Vec<(&Case, bool, Vec<&str>)> = cases
        .iter()
        .zip(sights)
        .filter(|(case, _)| counts(case) && !matches!(case.expected, Expected::Waived { .. }))
        .filter_map(|(case, sight)| match sight {
            Sight::Graded(seen) => Some((case, seen.hunted, seen.failing().collect())),
            _ => None,
        })
        .collect();
    let checks =
        challenge.tasks.iter().flat_map(|task| task.checks.iter().map(move |check| (&task.id, &check.id)));
    checks
        .map(|(task, check)| {
            let key = format!("{task}/{check}");
            let failing = || seen.iter().filter(|(.., failing)| failing.contains(&key.as_str()));
            CheckProof {
                task: task.clone(),
                check: check.clone(),
                killed_by: failing().map(|(case, ..)| case.id.clone()).collect(),
                // Where not every check was tried, nobody knows.
                alone_in: failing()
                    .filter(|(_, hunted, failing)| !hunted && failing.len() == 1)
                    .map(|(case, ..)| case.id.clone())
                    .collect(),
            }
        })
        .collect()
}
