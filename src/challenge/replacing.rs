//! What a fault or a variation makes of the scenario's files: how it is read.

use indexmap::IndexMap;

use super::definition::Definition;
use super::raw::{RawFile, RawPassage};
use super::{FileChange, Passage};
use crate::source::FileTree;
use crate::text::did_you_mean;

/// Where files that replace others are looked for.
pub(super) struct Replacing<'a> {
    pub(super) files: &'a FileTree,
    /// What the author's paths are relative to.
    pub(super) folder: &'a str,
    /// Whether a file may be put where the scenario has none.
    pub(super) may_add: bool,
}

impl Definition<'_> {
    /// Reads which files are changed, and how.
    pub(super) fn replacements(
        &mut self,
        key: &str,
        raw: &IndexMap<String, RawFile>,
        place: &Replacing<'_>,
    ) -> FileChange {
        let Replacing { files, folder, may_add } = place;
        let mut change = FileChange::default();
        for (path, becomes) in raw {
            let at = format!("/{key}/{}", path.replace('~', "~0").replace('/', "~1"));
            let original = files.get(&format!("scenario/{path}"));
            let added = *may_add && matches!(becomes, RawFile::Other(_));
            if original.is_none() && !added {
                let scenario = files.below("scenario");
                let help = did_you_mean(path, scenario.iter().map(|(path, _)| path));
                self.key(&at, format!("the scenario has no file `{path}`")).help = help;
            }
            let by = match becomes {
                RawFile::Other(by) => by,
                RawFile::Passages(passages) => {
                    let text = files.text(&format!("scenario/{path}"));
                    change.passages.extend(self.passages(&at, path, passages, text));
                    continue;
                }
            };
            match files.get(&format!("{folder}/{by}")) {
                None => {
                    let beside = files.below(folder);
                    let help = did_you_mean(by, beside.iter().map(|(path, _)| path));
                    self.value(&at, format!("there is no file `{folder}/{by}`")).help = help;
                }
                Some(contents) if original == Some(contents) => {
                    self.value(&at, "this file is the same as the one that it replaces");
                }
                Some(contents) => change.whole.insert(path, contents),
            }
        }
        change
    }

    /// Reads the passages that are replaced in one file. `text` is what it holds, where it is there and is text.
    fn passages(&mut self, at: &str, path: &str, raw: &[RawPassage], text: Option<&str>) -> Vec<Passage> {
        if raw.is_empty() {
            self.value(at, format!("no passage of `{path}` is replaced"));
        }
        let mut read = Vec::new();
        for (index, RawPassage { replace, with }) in raw.iter().enumerate() {
            let at = format!("{at}/{index}/replace");
            // A file that is not there is told already.
            let stands = text.map_or(1, |text| text.matches(replace.as_str()).count());
            if replace.is_empty() {
                self.value(&at, "an empty passage stands everywhere");
            } else if replace == with {
                self.value(&at, "this passage is replaced by itself");
            } else if stands == 0 {
                let help = "write it as it stands there, with its blanks; a block (`|`) keeps lines";
                self.value(&at, format!("`{path}` has no such passage")).help = Some(help.to_owned());
            } else if stands > 1 {
                let help = "write more of what stands around it";
                let message = format!("this passage stands {stands} times in `{path}`");
                self.value(&at, message).help = Some(help.to_owned());
            } else {
                read.push(Passage { path: path.to_owned(), replace: replace.clone(), with: with.clone() });
            }
        }
        read
    }
}
