use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::source::{Diagnostic, Location, Node, Position, parse_yaml, read_yaml};

/// The parts of a fault that are CloudFormation's, whose short tags have a meaning.
const TAGGED: [&str; 2] = ["template", "then"];

/// A file of the challenge, with what was found wrong with it so far.
pub(super) struct Definition<'a> {
    pub(super) file: &'a str,
    pub(super) node: Node,
    pub(super) problems: Vec<Diagnostic>,
    /// Logical ids and types of the stack's resources; `None` where the template could not be read, or does not matter.
    pub(super) resources: Option<BTreeMap<String, String>>,
}

impl<'a> Definition<'a> {
    pub(super) fn read<T: DeserializeOwned>(file: &'a str, text: &str) -> Result<(T, Self), Diagnostic> {
        let node = parse_yaml(file, text)?;
        let raw = read_yaml(file, text, &TAGGED)?;
        Ok((raw, Self { file, node, problems: Vec::new(), resources: None }))
    }

    /// Notes an error at the value that a JSON pointer names.
    pub(super) fn value(&mut self, pointer: &str, message: impl Into<String>) -> &mut Diagnostic {
        let location = self.location(self.node.place(pointer));
        self.note(Diagnostic::error(message).at(location))
    }

    /// Notes an error at the key of what a JSON pointer names.
    pub(super) fn key(&mut self, pointer: &str, message: impl Into<String>) -> &mut Diagnostic {
        let location = self.location(self.node.key_place(pointer));
        self.note(Diagnostic::error(message).at(location))
    }

    pub(super) fn note(&mut self, problem: Diagnostic) -> &mut Diagnostic {
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    pub(super) fn location(&self, position: Position) -> Location {
        Location { file: self.file.to_owned(), position: Some(position) }
    }
}
