//! What is tried with questions: every key, every other answer, and draws from the banks on both sides of the pass mark.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::drawn::Drawn;
use super::{Case, Expected, Kind, Way};
use crate::challenge::{Challenge, Subject, Task, UnknownFault};
use crate::evidence::{Answers, Variant};
use crate::grade::{Graded, History, grade_answers};

/// Variants whose pass mark is looked at from both sides.
const VARIANTS: u64 = 10;
/// Variants of which it is counted how often they ask each question.
const COUNTED: u64 = 1_000;
/// How many standard deviations a count may be away from the mean. Of a hundred questions chance alone brings one that far
/// once in 17,000 challenges.
const DEVIATIONS: f64 = 5.0;

/// Lists every wrong answer, each beside right ones to all other questions.
pub(super) fn wrong(challenge: &Challenge) -> Vec<Case> {
    let right = challenge.right_answers();
    let mut cases = Vec::new();
    for asked in challenge.questions() {
        let key = asked.key();
        let mut wrong = asked.question.wrong_answers();
        // Who answers nothing knows nothing.
        wrong.push(vec![]);
        for answer in wrong {
            let words = if answer.is_empty() { "nothing".to_owned() } else { answer.join("+") };
            let mut answers = right.clone();
            answers.give(&key, answer);
            cases.push(Case {
                kind: Kind::Answer,
                id: format!("{key}={words}"),
                title: format!("{}: {words}", asked.title),
                way: Way::Answered(answers),
                expected: Expected::Question(key.clone()),
                drawn: None,
            });
        }
    }
    cases
}

/// Lists draws of a challenge of questions only: all answered right, just as many as the pass mark asks for, and one fewer.
pub(super) fn draws(challenge: &Challenge, first: u64) -> Result<Vec<Case>, UnknownFault> {
    let mut cases = Vec::new();
    for seed in first..first.saturating_add(VARIANTS) {
        let drawn = Arc::new(Drawn::of(challenge, seed)?);
        let (mark, below) = around_the_mark(&drawn);
        let all = drawn.challenge.right_answers();
        let mark_words = format!("Variant {seed}, as many answers right as the pass mark asks for");
        let of = |id: String, title: String, answers: Answers, expected: Expected| Case {
            kind: Kind::Variant,
            id,
            title,
            way: Way::Answered(answers),
            expected,
            drawn: Some(Arc::clone(&drawn)),
        };
        let whole = format!("Variant {seed}, everything answered right");
        cases.push(of(format!("variant-{seed}"), whole, all, Expected::Whole));
        cases.push(of(format!("variant-{seed}-mark"), mark_words, mark, Expected::Reaches(challenge.pass)));
        if let Some(below) = below {
            let words = format!("Variant {seed}, one fewer");
            cases.push(of(format!("variant-{seed}-below"), words, below, Expected::Below(challenge.pass)));
        }
    }
    Ok(cases)
}

/// Takes right answers away, one of each task in turn, for as long as the variant passes. Returns the last answers that pass, and the
/// first that do not.
fn around_the_mark(drawn: &Drawn) -> (Answers, Option<Answers>) {
    let challenge = &drawn.challenge;
    let mut by_task: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for asked in challenge.questions() {
        by_task.entry(asked.task).or_default().push(asked.key());
    }
    let most = by_task.values().map(Vec::len).max().unwrap_or_default();
    let turns = (0..most).flat_map(|turn| by_task.values().filter_map(move |keys| keys.get(turn)));
    let mut passing = challenge.right_answers();
    for key in turns {
        let mut fewer = passing.clone();
        fewer.give(key, vec![]);
        if graded(challenge, fewer.clone(), Some(&drawn.variant)).scorecard.result
            != crate::score::Result::Passed
        {
            return (passing, Some(fewer));
        }
        passing = fewer;
    }
    (passing, None)
}

/// Grades answers; of a challenge with a scenario the questions alone.
pub(super) fn graded(challenge: &Challenge, answers: Answers, variant: Option<&Variant>) -> Graded {
    let history = History {
        before: None,
        answers,
        hints: std::collections::BTreeMap::new(),
        variant: variant.cloned(),
    };
    let seed = variant.map_or(0, |variant| variant.seed);
    if challenge.has_scenario() {
        grade_answers(&questions_alone(challenge), history, seed)
    } else {
        grade_answers(challenge, history, seed)
    }
}

fn questions_alone(challenge: &Challenge) -> Challenge {
    let tasks = challenge.tasks.iter().map(|task| {
        let asks = |check: &&crate::challenge::Check| matches!(check.subject, Subject::Question(_));
        Task { checks: task.checks.iter().filter(asks).cloned().collect(), ..task.clone() }
    });
    Challenge { tasks: tasks.filter(|task| !task.checks.is_empty()).collect(), ..challenge.clone() }
}

/// Counts how often variants ask each question of each bank: what a candidate meets must not hang on where a question stands. The first list says
/// what was counted, the second what is out of balance.
pub(super) fn balance(challenge: &Challenge, first: u64) -> (Vec<String>, Vec<String>) {
    let (mut notes, mut problems) = (Vec::new(), Vec::new());
    for task in &challenge.tasks {
        let Some(draw) = task.draw.filter(|draw| *draw < task.checks.len()) else { continue };
        let mut asked = vec![0_u32; task.checks.len()];
        for seed in first..first.saturating_add(COUNTED) {
            for place in task.places(seed) {
                asked[place] += 1;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a bank holds no 2^52 questions")]
        let (draw, all, counted) = (draw as f64, asked.len() as f64, COUNTED as f64);
        let share = draw / all;
        let (mean, deviation) = (counted * share, (counted * share * (1.0 - share)).sqrt());
        for (check, times) in task.checks.iter().zip(&asked) {
            if (f64::from(*times) - mean).abs() > DEVIATIONS * deviation {
                problems.push(format!(
                    "the question {}/{} is asked in {times} of {COUNTED} variants, and {mean:.0} are its share",
                    task.id, check.id
                ));
            }
        }
        let least = asked.iter().min().copied().unwrap_or_default();
        let most = asked.iter().max().copied().unwrap_or_default();
        notes.push(format!(
            "{}: {draw} of {all} questions are drawn; of {COUNTED} variants each is asked in {least} to {most}",
            task.id
        ));
    }
    (notes, problems)
}
