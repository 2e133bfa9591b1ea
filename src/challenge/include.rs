//! Includes: lines of `challenge.yaml` that stand for the list in another file.
//!
//! They are put in as text before anything is read, and what is told of them is told at its place in the file that it came from. So
//! whatever can be written in a list of checks can be shared, and no part of the reading knows of it.

use super::Challenge;
use crate::source::{Diagnostic, FileTree, Location, Position};
use crate::text::did_you_mean;

/// A file with its includes carried out.
pub(super) struct Included {
    pub(super) text: String,
    /// Where each line comes from: `None` is the including file itself. Line, and columns that were put before it.
    origins: Vec<Origin>,
    file: String,
}

#[derive(Clone)]
struct Origin {
    file: Option<String>,
    line: u32,
    indent: u32,
}

/// Carries out the includes of a file; one that cannot be is told.
pub(super) fn include(file: &str, text: &str, files: &FileTree) -> (Included, Vec<Diagnostic>) {
    let mut included = Included { text: String::new(), origins: Vec::new(), file: file.to_owned() };
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let Some((indent, path)) = included_file(line) else {
            included.push(line, Origin { file: None, line: number, indent: 0 });
            continue;
        };
        let place = Location::at(file, number, u32::try_from(indent + 1).unwrap_or(u32::MAX));
        let Some(shared) = files.text(path) else {
            let help = did_you_mean(path, files.iter().map(|(path, _)| path));
            problems.push(Diagnostic {
                help,
                ..Diagnostic::error(format!("there is no file `{path}`")).at(place)
            });
            included.push("\n", Origin { file: None, line: number, indent: 0 });
            continue;
        };
        if let Some(deeper) = shared.lines().find(|line| included_file(line).is_some()) {
            let message =
                format!("`{path}` includes another file, and that goes no deeper: {}", deeper.trim());
            problems.push(Diagnostic::error(message).at(place));
        }
        for (number, line) in (1..).zip(shared.split_inclusive('\n')) {
            let blank = line.trim().is_empty();
            let shift = if blank { 0 } else { indent };
            let origin = Origin {
                file: Some(path.to_owned()),
                line: number,
                indent: u32::try_from(shift).unwrap_or_default(),
            };
            included.push(&format!("{}{line}", " ".repeat(shift)), origin);
        }
        if !included.text.ends_with('\n') {
            included.text.push('\n');
        }
    }
    (included, problems)
}

/// Reads `- include: shared/logs.yaml`, and returns how far it is indented, with the file.
fn included_file(line: &str) -> Option<(usize, &str)> {
    let bare = line.trim_start_matches(' ');
    let path = bare.strip_prefix("- include:")?.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!path.is_empty()).then(|| (line.len() - bare.len(), path))
}

impl Included {
    fn push(&mut self, line: &str, origin: Origin) {
        self.text.push_str(line);
        self.origins.push(origin);
    }

    /// Whether anything was put in.
    fn is_plain(&self) -> bool {
        self.origins.iter().all(|origin| origin.file.is_none())
    }

    /// Brings the places of a challenge, and of what was found wrong with it, back to the files that were written.
    pub(super) fn restore(&self, challenge: Option<&mut Challenge>, problems: &mut [Diagnostic]) {
        if self.is_plain() {
            return;
        }
        for problem in problems {
            if let Some(location) = &mut problem.location {
                self.place(location);
            }
        }
        for task in challenge.into_iter().flat_map(|challenge| &mut challenge.tasks) {
            self.place(&mut task.location);
            task.checks.iter_mut().for_each(|check| self.place(&mut check.location));
        }
    }

    fn place(&self, location: &mut Location) {
        if location.file != self.file {
            return;
        }
        let Some(position) = location.position else { return };
        let line = usize::try_from(position.line).unwrap_or_default().saturating_sub(1);
        let Some(origin) = self.origins.get(line) else { return };
        if let Some(file) = &origin.file {
            location.file.clone_from(file);
        }
        let column = position.column.saturating_sub(origin.indent).max(1);
        location.position = Some(Position { line: origin.line, column });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_included_list_stands_where_its_line_stood_and_keeps_its_places() {
        let mut files = FileTree::new();
        files.insert("shared/a.yaml", b"- id: one\n  title: |\n    Two\n\n    lines".as_slice());
        let text = "checks:\n  - include: shared/a.yaml  # for all\n  - id: two\n";
        let (included, problems) = include("challenge.yaml", text, &files);
        assert!(problems.is_empty());
        assert_eq!(
            included.text,
            "checks:\n  - id: one\n    title: |\n      Two\n\n      lines\n  - id: two\n"
        );
        let place = |line, column| {
            let mut location = Location::at("challenge.yaml", line, column);
            included.place(&mut location);
            location.to_string()
        };
        assert_eq!(place(2, 5), "shared/a.yaml:1:3");
        assert_eq!(place(4, 7), "shared/a.yaml:3:5");
        assert_eq!(place(7, 5), "challenge.yaml:3:5");
    }

    #[test]
    fn a_file_that_is_not_there_is_told_where_it_is_named() {
        let mut files = FileTree::new();
        files.insert("shared/logs.yaml", b"- include: shared/more.yaml\n".as_slice());
        let text = "checks:\n  - include: shared/log.yaml\n  - include: shared/logs.yaml\n";
        let (_, problems) = include("challenge.yaml", text, &files);
        let told: Vec<String> = problems.iter().map(|problem| problem.message.clone()).collect();
        assert_eq!(told[0], "there is no file `shared/log.yaml`");
        assert!(told[1].starts_with("`shared/logs.yaml` includes another file"));
    }
}
