use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::drawn::{Drawn, seeds};
use super::mutant::mutants;
use super::pair::{Pairing, pairings};
use super::{Case, Expected, Kind, Mutant, Way, answers};
use crate::challenge::{Challenge, Check, Fault, MutantWaiver, Subject, UnknownFault, Work, World};
use crate::context::Random;
use crate::evidence::Answers;

/// What a proof is to hold.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What randomised inputs, and pairs of faults that have nothing in common, are drawn from.
    pub seed: u64,
    /// How many pairs of faults that have nothing in common are tried.
    pub sampled_pairs: usize,
    /// Whether mutants are made.
    pub mutants: bool,
    /// Whether every check is tried on a mutant: one that fails is enough to know that it is noticed.
    pub every_check: bool,
}

/// The worlds of a proof, in the order in which they are told.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub seed: u64,
    pub cases: Vec<Case>,
    /// Pairs of faults that could stand side by side, tried or not.
    pub pairs: usize,
    /// What an author may want to know of how it was drawn.
    pub notes: Vec<String>,
    /// What is wrong before anything was looked at: waivers that are over or that no mutant needs, draws out of balance.
    pub problems: Vec<String>,
    /// Worlds that were taken out again: without them nothing is proven.
    pub left_out: usize,
}

impl Plan {
    /// Leaves only the worlds whose id holds one of these texts, or whose kind is one of these words.
    pub fn keep(&mut self, texts: &[String]) {
        let before = self.cases.len();
        let word = |kind: Kind| serde_json::to_value(kind).unwrap_or_default();
        self.cases.retain(|case| {
            texts.iter().any(|text| case.id.contains(text.as_str()) || word(case.kind) == text.as_str())
        });
        self.left_out += before - self.cases.len();
    }
}

/// Lists the worlds that a challenge must be tried in.
pub fn plan(challenge: &Challenge, options: &Options, today: Date) -> Result<Plan, UnknownFault> {
    if !challenge.has_scenario() {
        return questions(challenge, options);
    }
    let healthy = challenge.changed(&[]);
    let title = "Everything works";
    let mut cases = vec![case(Kind::Healthy, "healthy", title, Way::Stand(healthy.clone()), Expected::Whole)];
    let drawn = seeds(challenge, options.seed).into_iter().map(|seed| Drawn::of(challenge, seed));
    let drawn: Vec<Arc<Drawn>> = drawn.map(|drawn| drawn.map(Arc::new)).collect::<Result<_, _>>()?;
    cases.extend(starts(challenge, &drawn)?);
    cases.extend(repairs(&healthy, &drawn));
    // A candidate's work begins where a candidate begins.
    let from = |case: Case| Case { drawn: drawn.first().cloned(), ..case };
    for fault in &challenge.faults {
        let world = challenge.changed(&[&fault.change]);
        let expected = Expected::Failing(fault.breaks.clone());
        cases.push(case(Kind::Fault, &fault.id, &fault.title, Way::Altered(world), expected));
    }
    let (chosen, pairs) = pairs(challenge, options);
    cases.extend(chosen);
    for solution in &challenge.solutions {
        let way = way(challenge, &solution.work);
        cases.push(from(case(Kind::Solution, &solution.id, &solution.title, way, Expected::Whole)));
    }
    for miss in &challenge.near_misses {
        let way = way(challenge, &miss.variation.work);
        let expected = Expected::Failing(miss.fails.clone());
        let miss = case(Kind::NearMiss, &miss.variation.id, &miss.variation.title, way, expected);
        cases.push(if miss.on_bench().is_some() { miss } else { from(miss) });
    }
    cases.extend(answers::wrong(challenge));
    let mut stale_waivers = Vec::new();
    if options.mutants {
        let made = mutants(challenge);
        stale_waivers = stale(&challenge.waivers.mutants, &made, today);
        cases.extend(made.into_iter().map(|mutant| of_mutant(mutant, &challenge.waivers.mutants, today)));
    }
    let (notes, unbalanced) = answers::balance(challenge, options.seed);
    let problems = stale_waivers.into_iter().chain(unbalanced).collect();
    Ok(Plan { seed: options.seed, cases, pairs, notes, problems, left_out: 0 })
}

fn case(kind: Kind, id: &str, title: &str, way: Way, expected: Expected) -> Case {
    Case { kind, id: id.to_owned(), title: title.to_owned(), way, expected, drawn: None }
}

/// The broken start: of each variant that is tried, or the one that there is.
fn starts(challenge: &Challenge, drawn: &[Arc<Drawn>]) -> Result<Vec<Case>, UnknownFault> {
    let expected = || challenge.start_score.map_or(Expected::Below(challenge.pass), Expected::Score);
    if drawn.is_empty() {
        let start = Way::Stand(challenge.broken_start()?);
        return Ok(vec![case(Kind::Start, "start", "The broken start", start, expected())]);
    }
    let starts = drawn.iter().map(|variant| {
        let seed = variant.variant.seed;
        let way = Way::Stand(variant.start.clone());
        let title = format!("The broken start of variant {seed}");
        let start = case(Kind::Start, &format!("start-{seed}"), &title, way, expected());
        Case { drawn: Some(Arc::clone(variant)), ..start }
    });
    Ok(starts.collect())
}

/// What is repaired with the candidate's keys, from each of these starts.
fn repairs(healthy: &World, drawn: &[Arc<Drawn>]) -> Vec<Case> {
    let repair = |id: &str, title: &str| {
        case(Kind::Repair, id, title, Way::Repaired(healthy.clone()), Expected::Whole)
    };
    if drawn.is_empty() {
        return vec![repair("repair", "Everything repaired with the candidate's keys")];
    }
    let repairs = drawn.iter().map(|variant| {
        let seed = variant.variant.seed;
        let title = format!("Variant {seed} repaired with the candidate's keys");
        Case { drawn: Some(Arc::clone(variant)), ..repair(&format!("repair-{seed}"), &title) }
    });
    repairs.collect()
}

