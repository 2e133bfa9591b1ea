//! Which check can fail, and in which worlds.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Case, CheckProof, Expected, Kind, Seen, Sight};
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

/// Returns the mutants, by their places, that were given up with the first check that failed, where some check is left that no world fails:
/// it may be that only they do. Those that a check of the same task noticed come first, and the others when that was of no use.
pub(super) fn may_kill(checks: &[CheckProof], sights: &[(Sight, Duration)]) -> Vec<usize> {
    let never = checks.iter().filter(|check| check.killed_by.is_empty());
    let never: BTreeSet<&str> = never.map(|check| check.task.as_str()).collect();
    if never.is_empty() {
        return vec![];
    }
    let hunted = sights.iter().enumerate().filter_map(|(place, (sight, _))| match sight {
        Sight::Graded(seen) if seen.hunted => Some((place, seen)),
        _ => None,
    });
    let near = |seen: &Seen| {
        let mut tasks = seen.failing().filter_map(|key| key.split_once('/'));
        tasks.any(|(task, _)| never.contains(task))
    };
    let (near, far): (Vec<_>, Vec<_>) = hunted.partition(|(_, seen)| near(seen));
    let chosen = if near.is_empty() { far } else { near };
    chosen.into_iter().map(|(place, _)| place).collect()
}
