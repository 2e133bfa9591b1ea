use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

/// A folder in memory: relative paths, with `/` between folders, to contents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTree {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl FileTree {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn insert(&mut self, path: impl Into<String>, contents: impl Into<Arc<[u8]>>) {
        self.files.insert(path.into(), contents.into());
    }

    pub fn remove(&mut self, path: &str) -> bool {
        self.files.remove(path).is_some()
    }

    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// Returns a file's text; `None` when it is absent or not UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// Returns the files in order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, contents)| (path.as_str(), contents.as_ref()))
    }

    /// Returns the files below a folder, as a tree of their own.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let folder = inside(folder);
        if folder.is_empty() {
            return self.clone();
        }
        let prefix = format!("{folder}/");
        let files = self.files.iter();
        let files = files.filter_map(|(path, contents)| {
            path.strip_prefix(&prefix).map(|rest| (rest.to_owned(), Arc::clone(contents)))
        });
        Self { files: files.collect() }
    }

    /// Takes over the files of another tree, over files of the same path.
    pub fn extend(&mut self, other: &Self) {
        let files = other.files.iter().map(|(path, contents)| (path.clone(), Arc::clone(contents)));
        self.files.extend(files);
    }

    /// Returns the SHA-256 of the whole tree in lower-case hexadecimal: of its paths, each with the digest of its contents.
    pub fn digest(&self) -> String {
        let mut whole = Sha256::new();
        for (path, contents) in self.iter() {
            whole.update(path.as_bytes());
            // No path holds a null byte, so that the parts cannot be read in another way.
            whole.update([0]);
            whole.update(Sha256::digest(contents));
        }
        hex::encode(whole.finalize())
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Returns a path as a tree has it: `./src/` is `src`, `a/../b` is `b`, and the folder itself is nothing. What leads out of the folder
/// begins with `..`.
pub fn inside(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            (part, _) => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_the_same_place_however_it_is_written() {
        for (path, expected) in [
            ("./src/", "src"),
            (".", ""),
            ("a/./b/../c", "a/c"),
            ("../a", "../a"),
            ("a/../../b", "../b"),
            ("", ""),
        ] {
            assert_eq!(inside(path), expected, "{path}");
        }
    }

    #[test]
    fn a_digest_changes_with_each_path_and_each_byte() {
        let tree = |files: &[(&str, &str)]| {
            let mut tree = FileTree::new();
            for (path, text) in files {
                tree.insert(*path, text.as_bytes());
            }
            tree.digest()
        };
        let digest = tree(&[("a", "1"), ("b", "2")]);
        assert_eq!(digest, tree(&[("b", "2"), ("a", "1")]));
        for other in [tree(&[("a", "1")]), tree(&[("a", "1"), ("b", "3")]), tree(&[("a", "1"), ("c", "2")])] {
            assert_ne!(digest, other);
        }
    }

    #[test]
    fn below_keeps_only_what_is_in_the_folder() {
        let mut tree = FileTree::new();
        tree.insert("functions/get/app.py", *b"a");
        tree.insert("functions/getter/app.py", *b"b");
        let below: Vec<_> = tree.below("functions/get").iter().map(|(path, _)| path.to_owned()).collect();
        assert_eq!(below, ["app.py"]);
    }
}
