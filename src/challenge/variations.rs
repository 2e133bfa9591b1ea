//! Solutions and near-misses: how they are read.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::definition::Definition;
use super::raw::{RawChallenge, RawFile, RawNearMiss, RawSolution};
use super::replacing::Replacing;
use super::variation::interpreter;
use super::{Change, NearMiss, Script, Variation, Work, ids};
use crate::source::{Diagnostic, FileTree, Location};
use crate::text::did_you_mean;

const SOLUTIONS: &str = "solutions";
const NEAR_MISSES: &str = "near-misses";

/// What was read below `solutions/` and `near-misses/`.
#[derive(Default)]
pub(super) struct Variations {
    pub(super) solutions: Vec<Variation>,
    pub(super) near_misses: Vec<NearMiss>,
    pub(super) problems: Vec<Diagnostic>,
}

/// Reads all of them.
pub(super) fn read(files: &FileTree, challenge: Option<&RawChallenge>) -> Variations {
    let mut found = Variations::default();
    for id in folders(files, SOLUTIONS) {
        let path = format!("{SOLUTIONS}/{id}/solution.yaml");
        let Some(text) = found.text(files, &path) else { continue };
        match Definition::read::<RawSolution>(&path, text) {
            Err(problem) => found.problems.push(problem),
            Ok((raw, mut definition)) => {
                let change = Written {
                    run: raw.run,
                    patched: raw.template.is_some(),
                    files: raw.files,
                    then_files: IndexMap::new(),
                };
                let variation = definition.variation(SOLUTIONS, &id, raw.title, &change, files);
                found.problems.append(&mut definition.problems);
                found.solutions.extend(variation);
            }
        }
    }
    for id in folders(files, NEAR_MISSES) {
        let path = format!("{NEAR_MISSES}/{id}/near-miss.yaml");
        let Some(text) = found.text(files, &path) else { continue };
        match Definition::read::<RawNearMiss>(&path, text) {
            Err(problem) => found.problems.push(problem),
            Ok((raw, mut definition)) => {
                if raw.fails.0.is_empty() {
                    let help = "what is all right is a solution: move it to `solutions/`";
                    definition.key("/fails", "this near-miss fails nothing").help = Some(help.to_owned());
                }
                definition.failing("fails", &raw.fails, challenge);
                let fails = raw.fails.0.into_iter().collect();
                let change = Written {
                    run: raw.run,
                    patched: raw.template.is_some() || raw.then.is_some(),
                    files: raw.files,
                    then_files: raw.then_files,
                };
                let variation = definition.variation(NEAR_MISSES, &id, raw.title, &change, files);
                found.problems.append(&mut definition.problems);
                found.near_misses.extend(variation.map(|variation| NearMiss { variation, fails }));
            }
        }
    }
    found
}

/// What both kinds of file say of the work.
struct Written {
    run: Option<String>,
    patched: bool,
    files: IndexMap<String, RawFile>,
    then_files: IndexMap<String, RawFile>,
}

impl Written {
    fn changes_something(&self) -> bool {
        self.patched || !self.files.is_empty() || !self.then_files.is_empty()
    }
}

impl Variations {
    fn text<'a>(&mut self, files: &'a FileTree, path: &str) -> Option<&'a str> {
        let text = files.text(path);
        if text.is_none() {
            let message = format!("the folder has no `{path}`, or it is not UTF-8");
            self.problems.push(Diagnostic::error(message).at(Location::file(path)));
        }
        text
    }
}

/// Returns the names of the folders below a folder.
fn folders(files: &FileTree, below: &str) -> BTreeSet<String> {
    let below = files.below(below);
    below.iter().filter_map(|(path, _)| path.split_once('/').map(|(folder, _)| folder.to_owned())).collect()
}

impl Definition<'_> {
    /// `None` when something was found wrong that leaves nothing to do.
    fn variation(
        &mut self,
        kind: &str,
        id: &str,
        title: String,
        written: &Written,
        files: &FileTree,
    ) -> Option<Variation> {
        if !ids::is_id(id) {
            let message = "the folder's name holds small letters, digits and `-`, beginning with a letter";
            self.note(Diagnostic::error(message).at(Location::file(self.file)));
        }
        let folder = format!("{kind}/{id}");
        let place = Replacing { files, folder: &folder, may_add: true };
        let change = Change {
            template: self.overlay("template"),
            files: self.replacements("files", &written.files, &place),
            then: self.overlay("then"),
            then_files: self.replacements("then_files", &written.then_files, &place),
        };
        let work = match &written.run {
            None if !written.changes_something() => {
                let help = "write `run`, `template`, or `files`";
                self.value("", format!("`{id}` changes nothing")).help = Some(help.to_owned());
                return None;
            }
            None => Work::Change(Box::new(change)),
            Some(_) if written.changes_something() => {
                self.key("/run", "the work is done either by a script or by a change, not by both");
                return None;
            }
            Some(file) => Work::Script(self.script(file, files.below(&folder))?),
        };
        Some(Variation { id: id.to_owned(), title, work, location: self.location(self.node.place("/title")) })
    }

    fn script(&mut self, file: &str, files: FileTree) -> Option<Script> {
        if files.get(file).is_none() {
            let help = did_you_mean(file, files.iter().map(|(path, _)| path));
            self.value("/run", format!("there is no file `{file}` beside this one")).help = help;
            return None;
        }
        if interpreter(file).is_none() {
            let help = "a script ends with `.sh` (bash) or `.py` (python3)";
            self.value("/run", format!("nothing is known to run `{file}`")).help = Some(help.to_owned());
            return None;
        }
        Some(Script { file: file.to_owned(), files })
    }
}
