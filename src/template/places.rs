use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Location, Position};

/// Where the nodes of a document stand, by JSON pointer (RFC 6901). After an overlay they stand in several files.
#[derive(Debug, Clone, Default)]
pub struct Places {
    marks: BTreeMap<String, Mark>,
}

#[derive(Debug, Clone)]
struct Mark {
    file: Arc<str>,
    key: Position,
    value: Position,
}

impl Places {
    pub(super) fn insert(&mut self, pointer: &str, file: &Arc<str>, key: Position, value: Position) {
        self.marks.insert(pointer.to_owned(), Mark { file: Arc::clone(file), key, value });
    }

    /// Returns where a node stands, or the nearest one above it that is known.
    pub fn value(&self, pointer: &str) -> Option<Location> {
        self.nearest(pointer).map(|(mark, _)| at(mark, mark.value))
    }

    /// Returns where the key of a node stands; else as [`Places::value`].
    pub fn key(&self, pointer: &str) -> Option<Location> {
        self.nearest(pointer).map(|(mark, exact)| at(mark, if exact { mark.key } else { mark.value }))
    }

    fn nearest(&self, pointer: &str) -> Option<(&Mark, bool)> {
        let mut above = pointer;
        loop {
            if let Some(mark) = self.marks.get(above) {
                return Some((mark, above == pointer));
            }
            above = &above[..above.rfind('/')?];
        }
    }

    /// Forgets a node and all below it.
    pub(super) fn forget(&mut self, pointer: &str) {
        let below = format!("{pointer}/");
        self.marks.retain(|known, _| known != pointer && !known.starts_with(&below));
    }

    /// Says of a node that it stands where another document has one, or the nearest one above.
    pub(super) fn stand_at(&mut self, pointer: &str, from: &Self, origin: &str) {
        if let Some((mark, _)) = from.nearest(origin) {
            self.marks.insert(pointer.to_owned(), mark.clone());
        }
    }

    /// Takes over what another document says of a node and of all below it, under another pointer.
    pub(super) fn graft(&mut self, pointer: &str, from: &Self, origin: &str) {
        self.stand_at(pointer, from, origin);
        let below = format!("{origin}/");
        let taken = from.marks.range(below.clone()..).take_while(|(known, _)| known.starts_with(&below));
        let taken: Vec<_> = taken
            .map(|(known, mark)| (format!("{pointer}/{}", &known[below.len()..]), mark.clone()))
            .collect();
        self.marks.extend(taken);
    }

    /// Takes over what another document says of a node, and of all below it when `deep`.
    pub(super) fn adopt(&mut self, pointer: &str, from: &Self, deep: bool) {
        let below = format!("{pointer}/");
        let taken =
            from.marks.iter().filter(|(known, _)| *known == pointer || deep && known.starts_with(&below));
        self.marks.extend(taken.map(|(known, mark)| (known.clone(), mark.clone())));
    }
}

fn at(mark: &Mark, position: Position) -> Location {
    Location { file: mark.file.to_string(), position: Some(position) }
}
