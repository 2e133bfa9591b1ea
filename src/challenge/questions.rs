//! Questions, as they are written, and whether they can be answered.

use std::collections::BTreeSet;

use super::definition::Definition;
use super::raw::{RawQuestion, RawRight};
use super::{Question, Subject};
use crate::text::did_you_mean;

impl Definition<'_> {
    pub(super) fn question(&mut self, raw: RawQuestion, at: &str) -> Subject {
        let several = matches!(raw.right, RawRight::Several(_));
        let right = match raw.right {
            RawRight::One(right) => vec![right],
            RawRight::Several(right) => right,
        };
        let question = Question {
            ask: raw.ask,
            choices: raw.choices,
            several,
            right,
            accept: raw.accept,
            wrong: raw.wrong,
            shuffle: raw.shuffle.unwrap_or(true),
        };
        if question.ask.trim().is_empty() {
            self.value(&format!("{at}/ask"), "nothing is asked");
        }
        if question.choices.is_empty() {
            self.short_answer(&question, at);
        } else {
            self.choice(&question, at);
        }
        Subject::Question(question)
    }

    fn choice(&mut self, question: &Question, at: &str) {
        let Question { choices, right, several, .. } = question;
        let place =
            |index: usize| if *several { format!("{at}/right/{index}") } else { format!("{at}/right") };
        for (index, id) in right.iter().enumerate() {
            if !choices.contains_key(id) {
                let help = did_you_mean(id, choices.keys());
                self.value(&place(index), format!("there is no choice `{id}`")).help = help;
            } else if right[..index].contains(id) {
                self.value(&place(index), format!("the choice `{id}` stands here twice"));
            }
        }
        if right.is_empty() {
            let help = "list the choices that are right, or ask about one";
            self.key(&format!("{at}/right"), "no choice is right").help = Some(help.to_owned());
        }
        if choices.len() < 2 {
            self.key(&format!("{at}/choices"), "with one choice there is nothing to choose");
        } else if right.len() >= choices.len() {
            let message = "every choice is right, so who chooses all knows nothing";
            self.key(&format!("{at}/right"), message);
        }
        let mut texts: BTreeSet<&str> = BTreeSet::new();
        for (id, text) in choices {
            if !texts.insert(text.trim()) {
                self.value(&format!("{at}/choices/{id}"), format!("two choices say {text:?}"));
            }
        }
        for (key, given) in [("accept", question.accept.is_some()), ("wrong", !question.wrong.is_empty())] {
            if given {
                let message = format!("`{key}` is for short answers, and this question has choices");
                self.key(&format!("{at}/{key}"), message);
            }
        }
    }

    fn short_answer(&mut self, question: &Question, at: &str) {
        if question.several {
            let message = "a list of what is right needs `choices` to choose from";
            let help = "write one right answer, and what else is accepted in `accept: { one_of: [...] }`";
            self.key(&format!("{at}/right"), message).help = Some(help.to_owned());
            return;
        }
        let [right] = question.right.as_slice() else { return };
        if right.trim().is_empty() {
            self.value(&format!("{at}/right"), "no answer cannot be the right one");
        } else if !question.accepts(&question.right) {
            let message = format!("`accept` does not accept the right answer, {right:?}");
            self.key(&format!("{at}/accept"), message);
        }
        for (index, wrong) in question.wrong.iter().enumerate() {
            if question.accepts(std::slice::from_ref(wrong)) {
                let message = format!("{wrong:?} is accepted, and must not be");
                self.value(&format!("{at}/wrong/{index}"), message);
            }
        }
        if question.accept.is_some() && question.accepts(&["I do not know".to_owned()]) {
            self.key(&format!("{at}/accept"), "any answer is accepted, \"I do not know\" too");
        }
    }
}
