use crate::source::FileTree;

/// What becomes of the scenario's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChange {
    /// Files that are replaced or added, with their contents.
    pub whole: FileTree,
    /// Passages that are replaced, after the files.
    pub passages: Vec<Passage>,
}

/// A passage of a file, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    pub path: String,
    /// It stands once in the healthy file.
    pub replace: String,
    pub with: String,
}

impl FileChange {
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.passages.is_empty()
    }

    /// Returns the paths of the files that are no longer what they were, each once or more.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let whole = self.whole.iter().map(|(path, _)| path);
        whole.chain(self.passages.iter().map(|passage| passage.path.as_str()))
    }

    /// Carries it out. A passage that another change has taken away already is passed over: the two do not go together, and whoever
    /// lays one change over another can tell by trying both orders.
    pub fn apply(&self, files: &mut FileTree) {
        files.extend(&self.whole);
        for Passage { path, replace, with } in &self.passages {
            if let Some(text) = files.text(path) {
                let text = text.replacen(replace, with, 1);
                files.insert(path, text.into_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(passages: &[(&str, &str)]) -> FileChange {
        let passage = |(replace, with): &(&str, &str)| Passage {
            path: "app.py".to_owned(),
            replace: (*replace).to_owned(),
            with: (*with).to_owned(),
        };
        FileChange { whole: FileTree::new(), passages: passages.iter().map(passage).collect() }
    }

    fn after(changes: &[FileChange]) -> String {
        let mut files = FileTree::new();
        files.insert("app.py", *b"seats = 12\nfare = 900\n");
        for change in changes {
            change.apply(&mut files);
        }
        files.text("app.py").unwrap_or_default().to_owned()
    }

    #[test]
    fn passages_of_one_file_go_together_in_either_order() {
        let (seats, fare) = (change(&[("12", "13")]), change(&[("900", "0")]));
        assert_eq!(after(&[seats.clone(), fare.clone()]), "seats = 13\nfare = 0\n");
        assert_eq!(after(&[fare, seats]), "seats = 13\nfare = 0\n");
    }

    #[test]
    fn a_passage_that_is_gone_is_passed_over() {
        let (whole, part) = (change(&[("seats = 12", "")]), change(&[("12", "13")]));
        assert_eq!(after(&[whole.clone(), part.clone()]), "\nfare = 900\n");
        assert_eq!(after(&[part, whole]), "seats = 13\nfare = 900\n");
    }
}
