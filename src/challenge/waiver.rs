//! Waivers: what is known and accepted, with the reason and the day on which to think again.

use jiff::civil::Date;

use super::definition::Definition;
use super::raw::RawWaivers;
use crate::source::{Diagnostic, FileTree, Location, Severity};
use crate::text::count;

const FILE: &str = "waivers.yaml";

/// All waivers of a challenge.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Waivers {
    pub mutants: Vec<MutantWaiver>,
    pub warnings: Vec<WarningWaiver>,
}

/// A mutant that no check needs to notice.
#[derive(Debug, Clone, PartialEq)]
pub struct MutantWaiver {
    pub mutant: String,
    /// Why it is as right as the healthy world.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    pub location: Location,
}

/// A warning of `lint` that is right here.
#[derive(Debug, Clone, PartialEq)]
pub struct WarningWaiver {
    pub message: String,
    pub file: String,
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
    pub location: Location,
}

impl MutantWaiver {
    /// Whether it still holds on a day.
    pub fn holds(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }
}

impl Waivers {
    /// Takes the warnings away that are waived today. A waiver that is over, or that nothing needs, is a warning itself.
    pub fn apply(&self, problems: Vec<Diagnostic>, today: Date) -> Vec<Diagnostic> {
        let mut used = vec![false; self.warnings.len()];
        let mut left: Vec<Diagnostic> = problems
            .into_iter()
            .filter(|problem| {
                let place = problem.location.as_ref().map(|place| place.file.as_str());
                let waives = |waiver: &WarningWaiver| {
                    waiver.message == problem.message && Some(waiver.file.as_str()) == place
                };
                let found = self.warnings.iter().position(waives);
                let Some(index) = found.filter(|_| problem.severity == Severity::Warning) else {
                    return true;
                };
                used[index] = true;
                today > self.warnings[index].until
            })
            .collect();
        for (waiver, used) in self.warnings.iter().zip(used) {
            if !used {
                let problem = Diagnostic::warning("no warning needs this waiver");
                left.push(problem.at(waiver.location.clone()).help("take it out"));
            } else if today > waiver.until {
                let problem = Diagnostic::warning(format!("this waiver ended on {}", waiver.until));
                left.push(problem.at(waiver.location.clone()));
            }
        }
        left
    }
}

/// Reads `waivers.yaml`; a challenge without it has none.
pub(super) fn read(files: &FileTree) -> (Waivers, Vec<Diagnostic>) {
    let Some(text) = files.text(FILE) else { return (Waivers::default(), Vec::new()) };
    let (raw, mut definition) = match Definition::read::<RawWaivers>(FILE, text) {
        Ok(read) => read,
        Err(problem) => return (Waivers::default(), vec![problem]),
    };
    let mut waivers = Waivers::default();
    for (index, raw) in raw.mutants.into_iter().enumerate() {
        let at = format!("/mutants/{index}");
        definition.reason(&at, &raw.reason);
        let until = raw.until.and_then(|text| definition.day(&at, &text));
        let location = definition.location(definition.node.place(&at));
        waivers.mutants.push(MutantWaiver { mutant: raw.mutant, reason: raw.reason, until, location });
    }
    for (index, raw) in raw.warnings.into_iter().enumerate() {
        let at = format!("/warnings/{index}");
        definition.reason(&at, &raw.reason);
        let Some(until) = definition.day(&at, &raw.until) else { continue };
        let location = definition.location(definition.node.place(&at));
        let (message, file) = (raw.message, raw.file);
        waivers.warnings.push(WarningWaiver { message, file, reason: raw.reason, until, location });
    }
    (waivers, definition.problems)
}

impl Definition<'_> {
    /// A reason of two words is none.
    fn reason(&mut self, at: &str, reason: &str) {
        let words = reason.split_whitespace().count();
        if words < 3 {
            let message = format!("a reason of {} explains nothing", count(words, "word"));
            self.value(&format!("{at}/reason"), message);
        }
    }

    fn day(&mut self, at: &str, text: &str) -> Option<Date> {
        let day = text.parse().ok();
        if day.is_none() {
            let help = "write it as `2027-06-30`";
            self.value(&format!("{at}/until"), format!("`{text}` is not a day")).help = Some(help.to_owned());
        }
        day
    }
}