/// Lists what is tried where nothing but questions is asked. Nothing is put up for it.
fn questions(challenge: &Challenge, options: &Options) -> Result<Plan, UnknownFault> {
    let right = Way::Answered(challenge.right_answers());
    let nothing = Way::Answered(Answers::default());
    let all = challenge.tasks.iter();
    let all = all.map(|task| (task.id.clone(), task.checks.iter().map(|check| check.id.clone()).collect()));
    let mut cases = vec![
        case(
            Kind::Healthy,
            "answered",
            "Every question of every bank answered right",
            right,
            Expected::Whole,
        ),
        case(Kind::Start, "unanswered", "Nothing answered", nothing, Expected::Failing(all.collect())),
    ];
    cases.extend(answers::draws(challenge, options.seed)?);
    cases.extend(answers::wrong(challenge));
    let (notes, problems) = answers::balance(challenge, options.seed);
    Ok(Plan { seed: options.seed, cases, notes, problems, ..Plan::default() })
}

fn way(challenge: &Challenge, work: &Work) -> Way {
    match work {
        Work::Change(change) => Way::Repaired(challenge.changed(&[change.as_ref()])),
        Work::Script(script) => Way::Script(script.clone()),
    }
}

/// Returns the cases of the pairs that are tried, and how many there are in all.
fn pairs(challenge: &Challenge, options: &Options) -> (Vec<Case>, usize) {
    let Pairing { touching, apart } = pairings(challenge);
    let all = touching.len() + apart.len();
    let random = Random::from_seed(options.seed);
    let mut apart = apart;
    let mut chosen = touching;
    for _ in 0..options.sampled_pairs.min(apart.len()) {
        let left = u64::try_from(apart.len()).unwrap_or(u64::MAX);
        let drawn = usize::try_from(random.below(left)).unwrap_or_default();
        chosen.push(apart.remove(drawn));
    }
    chosen.sort_unstable();
    let cases = chosen.into_iter().map(|(one, other)| {
        let (one, other) = (&challenge.faults[one], &challenge.faults[other]);
        let tasks: BTreeSet<String> = one.breaks.keys().chain(other.breaks.keys()).cloned().collect();
        // What one of them may fail, and what that needs.
        let checks = tried(challenge, broken(challenge, one).chain(broken(challenge, other)).collect());
        Case {
            kind: Kind::Pair,
            id: format!("{}+{}", one.id, other.id),
            title: format!("{}; {}", one.title, other.title),
            way: Way::Altered(challenge.changed(&[&one.change, &other.change])),
            expected: Expected::Together { faults: vec![one.id.clone(), other.id.clone()], tasks, checks },
            drawn: None,
        }
    });
    (cases.collect(), all)
}

/// Adds to checks, as `task/check`, what has to be tried for their sake.
fn tried(challenge: &Challenge, mut checks: BTreeSet<String>) -> BTreeSet<String> {
    let all = || {
        let tasks = challenge.tasks.iter();
        tasks.flat_map(|task| {
            task.checks.iter().map(move |check| (task, check, format!("{}/{}", task.id, check.id)))
        })
    };
    // The calls that an audit counts are made by other checks.
    let audits =
        |check: &Check| check.with_members().iter().any(|check| matches!(check.subject, Subject::Audit(_)));
    if all().any(|(_, check, key)| checks.contains(&key) && audits(check)) {
        return all().map(|(.., key)| key).collect();
    }
    loop {
        let wanted = all().filter(|(.., key)| checks.contains(key));
        let needs: Vec<String> = wanted
            .flat_map(|(task, check, _)| check.needs.iter().map(|need| task.key_of(need)).collect::<Vec<_>>())
            .filter(|need| !checks.contains(need))
            .collect();
        if needs.is_empty() {
            return checks;
        }
        checks.extend(needs);
    }
}

/// Returns the checks that a fault may fail, as `task/check`: of a task whose checks are not named, all.
fn broken(challenge: &Challenge, fault: &Fault) -> impl Iterator<Item = String> {
    challenge.tasks.iter().flat_map(|task| {
        let named = fault.breaks.get(&task.id);
        let fails = move |id: &String| named.is_some_and(|named| named.is_empty() || named.contains(id));
        let keys = task.checks.iter().map(|check| &check.id).filter(move |id| fails(id));
        keys.map(|id| format!("{}/{id}", task.id))
    })
}

fn of_mutant(mutant: Mutant, waivers: &[MutantWaiver], today: Date) -> Case {
    let Mutant { id, title, world } = mutant;
    let waiver = waivers.iter().find(|waiver| waiver.mutant == id && waiver.holds(today));
    let expected = match waiver {
        Some(waiver) => Expected::Waived { reason: waiver.reason.clone() },
        None => Expected::Noticed,
    };
    // A change takes away what is gone at its end, after its deployment, which so would hold what it should not.
    let way = if world.then.is_some() { Way::Stand(world) } else { Way::Altered(world) };
    Case { kind: Kind::Mutant, id, title, way, expected, drawn: None }
}

fn stale(waivers: &[MutantWaiver], mutants: &[Mutant], today: Date) -> Vec<String> {
    let wrong = waivers.iter().filter_map(|waiver| {
        let id = &waiver.mutant;
        if !mutants.iter().any(|mutant| mutant.id == *id) {
            Some(format!("the waiver in {} is of a mutant that is not made: `{id}`", waiver.location))
        } else if waiver.holds(today) {
            None
        } else {
            Some(format!("the waiver in {} is over: `{id}`", waiver.location))
        }
    });
    wrong.collect()
}
