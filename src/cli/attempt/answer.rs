use clap::Args;

use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored};
use crate::attempt::Event;
use crate::context::Context;

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
        let by = attempt.creation.candidate.clone();
        let event =
            Event::Answered { question: arguments.question.clone(), answer: arguments.answer.clone() };
        let noted = desk.store.append(&attempt.id, context.clock.reading(), &by, event).await;
        noted.map_err(|error| stored(&error))?;
        screen::note(&format!("{}: noted", arguments.question));
        Ok(Exit::Done)
    })
}
