use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::driver::milliseconds;
use super::kill::kills;
use super::{Case, Expected, Kind, MutantCount, Plan, Proof, Rates, Seen, Sight, Standing, WorldProof};
use crate::challenge::{Challenge, Task};
use crate::text::{all_of, count};

/// The most mutants that may be waived, in hundredths of a percent of those made.
const MOST_WAIVED: u32 = 500;

/// How far apart the starts of variants score anyway, in hundredths of a percent, since the points of tasks are rounded.
const ROUNDED: u32 = 10;

/// Holds what was seen of each world against what it must come to. Pure.
pub fn judge(challenge: &Challenge, plan: &Plan, sights: &[(Sight, Duration)]) -> Proof {
    let seen_alone: BTreeMap<&str, &Seen> = plan
        .cases
        .iter()
        .zip(sights)
        .filter_map(|(case, (sight, _))| match (case.kind, sight) {
            (Kind::Fault, Sight::Graded(seen)) => Some((case.id.as_str(), seen)),
            _ => None,
        })
        .collect();
    let judge = Judge { challenge, alone: &seen_alone };
    let mut proof = Proof {
        version: 1,
        challenge: challenge.id.clone(),
        release: challenge.release.clone(),
        target: String::new(),
        seed: plan.seed,
        proven: false,
        problems: Vec::new(),
        notes: plan.notes.clone(),
        rates: Rates::default(),
        mutants: MutantCount::default(),
        pairs: u32::try_from(plan.pairs).unwrap_or(u32::MAX),
        tasks: challenge.tasks.iter().map(|task| task.id.clone()).collect(),
        worlds: Vec::new(),
        checks: kills(challenge, &plan.cases, &sights.iter().map(|(sight, _)| sight).collect::<Vec<_>>()),
        parallel: 1,
        elapsed_ms: 0,
        spent: BTreeMap::new(),
    };
    for (case, (sight, elapsed)) in plan.cases.iter().zip(sights) {
        let mut finding = judge.case(case, sight);
        if case.kind == Kind::Mutant {
            count_mutant(&mut proof, case, &mut finding, sight);
        }
        add(&mut proof.rates, finding.rates);
        let graded = if let Sight::Graded(seen) = sight { Some(seen) } else { None };
        proof.worlds.push(WorldProof {
            kind: case.kind,
            id: case.id.clone(),
            title: case.title.clone(),
            standing: finding.standing,
            score: graded.filter(|seen| seen.is_of_all()).map(|seen| seen.score),
            tried: graded.filter(|seen| seen.partial).map(|seen| seen.verdicts.keys().cloned().collect()),
            failing: graded.iter().flat_map(|seen| seen.failing().map(str::to_owned)).collect(),
            words: finding.words,
            elapsed_ms: milliseconds(*elapsed),
        });
    }
    let uneven = uneven_starts(challenge, &mut proof);
    proof.problems = problems(&proof, plan);
    proof.problems.extend(uneven);
    proof.proven = proof.problems.is_empty();
    proof
}

/// What one world showed.
#[derive(Debug)]
struct Finding {
    standing: Standing,
    words: Vec<String>,
    rates: Rates,
}

struct Judge<'a> {
    challenge: &'a Challenge,
    /// What was seen of each fault alone.
    alone: &'a BTreeMap<&'a str, &'a Seen>,
}

