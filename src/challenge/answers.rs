//! A file of answers, as a candidate hands it in.

use std::fmt;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::definition::Definition;
use super::{Asked, Challenge};
use crate::evidence::Answers;
use crate::source::Diagnostic;
use crate::text::did_you_mean;

/// `task/check: answer`, or a list of choices.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct RawAnswers(IndexMap<String, RawAnswer>);

#[derive(Debug)]
struct RawAnswer(Vec<String>);

impl Challenge {
    /// Reads answers in YAML or JSON: `task/check` and the id of a choice, a list of them, or a text. What is no question here, and
    /// no choice of it, is told at its place.
    pub fn read_answers(&self, file: &str, text: &str) -> Result<Answers, Vec<Diagnostic>> {
        let (raw, mut definition) =
            Definition::read::<RawAnswers>(file, text).map_err(|problem| vec![problem])?;
        let asked: IndexMap<String, Asked<'_>> = self.questions().map(|asked| (asked.key(), asked)).collect();
        let mut answers = Answers::default();
        for (key, RawAnswer(answer)) in raw.0 {
            let at = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
            let Some(asked) = asked.get(&key) else {
                let help = did_you_mean(&key, asked.keys());
                definition.key(&at, format!("no question `{key}` is asked")).help = help;
                continue;
            };
            let choices = &asked.question.choices;
            if !asked.question.several && answer.len() > 1 {
                definition.value(&at, format!("`{key}` has one answer, and here are {}", answer.len()));
            }
            for choice in answer.iter().filter(|choice| !choices.is_empty() && !choices.contains_key(*choice))
            {
                let help = did_you_mean(choice, choices.keys());
                definition.value(&at, format!("`{key}` has no choice `{choice}`")).help = help;
            }
            answers.give(&key, answer);
        }
        if definition.problems.is_empty() { Ok(answers) } else { Err(definition.problems) }
    }
}

impl<'de> Deserialize<'de> for RawAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnswerVisitor;
        impl<'de> Visitor<'de> for AnswerVisitor {
            type Value = RawAnswer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a choice, a list of them, or an answer as a text in quotes")
            }

            fn visit_str<E: Error>(self, answer: &str) -> Result<RawAnswer, E> {
                Ok(RawAnswer(vec![answer.to_owned()]))
            }

            fn visit_unit<E: Error>(self) -> Result<RawAnswer, E> {
                Ok(RawAnswer(vec![]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawAnswer, A::Error> {
                let mut answers = Vec::new();
                while let Some(answer) = list.next_element()? {
                    answers.push(answer);
                }
                Ok(RawAnswer(answers))
            }
        }
        deserializer.deserialize_any(AnswerVisitor)
    }
}
