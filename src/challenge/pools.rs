//! Variants: whether they can be drawn, and whether each is worth the same.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::Definition;
use super::faults::Faults;
use super::raw::{RawChallenge, RawTask};
use super::{Fault, draw};
use crate::source::Severity;
use crate::template::Template;
use crate::text::{all_of, did_you_mean};

/// Variants that are looked at one by one; of more, each pool is looked at by itself.
const MOST: usize = 20_000;

pub(super) fn check(
    definition: &mut Definition<'_>,
    raw: &RawChallenge,
    template: Option<&Template>,
    faults: &Faults,
) {
    parameters(definition, raw, template);
    let mut owner: BTreeMap<&str, &str> = raw.start.iter().map(|id| (id.as_str(), "start")).collect();
    let mut sound = true;
    for (name, pool) in &raw.pools {
        let at = format!("/pools/{name}");
        let draw = usize::try_from(pool.draw).unwrap_or(usize::MAX);
        if draw == 0 || draw >= pool.of.len() {
            sound = false;
            let message = format!("a draw of {draw} from {} draws nothing", pool.of.len());
            let help = "draw fewer than there are, or name them in `start`";
            definition.value(&format!("{at}/draw"), message).help = Some(help.to_owned());
        }
        for (index, id) in pool.of.iter().enumerate() {
            let at = format!("{at}/of/{index}");
            if !faults.has(id) {
                sound = false;
                let help = did_you_mean(id, faults.ids());
                definition.value(&at, format!("there is no fault `{id}`")).help = help;
            } else if let Some(other) = owner.insert(id, name) {
                sound = false;
                let message = format!("the fault `{id}` stands in `{other}` already");
                definition.value(&at, message);
            }
        }
    }
    if sound && !raw.pools.is_empty() && !faults.have_errors() {
        balance(definition, raw, &faults.read);
    }
}

fn parameters(definition: &mut Definition<'_>, raw: &RawChallenge, template: Option<&Template>) {
    for (name, pattern) in &raw.parameters {
        let at = format!("/parameters/{name}");
        if let Err(error) = draw::check_parameter(pattern) {
            let problem = definition.value(&at, error.to_string());
            problem.help =
                Some(format!("{}; `{{canary}}` for what belongs to one attempt", draw::VOCABULARY));
        }
        let Some(template) = template else { continue };
        let known = template.document.get("Parameters").and_then(serde_json::Value::as_object);
        let known: Vec<&str> = known.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        if !known.contains(&name.as_str()) {
            let help = did_you_mean(name, known);
            definition.key(&at, format!("the template has no parameter `{name}`")).help = help;
        }
    }
}

/// Whichever faults are drawn, the same points must be at stake, in as many tasks.
fn balance(definition: &mut Definition<'_>, raw: &RawChallenge, faults: &[Fault]) {
    let find = |id: &String| faults.iter().find(|fault| fault.id == *id);
    let fixed: Vec<&Fault> = raw.start.iter().filter_map(find).collect();
    let pools: Vec<(&String, Vec<Vec<&Fault>>)> = raw
        .pools
        .iter()
        .map(|(name, pool)| {
            let of: Vec<&Fault> = pool.of.iter().filter_map(find).collect();
            (name, choices(&of, usize::try_from(pool.draw).unwrap_or(usize::MAX)))
        })
        .collect();
    let stake = |drawn: &[&Fault]| Stake::of(&raw.tasks, fixed.iter().chain(drawn));
    for (name, choices) in &pools {
        let Some((first, rest)) = choices.split_first() else { continue };
        let Some(other) = rest.iter().find(|other| stake(other) != stake(first)) else { continue };
        let (one, two) = (stake(first), stake(other));
        let message = format!(
            "the pool `{name}` is not balanced: with {} {} at stake, and with {} {}",
            ids(first),
            one.words(),
            ids(other),
            two.words()
        );
        let help = "draw from faults that break tasks of the same points, and do not break the same check";
        definition.key(&format!("/pools/{name}"), message).help = Some(help.to_owned());
        return;
    }
    // Faults of two pools may break the same task, and then it counts once.
    let number = pools.iter().try_fold(1_usize, |product, (_, choices)| {
        product.checked_mul(choices.len()).filter(|product| *product <= MOST)
    });
    if number.is_none() {
        return shared(definition, raw, &pools);
    }
    let mut variants: Vec<Vec<&Fault>> = vec![vec![]];
    for (_, choices) in &pools {
        variants = variants
            .iter()
            .flat_map(|before| choices.iter().map(|drawn| [before.as_slice(), drawn].concat()))
            .collect();
    }
    let Some((first, rest)) = variants.split_first() else { return };
    if let Some(other) = rest.iter().find(|other| stake(other) != stake(first)) {
        let message = format!(
            "variants are not worth the same: with {} {} at stake, and with {} {}",
            ids(first),
            stake(first).words(),
            ids(other),
            stake(other).words()
        );
        let help = "faults of two pools break the same task: put them into one pool";
        definition.key("/pools", message).help = Some(help.to_owned());
    }
}

