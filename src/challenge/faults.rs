//! Faults: how they are read, and whether what they say of the challenge is true.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::definition::Definition;
use super::raw::{RawBreaks, RawChallenge, RawFault, RawFile, RawTask};
use super::replacing::Replacing;
use super::{Change, Fault, ids};
use crate::source::{Diagnostic, FileTree, Location, Severity};
use crate::template::{Overlay, Template};
use crate::text::{all_of, did_you_mean};

/// What was read below `faults/`.
pub(super) struct Faults {
    pub(super) read: Vec<Fault>,
    pub(super) problems: Vec<Diagnostic>,
    /// Ids of all fault files, those too that could not be read.
    ids: Vec<String>,
}

impl Faults {
    /// Whether there is a file of such a fault, even if it could not be read.
    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.iter().any(|known| known == id)
    }

    pub(super) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Whether something is wrong with a fault, so that little can be said of how they fit together.
    pub(super) fn have_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads all faults below `faults/`.
pub(super) fn read(files: &FileTree, raw: Option<&RawChallenge>) -> Faults {
    let mut faults = Vec::new();
    let mut problems = Vec::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let below = files.below("faults");
    let names: Vec<&str> = below.iter().filter_map(|(path, _)| id_of(path)).collect();
    for id in &names {
        let file = format!("faults/{id}.yaml");
        let Some(text) = files.text(&file) else {
            problems.push(Diagnostic::error("this file is not UTF-8").at(Location::file(&file)));
            continue;
        };
        match Definition::read::<RawFault>(&file, text) {
            Err(problem) => problems.push(problem),
            Ok((fault, mut definition)) => {
                let others = fault.files.values().chain(fault.then_files.values());
                used.extend(others.filter_map(|file| match file {
                    RawFile::Other(name) => Some(name.clone()),
                    RawFile::Passages(_) => None,
                }));
                let fault = definition.fault(fault, id, files, raw);
                problems.append(&mut definition.problems);
                faults.push(fault);
            }
        }
    }
    if problems.is_empty() {
        let idle = below.iter().filter(|(path, _)| id_of(path).is_none() && !used.contains(*path));
        problems.extend(idle.map(|(path, _)| {
            let location = Location::file(format!("faults/{path}"));
            Diagnostic::warning("no fault uses this file").at(location)
        }));
    }
    Faults { read: faults, problems, ids: names.into_iter().map(str::to_owned).collect() }
}

/// Returns the id of the fault that a file below `faults/` defines.
fn id_of(path: &str) -> Option<&str> {
    path.strip_suffix(".yaml").filter(|id| !id.contains('/'))
}

impl Definition<'_> {
    fn fault(
        &mut self,
        raw: RawFault,
        id: &str,
        files: &FileTree,
        challenge: Option<&RawChallenge>,
    ) -> Fault {
        if raw.id != id {
            let message = format!("the fault is called `{}`, and its file `{id}.yaml`", raw.id);
            self.value("/id", message);
        } else if !ids::is_id(id) {
            self.value(
                "/id",
                "the id of a fault holds small letters, digits and `-`, beginning with a letter",
            );
        }
        let nothing =
            raw.template.is_none() && raw.files.is_empty() && raw.then.is_none() && raw.then_files.is_empty();
        if nothing {
            let help = "write `template`, `files`, or `then`";
            self.value("", format!("the fault `{id}` changes nothing")).help = Some(help.to_owned());
        }
        if raw.breaks.0.is_empty() {
            let message = format!("the fault `{}` breaks no task, so nothing can be learned from it", raw.id);
            self.key("/breaks", message);
        }
        self.failing("breaks", &raw.breaks, challenge);
        let place = Replacing { files, folder: "faults", may_add: false };
        Fault {
            id: raw.id,
            title: raw.title,
            change: Change {
                template: self.overlay("template"),
                files: self.replacements("files", &raw.files, &place),
                then: self.overlay("then"),
                then_files: self.replacements("then_files", &raw.then_files, &place),
            },
            breaks: raw.breaks.0.into_iter().collect(),
            location: self.location(self.node.place("/id")),
        }
    }

    /// Reads a merge patch on the template from a member of the file.
    pub(super) fn overlay(&mut self, key: &str) -> Overlay {
        let node = self.node.get(key).cloned();
        match node.map(|node| Overlay::read(self.file, &node)).transpose() {
            Ok(overlay) => overlay.unwrap_or_default(),
            Err(problems) => {
                self.problems.extend(problems);
                Overlay::default()
            }
        }
    }

    /// Checks that the tasks and checks which are said to fail exist.
    pub(super) fn failing(&mut self, key: &str, raw: &RawBreaks, challenge: Option<&RawChallenge>) {
        let Some(challenge) = challenge else { return };
        for (index, (id, checks)) in raw.0.iter().enumerate() {
            let list = self.node.place(&format!("/{key}/{index}"));
            let at = if list == self.node.place(&format!("/{key}")) {
                format!("/{key}/{id}")
            } else {
                format!("/{key}/{index}")
            };
            let Some(task) = challenge.tasks.iter().find(|task| task.id == *id) else {
                let help = did_you_mean(id, challenge.tasks.iter().map(|task| task.id.as_str()));
                self.key(&at, format!("the challenge has no task `{id}`")).help = help;
                continue;
            };
            for (index, check) in checks.iter().enumerate() {
                if !task.list().1.iter().any(|known| known.id == *check) {
                    let help = did_you_mean(check, task.list().1.iter().map(|check| check.id.as_str()));
                    let message = format!("the task `{id}` has no check `{check}`");
                    self.value(&format!("{at}/{index}"), message).help = help;
                }
            }
        }
    }
}

