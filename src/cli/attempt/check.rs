use std::sync::Arc;

use clap::Args;

use super::super::grade::{draw_seed, look};
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, stored, stuck};
use super::premises::Embedded;
use crate::attempt::{Attempt, Event, Mode};
use crate::challenge::{Challenge, Progress, Visibility};
use crate::context::Context;
use crate::evaluate::Outcome;
use crate::exam::{Ground, grader_at, load_challenge};
use crate::grade::History;
use crate::report::{Audience, Form};

/// Look at the work of a practice attempt as it is; hidden checks stay hidden
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn check(context: &Context, arguments: &CheckArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        let (_, challenge) = load_challenge(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        permit(&attempt, &challenge)?;
        let ground = Ground::load(&desk.home.folder(&attempt.id)).map_err(|error| stuck(context, &error))?;
        let Some(ground) = ground.filter(|_| attempt.is_open() && desk.is_driven(&attempt)) else {
            let told =
                format!("the attempt {} is {}: there is nothing to look at", attempt.id, attempt.state);
            return Err(Failure::usage(told).hint("`proofmark status` shows how it stands"));
        };
        let visible = Arc::new(visible(challenge));
        // Other inputs than those of the grade to come.
        let seed = draw_seed(context);
        let answers = visible.answers_of(&attempt.answers);
        let history =
            History { before: ground.before.clone(), answers, hints: attempt.hints.clone(), variant: None };
        let premises = Embedded { context: context.clone() };
        let lease = grader_at(ground.clone(), &premises).await.map_err(|error| stuck(context, &error))?;
        let graded = look(context, &visible, &lease, &ground.stack, seed, history, "looking").await;
        screen::print(&Form::Text.write(
            &graded.scorecard,
            Audience::Candidate,
            screen::report_style(context),
        ));
        let passed = graded.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Pass);
        let passed = passed.map(|verdict| format!("{}/{}", verdict.task, verdict.check)).collect();
        let by = attempt.creation.candidate.clone();
        let looked = Event::Looked { passed };
        let noted = desk.store.append(&attempt.id, context.clock.reading(), &by, looked).await;
        noted.map_err(|error| stored(&error))?;
        screen::note("as it stands; hidden checks were not made");
        Ok(Exit::Done)
    })
}

pub(super) fn permit(attempt: &Attempt, challenge: &Challenge) -> Result<(), Failure> {
    let refuse = |why: &str| {
        Err(Failure::usage(format!("the work cannot be looked at before it is handed in: {why}")))
    };
    match (challenge.policies.progress, attempt.creation.mode) {
        (Progress::Always, _) | (Progress::PracticeOnly, Mode::Practice) => Ok(()),
        (Progress::Never, _) => refuse("the challenge does not allow it"),
        (Progress::PracticeOnly, Mode::Exam) => refuse("the challenge allows it in practice only"),
    }
}

/// Returns the challenge without its hidden checks: what is not made leaves no trace in any log that the candidate can read.
fn visible(mut challenge: Challenge) -> Challenge {
    let mut hidden = Vec::new();
    for task in &mut challenge.tasks {
        let id = task.id.clone();
        task.checks.retain(|check| {
            let keep = check.visibility != Visibility::Hidden;
            if !keep {
                hidden.push(format!("{id}/{}", check.id));
            }
            keep
        });
    }
    for task in &mut challenge.tasks {
        for check in &mut task.checks {
            check.needs.retain(|need| {
                let key = if need.contains('/') { need.clone() } else { format!("{}/{need}", task.id) };
                !hidden.contains(&key)
            });
        }
    }
    challenge.tasks.retain(|task| !task.checks.is_empty());
    challenge
}
