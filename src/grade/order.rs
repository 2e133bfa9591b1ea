use std::collections::{BTreeMap, BTreeSet};

use crate::challenge::Challenge;

/// A check by its place in the challenge, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// `task/check`.
    pub(super) key: String,
    pub(super) task: usize,
    pub(super) check: usize,
    /// Keys of the checks that must have passed.
    pub(super) needs: Vec<String>,
}

/// What became of the checks so far, and which may begin.
#[derive(Debug)]
pub(super) struct Order {
    waiting: Vec<Step>,
    passed: BTreeMap<String, bool>,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Begin(Step),
    /// A prerequisite did not pass.
    Skip(Step),
    /// Everything that is left waits for checks under way; nothing is left when none are.
    Wait,
}

/// Where the next check is taken from: the beginning of the definition, or its end.
///
/// Checks that stand together mostly call the same functions, which would have to start as often as they are called at once. So those that are
/// tried side by side come from both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

impl Order {
    pub(super) fn of(challenge: &Challenge) -> Self {
        let mut waiting = Vec::new();
        for (task_index, task) in challenge.tasks.iter().enumerate() {
            for (check_index, check) in task.checks.iter().enumerate() {
                waiting.push(Step {
                    key: format!("{}/{}", task.id, check.id),
                    task: task_index,
                    check: check_index,
                    needs: check.needs.iter().map(|need| task.key_of(need)).collect(),
                });
            }
        }
        Self { waiting, passed: BTreeMap::new() }
    }

    /// Takes the first check from this end that has all that it needs.
    pub(super) fn next(&mut self, end: End) -> Next {
        let passed = &self.passed;
        let failed = |step: &Step| step.needs.iter().any(|need| passed.get(need) == Some(&false));
        let ready = |step: &Step| step.needs.iter().all(|need| passed.get(need) == Some(&true));
        if let Some(place) = self.waiting.iter().position(failed) {
            let step = self.waiting.remove(place);
            self.passed.insert(step.key.clone(), false);
            return Next::Skip(step);
        }
        let place = match end {
            End::First => self.waiting.iter().position(ready),
            End::Last => self.waiting.iter().rposition(ready),
        };
        match place {
            Some(place) => Next::Begin(self.waiting.remove(place)),
            None => Next::Wait,
        }
    }

    /// Brings forward what a hunt tries first: checks that only look, which cost next to nothing, then those that are named, each behind
    /// what it needs.
    pub(super) fn hunting(mut self, looks: impl Fn(&Step) -> bool, first: &[String]) -> Self {
        let (mut sooner, later) = self.waiting.into_iter().partition(looks);
        self.waiting = later;
        for key in first {
            self.bring_forward(key, &mut sooner);
        }
        sooner.append(&mut self.waiting);
        Self { waiting: sooner, ..self }
    }

    /// Leaves only the checks with these keys, and what they need.
    pub(super) fn only(self, keys: &BTreeSet<String>) -> Self {
        let mut wanted = keys.clone();
        loop {
            let needed = self.waiting.iter().filter(|step| wanted.contains(&step.key));
            let needed: BTreeSet<String> = needed.flat_map(|step| step.needs.iter().cloned()).collect();
            if needed.is_subset(&wanted) {
                break;
            }
            wanted.extend(needed);
        }
        let waiting = self.waiting.into_iter().filter(|step| wanted.contains(&step.key)).collect();
        Self { waiting, ..self }
    }

    fn bring_forward(&mut self, key: &str, sooner: &mut Vec<Step>) {
        let Some(place) = self.waiting.iter().position(|step| step.key == key) else { return };
        let step = self.waiting.remove(place);
        for need in &step.needs {
            self.bring_forward(need, sooner);
        }
        sooner.push(step);
    }

    pub(super) fn finished(&mut self, key: &str, passed: bool) {
        self.passed.insert(key.to_owned(), passed);
    }

