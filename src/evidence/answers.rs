use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the candidate answered, by `task/check`: the ids of the choices that were chosen, or one text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Vec<String>>);

impl Answers {
    /// Notes an answer; a later one to the same question takes its place, and an empty one takes it back.
    pub fn give(&mut self, key: &str, answer: Vec<String>) {
        if answer.iter().all(|text| text.trim().is_empty()) {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), answer);
        }
    }

    /// Returns the answer to a question, if there is one.
    pub fn of(&self, key: &str) -> Option<&[String]> {
        self.0.get(key).map(Vec::as_slice)
    }

    /// Returns the keys of the questions that were answered.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Vec<String>)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, Vec<String>)>>(given: I) -> Self {
        let mut answers = Self::default();
        given.into_iter().for_each(|(key, answer)| answers.give(&key, answer));
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_answer_is_none() {
        let mut answers = Answers::default();
        answers.give("t/a", vec!["post".to_owned()]);
        answers.give("t/b", vec![" ".to_owned()]);
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["t/a"]);
        assert_eq!(answers.of("t/a"), Some(["post".to_owned()].as_slice()));
        answers.give("t/a", vec![]);
        assert!(answers.is_empty() && answers.of("t/a").is_none());
    }

    #[test]
    fn answers_are_kept_as_a_map() {
        let mut answers = Answers::default();
        answers.give("t/a", vec!["get".to_owned(), "put".to_owned()]);
        let kept = serde_json::to_string(&answers).unwrap();
        assert_eq!(kept, r#"{"t/a":["get","put"]}"#);
        assert_eq!(serde_json::from_str::<Answers>(&kept).unwrap(), answers);
    }
}