/// Too many variants to try each: pools that share no task cannot disturb each other.
fn shared(definition: &mut Definition<'_>, raw: &RawChallenge, pools: &[(&String, Vec<Vec<&Fault>>)]) {
    let mut owner: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, choices) in pools {
        let tasks: BTreeSet<&str> =
            choices.iter().flatten().flat_map(|fault| fault.breaks.keys().map(String::as_str)).collect();
        for task in tasks.into_iter().filter(|task| raw.tasks.iter().any(|known| known.id == *task)) {
            if let Some(other) = owner.insert(task, name) {
                let message = format!("faults of the pools `{other}` and `{name}` break the task `{task}`");
                let problem = definition.key(&format!("/pools/{name}"), message);
                problem.severity = Severity::Warning;
                problem.help =
                    Some("with so many variants, nobody can tell whether each is worth the same".to_owned());
            }
        }
    }
}

/// What a broken start takes away: hundredths of points, and tasks.
#[derive(Debug, PartialEq, Eq)]
struct Stake {
    points: u64,
    tasks: usize,
}

impl Stake {
    /// A task that is broken as a whole, or is not `proportional`, is lost as a whole; of another the checks that are listed.
    fn of<'a>(tasks: &[RawTask], faults: impl Iterator<Item = &'a &'a Fault>) -> Self {
        let mut broken: BTreeMap<&str, Option<BTreeSet<&str>>> = BTreeMap::new();
        for (task, checks) in faults.flat_map(|fault| &fault.breaks) {
            let lost = broken.entry(task).or_insert_with(|| Some(BTreeSet::new()));
            match lost {
                Some(lost) if !checks.is_empty() => lost.extend(checks.iter().map(String::as_str)),
                _ => *lost = None,
            }
        }
        let mut stake = Self { points: 0, tasks: 0 };
        for task in tasks {
            let Some(lost) = broken.get(task.id.as_str()) else { continue };
            let whole = u64::from(task.points) * 100;
            let proportional = matches!(task.credit, super::raw::RawCredit::Proportional);
            stake.tasks += 1;
            stake.points += match lost {
                Some(lost) if proportional => {
                    let weight = |of: &dyn Fn(&str) -> bool| {
                        let counting =
                            task.list().1.iter().filter(|check| check.deduct.is_none() && of(&check.id));
                        counting.map(|check| u64::from(check.weight.unwrap_or(1))).sum::<u64>()
                    };
                    whole * weight(&|id| lost.contains(id)) / weight(&|_| true).max(1)
                }
                _ => whole,
            };
        }
        stake
    }

    fn words(&self) -> String {
        let points = super::Points(u32::try_from(self.points).unwrap_or(u32::MAX));
        let noun = if self.points == 100 { "point" } else { "points" };
        format!("{points} {noun} of {} are", crate::text::count(self.tasks, "task"))
    }
}

/// Returns every choice of so many, in order, as far as there are not too many to look at.
fn choices<'a>(of: &[&'a Fault], draw: usize) -> Vec<Vec<&'a Fault>> {
    if draw == 0 {
        return vec![vec![]];
    }
    let mut found = Vec::new();
    for (at, first) in of.iter().enumerate() {
        for rest in choices(&of[at + 1..], draw - 1) {
            found.push([vec![*first], rest].concat());
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found
}

fn ids(faults: &[&Fault]) -> String {
    all_of(faults.iter().map(|fault| fault.id.as_str()).collect::<Vec<_>>())
}
