use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Which checks noticed the mutants of a thing so far: the next mutant of that thing is most likely to be noticed by one of them.
#[derive(Debug, Default)]
pub struct Scent {
    /// Checks as `task/check` by a thing's name, the last that noticed something at the end.
    noticed: Mutex<BTreeMap<String, Vec<String>>>,
}

impl Scent {
    /// Returns the checks to try first on a mutant with this id, the likeliest first.
    pub(super) fn of(&self, mutant: &str) -> Vec<String> {
        let noticed = self.lock();
        let mut first: Vec<String> = Vec::new();
        for thing in things(mutant) {
            for check in noticed.get(thing).into_iter().flatten().rev() {
                if !first.contains(check) {
                    first.push(check.clone());
                }
            }
        }
        first
    }

    /// Keeps that these checks failed on this mutant.
    pub(super) fn note(&self, mutant: &str, failing: &[&str]) {
        let mut noticed = self.lock();
        for thing in things(mutant) {
            let checks = noticed.entry(thing.to_owned()).or_default();
            for &check in failing {
                checks.retain(|known| known != check);
                checks.push(check.to_owned());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<String>>> {
        // Whatever a panic left half noted is only a worse guess.
        self.noticed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a mutant changes, the closest first: of `Role/Policy/any-action` the policy, then the role.
fn things(mutant: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(mutant.rsplit_once('/'), |(thing, _)| thing.rsplit_once('/'))
        .map(|(thing, _)| thing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_noticed_the_same_thing_comes_first_and_the_latest_before_all() {
        let scent = Scent::default();
        scent.note("Role/Policy/any-action", &["t/role"]);
        scent.note("Role/Other/any-action", &["t/other"]);
        scent.note("Role/Other/any-resource", &["t/third", "t/other"]);
        assert_eq!(scent.of("Role/Policy/any-resource"), ["t/role", "t/other", "t/third"]);
        assert_eq!(scent.of("Role/New/detached"), ["t/other", "t/third", "t/role"]);
        assert_eq!(scent.of("Table/index"), Vec::<String>::new());
        assert_eq!(scent.of("plain"), Vec::<String>::new());
    }
}