impl Judge<'_> {
    fn case(&self, case: &Case, sight: &Sight) -> Finding {
        let seen = match sight {
            Sight::Graded(seen) => seen,
            Sight::Refused(why) => return finding(Standing::Refused, why),
            Sight::BrokenOff(why) => return finding(Standing::Unclear, why),
        };
        let mut found = match &case.expected {
            Expected::Whole => self.exactly(seen, &BTreeMap::new()),
            Expected::Failing(tasks) => self.exactly(seen, tasks),
            Expected::Together { faults, tasks, .. } => self.together(seen, faults, tasks),
            Expected::Score(score) => start(seen.score == *score, seen, &format!("{} %", percent(*score))),
            Expected::Below(mark) => start(seen.score < *mark, seen, &format!("below {} %", percent(*mark))),
            Expected::Reaches(mark) => {
                start(seen.score >= *mark, seen, &format!("at least {} %", percent(*mark)))
            }
            Expected::Question(key) => question(seen, key),
            Expected::Noticed => {
                let noticed = seen.failing().next().is_some();
                Finding {
                    standing: if noticed { Standing::Right } else { Standing::Wrong },
                    words: if noticed { vec![] } else { vec!["no check notices it".to_owned()] },
                    rates: Rates { must_fail: 1, false_accepts: u32::from(!noticed), ..Rates::default() },
                }
            }
            Expected::Waived { reason } => finding(Standing::Waived, reason),
        };
        let open: Vec<String> =
            seen.troubles.iter().map(|(key, why)| format!("{key} could not be judged: {why}")).collect();
        // A mutant that some check notices is noticed, whatever the others could not see.
        let noticed = case.kind == Kind::Mutant && seen.failing().next().is_some();
        if !(open.is_empty() || noticed) {
            found.rates.undetermined += u32::try_from(open.len()).unwrap_or(u32::MAX);
            found.words.extend(open);
            if found.standing == Standing::Right {
                found.standing = Standing::Unclear;
            }
        }
        found
    }

    /// Exactly these tasks fail, and of a task whose checks are listed exactly those.
    fn exactly(&self, seen: &Seen, tasks: &BTreeMap<String, Vec<String>>) -> Finding {
        let mut found = finding(Standing::Right, "");
        let failing: BTreeSet<&str> = seen.failing().collect();
        for task in &self.challenge.tasks {
            let keys: Vec<String> =
                task.checks.iter().map(|check| format!("{}/{}", task.id, check.id)).collect();
            match tasks.get(&task.id) {
                // Of a bank a variant has not all.
                None => {
                    let asked = keys.iter().filter(|key| seen.verdicts.contains_key(*key));
                    asked.for_each(|key| found.must_pass(key, &failing));
                }
                Some(named) if named.is_empty() => {
                    found.rates.must_fail += 1;
                    if !keys.iter().any(|key| failing.contains(key.as_str())) {
                        found.rates.false_accepts += 1;
                        found.words.push(format!("false accept: {} must fail, and passed", task.id));
                    }
                }
                Some(named) => {
                    for (check, key) in task.checks.iter().zip(&keys) {
                        if named.contains(&check.id) {
                            found.must_fail(key, &failing);
                        } else {
                            found.must_pass(key, &failing);
                        }
                    }
                }
            }
        }
        found.settled()
    }

    fn together(&self, seen: &Seen, faults: &[String], tasks: &BTreeSet<String>) -> Finding {
        let mut found = finding(Standing::Right, "");
        let failing: BTreeSet<&str> = seen.failing().collect();
        for task in self.challenge.tasks.iter().filter(|task| !tasks.contains(&task.id)) {
            let keys = task.checks.iter().map(|check| format!("{}/{}", task.id, check.id));
            let tried = keys.filter(|key| seen.verdicts.contains_key(key));
            tried.for_each(|key| found.must_pass(&key, &failing));
        }
        for fault in faults {
            let Some(alone) = self.alone.get(fault.as_str()) else { continue };
            // One that was not expected to fail is told of its fault.
            for key in alone.failing().filter(|key| seen.verdicts.contains_key(*key)) {
                found.rates.must_fail += 1;
                if !failing.contains(key) {
                    found.rates.false_accepts += 1;
                    found.words.push(format!("false accept: {key} fails with {fault} alone, and passed"));
                }
            }
        }
        found.settled()
    }
}

impl Finding {
    fn must_pass(&mut self, key: &str, failing: &BTreeSet<&str>) {
        self.rates.must_pass += 1;
        if failing.contains(key) {
            self.rates.false_rejects += 1;
            self.words.push(format!("false reject: {key} must pass, and failed"));
        }
    }

    fn must_fail(&mut self, key: &str, failing: &BTreeSet<&str>) {
        self.rates.must_fail += 1;
        if !failing.contains(key) {
            self.rates.false_accepts += 1;
            self.words.push(format!("false accept: {key} must fail, and passed"));
        }
    }

    fn settled(mut self) -> Self {
        if !self.words.is_empty() {
            self.standing = Standing::Wrong;
        }
        self
    }
}

fn finding(standing: Standing, words: &str) -> Finding {
    let words = if words.is_empty() { vec![] } else { vec![words.to_owned()] };
    Finding { standing, words, rates: Rates::default() }
}

/// A wrong answer: its question fails, and no other.
fn question(seen: &Seen, key: &str) -> Finding {
    let mut found = finding(Standing::Right, "");
    let failing: BTreeSet<&str> = seen.failing().collect();
    for asked in seen.verdicts.keys() {
        if asked == key {
            found.must_fail(asked, &failing);
        } else {
            found.must_pass(asked, &failing);
        }
    }
    found.settled()
}