    /// Returns what never began: time was up, or the definition's `needs` go in a circle.
    pub(super) fn left(self) -> Vec<Step> {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(steps: &[(&str, &[&str])]) -> Order {
        let step = |(index, (key, needs)): (usize, &(&str, &[&str]))| Step {
            key: (*key).to_owned(),
            task: 0,
            check: index,
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        };
        Order { waiting: steps.iter().enumerate().map(step).collect(), passed: BTreeMap::new() }
    }

    fn begun(next: Next) -> String {
        let Next::Begin(step) = next else { panic!("{next:?}") };
        step.key
    }

    #[test]
    fn a_check_waits_for_what_it_needs() {
        let mut order = order(&[("t/b", &["t/a"]), ("t/a", &[]), ("t/c", &[])]);
        assert_eq!(begun(order.next(End::First)), "t/a");
        assert_eq!(begun(order.next(End::First)), "t/c");
        assert_eq!(order.next(End::First), Next::Wait);
        order.finished("t/a", true);
        assert_eq!(begun(order.next(End::First)), "t/b");
    }

    #[test]
    fn a_failed_prerequisite_skips_everything_behind_it() {
        let mut order = order(&[("t/a", &[]), ("t/b", &["t/a"]), ("t/c", &["t/b"])]);
        assert_eq!(begun(order.next(End::First)), "t/a");
        order.finished("t/a", false);
        for key in ["t/b", "t/c"] {
            let next = order.next(End::First);
            assert!(matches!(&next, Next::Skip(step) if step.key == key), "{next:?}");
        }
        assert_eq!(order.next(End::First), Next::Wait);
        assert!(order.left().is_empty());
    }

    #[test]
    fn a_hunt_looks_first_and_tries_what_is_named_behind_what_it_needs() {
        let order = order(&[("t/a", &[]), ("t/b", &[]), ("t/c", &["t/b"]), ("t/look", &[])]);
        let named = ["t/c".to_owned(), "t/nothing".to_owned()];
        let mut order = order.hunting(|step| step.key == "t/look", &named);
        assert_eq!(begun(order.next(End::First)), "t/look");
        assert_eq!(begun(order.next(End::First)), "t/b");
        assert_eq!(begun(order.next(End::First)), "t/a", "t/c still waits");
        order.finished("t/b", true);
        assert_eq!(begun(order.next(End::First)), "t/c");
        let circle = super::tests::order(&[("t/a", &["t/b"]), ("t/b", &["t/a"])]);
        assert_eq!(circle.hunting(|_| false, &["t/a".to_owned()]).left().len(), 2);
    }

    #[test]
    fn of_a_part_only_what_it_needs_is_tried() {
        let order =
            order(&[("t/a", &[]), ("t/b", &["t/a"]), ("t/c", &["t/b"]), ("t/d", &["t/c"]), ("t/e", &[])]);
        let mut order = order.only(&BTreeSet::from(["t/c".to_owned()]));
        for key in ["t/a", "t/b", "t/c"] {
            assert_eq!(begun(order.next(End::First)), key);
            order.finished(key, true);
        }
        assert_eq!(order.next(End::First), Next::Wait);
        assert!(order.left().is_empty(), "t/d and t/e were left out");
    }

    #[test]
    fn what_is_taken_from_the_end_has_what_it_needs_too() {
        let mut order = order(&[("t/a", &[]), ("t/b", &[]), ("t/c", &[]), ("t/d", &["t/a"])]);
        assert_eq!(begun(order.next(End::Last)), "t/c");
        assert_eq!(begun(order.next(End::First)), "t/a");
        order.finished("t/a", true);
        assert_eq!(begun(order.next(End::Last)), "t/d");
        assert_eq!(begun(order.next(End::Last)), "t/b");
        assert_eq!(order.next(End::Last), Next::Wait);
    }

    #[test]
    fn a_circle_is_left_over_instead_of_hanging() {
        let mut order = order(&[("t/a", &["t/b"]), ("t/b", &["t/a"])]);
        assert_eq!(order.next(End::First), Next::Wait);
        assert_eq!(order.left().len(), 2);
    }
}
