use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored, stuck};
use crate::attempt::Event;
use crate::context::Context;
use crate::exam::load_challenge;

/// Answer a question of the challenge; the last answer counts
#[derive(Debug, Args)]
pub(crate) struct AnswerArguments {
    /// The question, as `task/check`
    question: String,

    /// The answer
    answer: String,

    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn answer(context: &Context, arguments: &AnswerArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let (_, challenge) = load_challenge(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        challenge.check_answer(&arguments.question, &arguments.answer).map_err(|wrong| {
            let told = Failure::usage(wrong.message);
            match wrong.help {
                Some(help) => told.hint(help),
                None => told,
            }
        })?;
        // Where nobody drives the attempt, nobody froze it.
        let over = attempt.reckon(&context.clock.reading()).is_some_and(|time| time.left().is_zero());
        if over && attempt.is_open() {
            let told = format!("the time of the attempt {} is over", attempt.id);
            return Err(Failure::usage(told).hint("`proofmark submit` has it graded"));
        }
        let by = attempt.creation.candidate.clone();
        let event =
            Event::Answered { question: arguments.question.clone(), answer: arguments.answer.clone() };
        let noted = desk.store.append(&attempt.id, context.clock.reading(), &by, event).await;
        noted.map_err(|error| stored(&error))?;
        screen::note(&format!("{}: noted", arguments.question));
        Ok(Exit::Done)
    })
}
