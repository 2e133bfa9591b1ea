use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::draw::Random;
use super::{Challenge, Subject};
use crate::evidence::Answers;
use crate::matcher::Matcher;
use crate::text::{did_you_mean, one_of};

/// A question to the candidate. What is right is for the grader alone.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked, in Markdown.
    pub ask: String,
    /// What can be chosen: id and text. Empty where the answer is a few words.
    pub choices: IndexMap<String, String>,
    /// Whether any number of the choices may be chosen; else one is.
    pub several: bool,
    /// Ids of the choices that are right, or one answer that is.
    pub right: Vec<String>,
    /// What a short answer must match. `None`: it must be the right one but for case, spaces and hyphens.
    pub accept: Option<Matcher>,
    /// Short answers that must not be accepted.
    pub wrong: Vec<String>,
    /// Whether choices are shown in an order drawn from the seed.
    pub shuffle: bool,
}

/// A question as it is to be put to a candidate.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Id of the task, and of the check in it.
    pub task: &'a str,
    pub check: &'a str,
    pub title: &'a str,
    pub question: &'a Question,
}

/// Why an answer is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongAnswer {
    pub message: String,
    pub help: Option<String>,
}

impl Asked<'_> {
    /// Returns the key that its answer goes by: `task/check`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.task, self.check)
    }
}

impl Challenge {
    /// Returns the questions in the order of the definition. Of a variant: those that were drawn.
    pub fn questions(&self) -> impl Iterator<Item = Asked<'_>> {
        let checks = self.tasks.iter().flat_map(|task| task.checks.iter().map(move |check| (task, check)));
        checks.filter_map(|(task, check)| match &check.subject {
            Subject::Question(question) => {
                Some(Asked { task: &task.id, check: &check.id, title: &check.title, question })
            }
            _ => None,
        })
    }
}

impl Challenge {
    /// Returns answers that were given as one text each: of a question with several choices, their ids between commas.
    pub fn answers_of(&self, given: &BTreeMap<String, String>) -> Answers {
        let answers = self.questions().filter_map(|asked| {
            let (key, text) = given.get_key_value(&asked.key())?;
            let answer = if asked.question.several {
                text.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
            } else {
                vec![text.clone()]
            };
            Some((key.clone(), answer))
        });
        answers.collect()
    }

    /// Says what is wrong with an answer to a question, whatever is right: no such question, no such choice.
    pub fn check_answer(&self, key: &str, text: &str) -> Result<(), WrongAnswer> {
        let Some(asked) = self.questions().find(|asked| asked.key() == key) else {
            let keys: Vec<String> = self.questions().map(|asked| asked.key()).collect();
            let message = format!("no question `{key}` is asked");
            return Err(WrongAnswer { message, help: did_you_mean(key, &keys) });
        };
        let choices = &asked.question.choices;
        let given = self.answers_of(&BTreeMap::from([(key.to_owned(), text.to_owned())]));
        let mut given = given.of(key).unwrap_or_default().iter();
        let Some(choice) = given.find(|choice| !choices.is_empty() && !choices.contains_key(*choice)) else {
            return Ok(());
        };
        let help = did_you_mean(choice, choices.keys());
        let help = help.unwrap_or_else(|| format!("the choices are {}", one_of(choices.keys())));
        Err(WrongAnswer { message: format!("`{key}` has no choice `{choice}`"), help: Some(help) })
    }

    /// Returns an answer to every question, all of them right.
    pub fn right_answers(&self) -> Answers {
        self.questions().map(|asked| (asked.key(), asked.question.right.clone())).collect()
    }
}

impl Question {
    /// Returns the ids of the choices in the order in which they are shown. `key` is the check's, `task/check`.
    pub fn order(&self, seed: u64, key: &str) -> Vec<&str> {
        let mut ids: Vec<&str> = self.choices.keys().map(String::as_str).collect();
        if self.shuffle {
            Random::new(seed, key).shuffle(&mut ids);
        }
        ids
    }

    /// Whether an answer is right: the ids of all choices that are right and no others, or a text that is accepted.
    pub fn accepts(&self, answer: &[String]) -> bool {
        if !self.choices.is_empty() {
            let set = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<String>>();
            return set(answer) == set(&self.right);
        }
        let [answer] = answer else { return false };
        let answer = answer.trim();
        match &self.accept {
            Some(matcher) => matcher.mismatches("answer", &answer.into()).is_empty(),
            None => self.right.iter().any(|right| plain(right) == plain(answer)),
        }
    }

    /// Returns answers that are wrong, the likeliest first: what the author listed, or each other choice.
    pub fn wrong_answers(&self) -> Vec<Vec<String>> {
        if self.choices.is_empty() {
            let listed = self.wrong.iter().map(|answer| vec![answer.clone()]);
            return listed.chain([vec!["I do not know".to_owned()]]).collect();
        }
        if !self.several {
            let others = self.choices.keys().filter(|id| !self.right.contains(id));
            return others.map(|id| vec![id.clone()]).collect();
        }
        // One more, or one less, than what is right.
        let changed = self.choices.keys().map(|changed| {
            let chosen = self.choices.keys().filter(|id| self.right.contains(id) != (*id == changed));
            chosen.cloned().collect::<Vec<_>>()
        });
        changed.filter(|chosen| !chosen.is_empty()).collect()
    }
}

/// An answer without what people write in different ways.
fn plain(answer: &str) -> String {
    let letters = answer.chars().filter(|c| !c.is_whitespace() && *c != '-');
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(choices: &[&str], right: &[&str]) -> Question {
        Question {
            ask: "Which?".to_owned(),
            choices: choices.iter().map(|id| ((*id).to_owned(), id.to_uppercase())).collect(),
            several: right.len() > 1,
            right: right.iter().map(|id| (*id).to_owned()).collect(),
            accept: None,
            wrong: vec![],
            shuffle: true,
        }
    }

    fn answer(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn one_choice_is_right_and_each_other_is_not() {
        let question = question(&["get", "put", "post"], &["post"]);
        assert!(question.accepts(&answer(&["post"])));
        assert!(!question.accepts(&answer(&["post", "get"])) && !question.accepts(&[]));
        assert_eq!(question.wrong_answers(), [answer(&["get"]), answer(&["put"])]);
    }

    #[test]
    fn all_that_is_right_must_be_chosen_and_nothing_else() {
        let question = question(&["a", "b", "c"], &["a", "c"]);
        assert!(question.accepts(&answer(&["c", "a"])));
        for wrong in question.wrong_answers() {
            assert!(!question.accepts(&wrong), "{wrong:?}");
        }
        assert_eq!(question.wrong_answers().len(), 3);
    }

    #[test]
    fn a_short_answer_is_compared_as_people_write() {
        let question = question(&[], &["dead-letter queue"]);
        for right in ["Dead letter queue", " dead-letter  queue ", "DEADLETTER QUEUE"] {
            assert!(question.accepts(&answer(&[right])), "{right}");
        }
        assert!(!question.accepts(&answer(&["letter queue"])));
        assert!(!question.accepts(&question.wrong_answers()[0]));
    }

    #[test]
    fn the_order_of_choices_follows_from_the_seed() {
        let mut question = question(&["a", "b", "c", "d", "e", "f"], &["a"]);
        let orders: BTreeSet<Vec<&str>> = (0..20).map(|seed| question.order(seed, "t/c")).collect();
        assert!(orders.len() > 5);
        assert_eq!(question.order(3, "t/c"), question.order(3, "t/c"));
        question.shuffle = false;
        assert_eq!(question.order(3, "t/c"), ["a", "b", "c", "d", "e", "f"]);
    }
}