/// Variants are worth the same when the tasks that their starts break are. What is left of a broken task may differ, since one fault can
/// take what another would have taken: that is told, and stands in no way.
fn uneven_starts(challenge: &Challenge, proof: &mut Proof) -> Option<String> {
    let starts: Vec<(&WorldProof, u32, u32)> = proof
        .worlds
        .iter()
        .filter(|world| world.kind == Kind::Start)
        .filter_map(|world| {
            let breaks = |task: &&Task| {
                let prefix = format!("{}/", task.id);
                world.failing.iter().any(|key| key.starts_with(&prefix))
            };
            let stake: u32 = challenge.tasks.iter().filter(breaks).map(|task| task.points.0).sum();
            Some((world, stake, world.score?))
        })
        .collect();
    let (least, most) =
        (starts.iter().min_by_key(|start| start.1)?, starts.iter().max_by_key(|start| start.1)?);
    if least.1 < most.1 {
        return Some(format!(
            "variants are not worth the same: {} breaks tasks of {} points, and {} of {}",
            least.0.id,
            percent(least.1),
            most.0.id,
            percent(most.1)
        ));
    }
    let (low, high) =
        (starts.iter().min_by_key(|start| start.2)?, starts.iter().max_by_key(|start| start.2)?);
    if high.2 - low.2 > ROUNDED {
        let words = format!(
            "variants break the same tasks, and begin at {} % ({}) to {} % ({})",
            percent(low.2),
            low.0.id,
            percent(high.2),
            high.0.id
        );
        proof.notes.push(words);
    }
    None
}

/// The broken start scores what it is said to score; a score is no verdict, so it counts in no rate.
fn start(right: bool, seen: &Seen, expected: &str) -> Finding {
    if right {
        return finding(Standing::Right, "");
    }
    finding(Standing::Wrong, &format!("it must score {expected}, and scored {} %", percent(seen.score)))
}

fn add(sum: &mut Rates, rates: Rates) {
    sum.must_pass += rates.must_pass;
    sum.false_rejects += rates.false_rejects;
    sum.must_fail += rates.must_fail;
    sum.false_accepts += rates.false_accepts;
    sum.undetermined += rates.undetermined;
}

fn count_mutant(proof: &mut Proof, case: &Case, finding: &mut Finding, sight: &Sight) {
    proof.mutants.made += 1;
    match finding.standing {
        Standing::Right => proof.mutants.noticed += 1,
        Standing::Wrong => proof.mutants.unnoticed += 1,
        Standing::Refused => proof.mutants.refused += 1,
        Standing::Unclear => {}
        Standing::Waived => match sight {
            Sight::Graded(seen) if seen.failing().next().is_some() => {
                proof.mutants.noticed += 1;
                finding.standing = Standing::Right;
                finding.words.clear();
                proof.notes.push(format!("the waiver of `{}` is not needed: checks notice it", case.id));
            }
            _ => proof.mutants.waived += 1,
        },
    }
}

/// Says why a challenge is not proven.
fn problems(proof: &Proof, plan: &Plan) -> Vec<String> {
    let mut problems = plan.problems.clone();
    let of = |standing| proof.worlds.iter().filter(move |world| world.standing == standing);
    let wrong = of(Standing::Wrong).filter(|world| world.kind != Kind::Mutant).count();
    if wrong > 0 {
        problems.push(format!("{} not as it must be", are(wrong, "world")));
    }
    if proof.mutants.unnoticed > 0 {
        problems.push(format!(
            "{} by no check: add a check, or waive it with the reason why it is as right",
            mutants(proof.mutants.unnoticed)
        ));
    }
    let unclear = of(Standing::Unclear).count();
    if unclear > 0 {
        problems.push(format!("{} unclear: something could not be seen", are(unclear, "world")));
    }
    let never: Vec<String> = proof
        .checks
        .iter()
        .filter(|check| check.killed_by.is_empty())
        .map(|check| format!("{}/{}", check.task, check.check))
        .collect();
    if plan.left_out > 0 {
        problems.push(format!("{} left out", are(plan.left_out, "world")));
    } else if !never.is_empty() {
        problems.push(format!("nothing fails {}", all_of(&never)));
    }
    if proof.waived_share() > MOST_WAIVED {
        let share = percent(proof.waived_share());
        problems.push(format!("{share} % of the mutants are waived, and 5 % may be"));
    }
    problems
}

fn are(number: usize, noun: &str) -> String {
    format!("{} {}", count(number, noun), if number == 1 { "is" } else { "are" })
}

fn mutants(number: u32) -> String {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    format!("{} noticed", are(number, "mutant"))
}

/// Shows hundredths of a percent with no more decimals than there are.
pub(super) fn percent(hundredths: u32) -> String {
    crate::challenge::Points(hundredths).to_string()
}
