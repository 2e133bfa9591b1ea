use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::super::grade::{unwritten, whole};
use super::super::issuer::IssuerFolder;
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::course::course;
use super::desk::{Chosen, Desk, stuck};
use crate::attempt::{Attempt, Mode, State, Trust};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::credential::{Issuer, OpenBadge, Standing, images};
use crate::exam::{code_at_start, load_archive, load_challenge, load_scorecard};
use crate::report::{Portfolio, portfolio as compose};
use crate::source::FileTree;
use crate::text::{count, fill};

/// Put together what may be shown of an attempt: what was asked, what was done, and what proves it. No secrets, no hidden checks
#[derive(Debug, Args)]
pub(crate) struct PortfolioArguments {
    #[command(flatten)]
    chosen: Chosen,

    /// The folder to write it to [default: portfolio-ATTEMPT]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write it as one zip file instead
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    zip: Option<PathBuf>,

    #[command(flatten)]
    issuer: IssuerFolder,
}

pub(crate) fn portfolio(context: &Context, arguments: &PortfolioArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        if attempt.outcome.is_none() || attempt.state == State::Void {
            let told = format!("the attempt {} is {}, and has no result", attempt.id, attempt.state);
            return Err(Failure::usage(told).hint("`proofmark submit` hands it in"));
        }
        let archive = load_archive(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        let scorecard = load_scorecard(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        let (_, challenge) = load_challenge(&desk.home, &attempt).map_err(|error| stuck(context, &error))?;
        let brief = archive.challenge.text("brief.md").unwrap_or_default();
        let brief = fill(brief, &archive.evidence.variables).unwrap_or_else(|_| brief.to_owned());
        let credential = credential(context, &arguments.issuer, &attempt)?;
        let files = compose(&Portfolio {
            scorecard: &scorecard,
            brief: &brief,
            standing: standing(&attempt),
            line: course(&attempt, &challenge, &archive).as_ref(),
            transcripts: &archive.evidence.transcripts,
            diagram: archive.challenge.text("architecture.mmd"),
            chart: &challenge.chart,
            broken: &broken(&challenge),
            before: archive.evidence.before.as_ref(),
            after: &archive.evidence.inspection,
            code_before: &code_at_start(&challenge),
            code_after: &archive.code,
            credential: credential.as_ref(),
        });
        if let Some(path) = &arguments.zip {
            let packed = files.zipped().map_err(|problem| unwritten("the portfolio", path, &problem))?;
            whole(path, &packed).map_err(|problem| unwritten("the portfolio", path, &problem))?;
            screen::print(&format!("{} in {}\n", count(files.iter().count(), "file"), path.display()));
            return Ok(Exit::Done);
        }
        let folder = arguments.out.clone().unwrap_or_else(|| format!("portfolio-{}", attempt.id).into());
        for (path, bytes) in files.iter() {
            let place = folder.join(path);
            let parent = place.parent().unwrap_or(&folder);
            std::fs::create_dir_all(parent)
                .and_then(|()| whole(&place, bytes))
                .map_err(|problem| unwritten("the portfolio", &place, &problem))?;
        }
        screen::print(&format!("{} in {}\n", count(files.iter().count(), "file"), folder.display()));
        Ok(Exit::Done)
    })
}

/// The tasks that the scenario's faults break. Which faults these are is not told: others take the challenge after this one.
fn broken(challenge: &Challenge) -> BTreeSet<String> {
    let faults = challenge.start.iter().filter_map(|id| challenge.fault(id).ok());
    faults.flat_map(|fault| fault.breaks.keys().cloned()).collect()
}

fn standing(attempt: &Attempt) -> &'static str {
    match (attempt.creation.mode, attempt.creation.trust) {
        (Mode::Practice, _) => "Taken in practice: it earns no credential.",
        (Mode::Exam, Trust::Own) => "Taken on a machine of the candidate's own: it earns no credential.",
        (Mode::Exam, Trust::Issuer) => "Taken unproctored on an issuer's host.",
    }
}

/// The live credential of the attempt, where this machine issued one.
fn credential(
    context: &Context,
    folder: &IssuerFolder,
    attempt: &Attempt,
) -> Result<Option<FileTree>, Failure> {
    if !folder.path(context).join("issuer.json").exists() {
        return Ok(None);
    }
    let issuer: Issuer = folder.open(context)?;
    let records = issuer.records()?;
    let live = records
        .iter()
        .filter_map(|record| record.latest())
        .find(|issue| issue.attempt == attempt.id.to_string() && issue.standing == Standing::Live);
    let Some(issue) = live else { return Ok(None) };
    let badge = OpenBadge::read(&issue.credential).map_err(Failure::internal)?;
    let images = images(&badge, issuer.profile(), issue).map_err(Failure::internal)?;
    let mut files = FileTree::new();
    files.insert(format!("{}.json", issue.challenge), format!("{:#}\n", issue.credential).into_bytes());
    files.insert(format!("{}.png", issue.challenge), images.png);
    files.insert(format!("{}.svg", issue.challenge), images.svg.into_bytes());
    Ok(Some(files))
}
