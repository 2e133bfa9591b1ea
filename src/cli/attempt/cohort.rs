use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::super::grade::{unwritten, whole};
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::desk::{Desk, stored, stuck};
use crate::attempt::{Attempt, Event, Mode, State, Taken, counting, person};
use crate::challenge::Counts;
use crate::context::Context;
use crate::exam::{load_challenge, load_scorecard};
use crate::report::{CohortRow, cohort_csv};
use crate::score::{Result as Graded, Scorecard};
use crate::text::count;

/// Write the grades of a cohort as CSV: of each candidate the attempt that counts
#[derive(Debug, Args)]
pub(crate) struct CohortArguments {
    /// Only this challenge, by its id
    challenge: Option<String>,

    /// Every graded attempt, and not only the one that counts
    #[arg(long)]
    every: bool,

    /// Write it to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

struct Line {
    attempt: Attempt,
    scorecard: Scorecard,
    counts: Counts,
}

pub(crate) fn cohort(context: &Context, arguments: &CohortArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let mut groups: BTreeMap<(String, String), Vec<Line>> = BTreeMap::new();
        for summary in desk.store.list().await.map_err(|error| stored(&error))? {
            let wanted = arguments.challenge.as_ref().is_none_or(|id| *id == summary.challenge);
            let graded = summary.result.is_some() && summary.state != State::Void;
            if !wanted || !graded || summary.mode != Mode::Exam {
                continue;
            }
            let attempt = desk.store.load(&summary.id).await.map_err(|error| stored(&error))?;
            let told = |error| stuck(context, &error);
            let scorecard = load_scorecard(&desk.home, &attempt).map_err(told)?;
            let counts = load_challenge(&desk.home, &attempt).map_err(told)?.1.policies.counts;
            let group = (summary.challenge, person(&summary.candidate));
            groups.entry(group).or_default().push(Line { attempt, scorecard, counts });
        }
        let lines: Vec<&Line> = groups.values().flat_map(|group| shown(group, arguments.every)).collect();
        let ids: Vec<String> = lines.iter().map(|line| line.attempt.id.to_string()).collect();
        let rows: Vec<CohortRow<'_>> = lines
            .iter()
            .zip(&ids)
            .map(|(line, id)| CohortRow {
                candidate: &line.attempt.creation.candidate,
                attempt: id,
                scorecard: &line.scorecard,
            })
            .collect();
        let table = cohort_csv(&rows);
        match &arguments.out {
            Some(path) => {
                whole(path, table.as_bytes()).map_err(|problem| unwritten("the grades", path, &problem))?;
                screen::print(&format!("{} in {}\n", count(rows.len(), "candidate"), path.display()));
            }
            None => screen::print(&table),
        }
        Ok(Exit::Done)
    })
}

/// The attempt of a candidate that counts, by the rule of the latest one's challenge; or all.
fn shown(group: &[Line], every: bool) -> Vec<&Line> {
    if every {
        return group.iter().collect();
    }
    let rule = group.last().map(|line| line.counts).unwrap_or_default();
    let taken: Vec<Taken> = group.iter().map(|line| taken(&line.attempt)).collect();
    let chosen = counting(rule, &taken).map(|one| one.id.clone());
    group.iter().filter(|line| Some(&line.attempt.id) == chosen.as_ref()).collect()
}

/// What an attempt came to, as far as it matters for which one counts.
pub(super) fn taken(attempt: &Attempt) -> Taken {
    let (passed, share) = attempt.outcome.as_ref().map_or((false, 0), |outcome| {
        let share = u64::from(outcome.low) * 10_000 / u64::from(outcome.points.max(1));
        (outcome.result == Graded::Passed, u32::try_from(share).unwrap_or(u32::MAX))
    });
    let ended = attempt.time_of(|event| matches!(event, Event::Begun { state: State::Frozen, .. }));
    Taken { id: attempt.id.clone(), passed, share, ended: ended.unwrap_or_default() }
}