/// Checks what `challenge.yaml` says of the faults: the start, and that each check can fail.
pub(super) fn check(definition: &mut Definition<'_>, raw: &RawChallenge, faults: &Faults) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, id) in raw.start.iter().enumerate() {
        let at = format!("/start/{index}");
        if !faults.ids.contains(id) {
            let help = did_you_mean(id, &faults.ids);
            definition.value(&at, format!("there is no fault `{id}`")).help = help;
        } else if !seen.insert(id) {
            definition.value(&at, format!("the fault `{id}` stands here twice"));
        }
    }
    let questions = |task: &RawTask| task.list().1.iter().all(|check| check.question.is_some());
    if raw.start.is_empty() && raw.pools.is_empty() && !raw.tasks.iter().all(questions) {
        definition.key("/start", "the start holds no fault: the candidate finds everything healthy");
    }
    if faults.have_errors() {
        return;
    }
    let faults = &faults.read;
    let mut failing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    for (task, checks) in faults.iter().flat_map(|fault| &fault.breaks) {
        if checks.is_empty() {
            whole.insert(task);
        }
        failing.entry(task).or_default().extend(checks.iter().map(String::as_str));
    }
    for (index, task) in raw.tasks.iter().enumerate() {
        let at = format!("/tasks/{index}/id");
        // Faults of the world make no answer wrong, and nothing was done to harm a world that nobody worked in.
        let (_, checks) = task.list();
        let checks: Vec<&str> = checks
            .iter()
            .filter(|check| check.question.is_none() && check.unchanged.is_none())
            .map(|check| check.id.as_str())
            .collect();
        if checks.is_empty() {
            continue;
        }
        let Some(failing) = failing.get(task.id.as_str()) else {
            let message =
                format!("no fault breaks the task `{}`, so nothing shows that it can fail", task.id);
            definition.value(&at, message).severity = Severity::Warning;
            continue;
        };
        let never: Vec<&str> = checks.into_iter().filter(|id| !failing.contains(id)).collect();
        if !whole.contains(task.id.as_str()) && !never.is_empty() {
            let message = format!("no fault is said to fail {} of the task `{}`", all_of(&never), task.id);
            definition.value(&at, message).severity = Severity::Warning;
        }
    }
}

/// Returns what is wrong with the patches of a fault: what they would take away must be there, and something must change.
pub(super) fn check_patch(overlay: &Overlay, onto: &Template, key: &str) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let changed = overlay.document.get("Resources").and_then(Value::as_object);
    for (id, change) in changed.into_iter().flatten() {
        if !change.is_null() && change.get("Type").is_none() && onto.resource(id).is_none() {
            let problem = Diagnostic::error(format!("there is no resource `{id}` to change"));
            let help = did_you_mean(id, onto.resources().map(|resource| resource.logical_id));
            let help = help.unwrap_or_else(|| "a resource that is added needs a `Type`".to_owned());
            problems.push(Diagnostic {
                location: overlay.places.key(&format!("/Resources/{id}")),
                help: Some(help),
                ..problem
            });
        }
    }
    removals(overlay, &overlay.document, Some(&onto.document), "", &mut problems);
    if problems.is_empty() && !overlay.is_empty() && onto.patched(overlay).document == onto.document {
        let problem = Diagnostic::error(format!("`{key}` changes nothing"));
        problems.push(Diagnostic { location: overlay.places.value(""), ..problem });
    }
    problems
}

fn removals(
    overlay: &Overlay,
    patch: &Value,
    onto: Option<&Value>,
    at: &str,
    problems: &mut Vec<Diagnostic>,
) {
    for (key, change) in patch.as_object().into_iter().flatten() {
        let below = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        let found = onto.and_then(|onto| onto.get(key));
        if change.is_null() && found.is_none() {
            let known = onto.and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str());
            let problem = Diagnostic::error(format!("there is no `{key}` to take away"));
            problems.push(Diagnostic {
                location: overlay.places.key(&below),
                help: did_you_mean(key, known),
                ..problem
            });
        }
        removals(overlay, change, found, &below, problems);
    }
}
