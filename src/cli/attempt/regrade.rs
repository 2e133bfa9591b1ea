use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::super::arguments::ChallengesFolder;
use super::super::progress::Progress;
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Chosen, Desk, current, stored, stuck, whoever};
use super::seal::seal;
use crate::attempt::{Attempt, AttemptId, Event, Outcome, State};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::exam::{ExamError, Regrade, load_archive, regrade as grade_anew, save_scorecard};
use crate::score;
use crate::source::FileTree;
use crate::text::count;

/// Grade kept evidence anew, by the challenge as it is now; nothing is looked at again
#[derive(Debug, Args)]
pub(crate) struct RegradeArguments {
    #[command(flatten)]
    chosen: Chosen,

    /// All graded attempts
    #[arg(long, conflicts_with = "attempt")]
    all: bool,

    /// Only show whose verdicts change, and write nothing
    #[arg(long)]
    diff: bool,

    /// By the challenge as it was when the attempt began, instead of as it is now
    #[arg(long)]
    original: bool,

    #[command(flatten)]
    folder: ChallengesFolder,
}

/// A rubric to grade by.
struct Rubric {
    challenge: Challenge,
    /// Digest of its files.
    definition: String,
}

/// Rubrics that were read, by name or digest: many attempts are graded by one.
#[derive(Default)]
struct Shelf(BTreeMap<String, Rubric>);

impl Shelf {
    fn get(
        &mut self,
        name: &str,
        read: impl FnOnce() -> Result<Rubric, Failure>,
    ) -> Result<&Rubric, Failure> {
        match self.0.entry(name.to_owned()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => Ok(free.insert(read()?)),
        }
    }
}

pub(crate) fn regrade(context: &Context, arguments: &RegradeArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let ids: Vec<AttemptId> = if arguments.all {
            let all = desk.store.list().await.map_err(|error| stored(&error))?;
            let graded = all.into_iter().filter(|one| one.result.is_some() && one.state != State::Void);
            graded.map(|one| one.id).collect()
        } else {
            let attempt = desk.find(&arguments.chosen).await?;
            if attempt.outcome.is_none() || attempt.state == State::Void {
                return Err(Failure::usage(format!(
                    "the attempt {} is {}, and has no result",
                    attempt.id, attempt.state
                )));
            }
            vec![attempt.id]
        };
        let progress = arguments.all.then(|| Arc::new(Progress::begin(context, "grading anew")));
        let mut changed = 0;
        let mut shelf = Shelf::default();
        for id in &ids {
            let attempt = desk.store.load(id).await.map_err(|error| stored(&error))?;
            changed += usize::from(one(context, &desk, arguments, &attempt, &mut shelf).await?);
            if let Some(progress) = &progress {
                progress.count_of(id.as_str(), ids.len());
            }
        }
        drop(progress);
        screen::note(&format!("{} graded anew, {changed} changed", count(ids.len(), "attempt")));
        Ok(Exit::Done)
    })
}

/// Grades one attempt anew, and returns whether its result is another.
async fn one(
    context: &Context,
    desk: &Desk,
    arguments: &RegradeArguments,
    attempt: &Attempt,
    shelf: &mut Shelf,
) -> Result<bool, Failure> {
    let archive = load_archive(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    let creation = &attempt.creation;
    let rubric = if arguments.original {
        shelf.get(&creation.definition, || of(&archive.challenge))?
    } else {
        shelf.get(&creation.challenge, || {
            let (files, challenge) = now(context, &arguments.folder.challenges, &creation.challenge)?;
            Ok(Rubric { challenge, definition: files.digest() })
        })?
    };
    let regraded = grade_anew(&archive, attempt, &rubric.challenge);
    let Some(before) = &attempt.outcome else { return Ok(false) };
    let outcome = outcome(&regraded, &rubric.definition)?;
    let same = outcome.scorecard == before.scorecard;
    if !same {
        screen::print(&changes(attempt, before, &regraded));
    }
    if !arguments.diff && outcome != *before {
        let saved = save_scorecard(&desk.home, attempt, &regraded.scorecard);
        saved.map_err(|error| stuck(context, &error))?;
        let by = whoever(context, None);
        let noted =
            desk.store.append(&attempt.id, context.clock.reading(), &by, Event::Regraded { outcome }).await;
        seal(context, desk, noted.map_err(|error| stored(&error))?).await?;
    }
    Ok(!same)
}

fn now(context: &Context, challenges: &Path, name: &str) -> Result<(FileTree, Challenge), Failure> {
    current(context, challenges, name)
        .map_err(|failure| failure.hint("`--original` grades by the challenge as it was"))
}

fn of(files: &FileTree) -> Result<Rubric, Failure> {
    let challenge = Challenge::load(files)
        .map_err(|_| Failure::environment("the challenge in the archive is not valid for this release"))?;
    Ok(Rubric { challenge, definition: files.digest() })
}

fn outcome(regraded: &Regrade, definition: &str) -> Result<Outcome, Failure> {
    let card = &regraded.scorecard;
    let value = serde_json::to_value(card).map_err(|error| Failure::internal(error.to_string()))?;
    Ok(Outcome {
        result: card.result,
        low: card.score.low.0,
        high: card.score.high.0,
        points: card.points.0,
        definition: definition.to_owned(),
        scorecard: crate::evidence::digest(&value),
    })
}

/// Grades an attempt anew by its own challenge, after an assessor said something, and notes the result.
pub(super) async fn settle(
    context: &Context,
    desk: &Desk,
    attempt: &Attempt,
    by: &str,
) -> Result<Attempt, Failure> {
    let told = |error: ExamError| stuck(context, &error);
    let archive = load_archive(&desk.home, attempt).map_err(told)?;
    let rubric = of(&archive.challenge)?;
    let regraded = grade_anew(&archive, attempt, &rubric.challenge);
    save_scorecard(&desk.home, attempt, &regraded.scorecard).map_err(told)?;
    if let Some(before) = &attempt.outcome {
        screen::print(&changes(attempt, before, &regraded));
    }
    let event = Event::Regraded { outcome: outcome(&regraded, &rubric.definition)? };
    let noted = desk.store.append(&attempt.id, context.clock.reading(), by, event).await;
    seal(context, desk, noted.map_err(|error| stored(&error))?).await
}

/// Tells who flips, and why.
fn changes(attempt: &Attempt, before: &Outcome, regraded: &Regrade) -> String {
    let word = |result| match result {
        score::Result::Passed => "passed",
        score::Result::Failed => "failed",
        score::Result::Provisional => "provisional",
    };
    let points = |low: u32| f64::from(low) / 100.0;
    let card = &regraded.scorecard;
    let mut told = format!(
        "{}  {}  {} points, {} -> {} points, {}\n",
        attempt.id,
        attempt.creation.candidate,
        points(before.low),
        word(before.result),
        points(card.score.low.0),
        word(card.result)
    );
    for flip in &regraded.flips {
        let shown = |word: Option<&'static str>| word.unwrap_or("not there");
        told.push_str(&format!("    {}: {} -> {}\n", flip.check, shown(flip.was), shown(flip.is)));
    }
    let passes = |result| result == score::Result::Passed;
    if passes(before.result) != passes(card.result) {
        let what = if passes(card.result) { "issued" } else { "revoked" };
        told.push_str(&format!("    a credential of {} is to be {what}\n", attempt.id));
    }
    told
}
