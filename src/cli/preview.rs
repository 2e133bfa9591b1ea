use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::arguments::ChallengesFolder;
use super::grade::{draw_seed, look, unwritten, whole};
use super::ground::Ground;
use super::run::block_on;
use super::standing::{put_up, variables};
use super::{Exit, Failure, catalogue, screen};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::evidence::{Answers, Variant};
use crate::grade::{Graded, History, grade_answers};
use crate::report::{self, Audience, Brief};
use crate::text::fill;

const BRIEF: &str = "index.html";
const CANDIDATE: &str = "candidate.html";
const ASSESSOR: &str = "assessor.html";

/// Show a challenge as others will see it: brief, diagram and tasks, and the reports of its broken start, as HTML files
///
/// Puts up the broken start in a sandbox of its own and grades it, so that addresses, names and reports are what they will be.
#[derive(Debug, Args)]
pub(super) struct PreviewArguments {
    /// The challenge, by name or folder
    challenge: String,

    /// The folder to write to [default: preview-CHALLENGE]
    #[arg(value_name = "DIR")]
    out: Option<PathBuf>,

    /// What the variant is drawn from: faults, parameters, questions [default: drawn itself, and told]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    #[command(flatten)]
    folder: ChallengesFolder,
}

pub(super) fn preview(context: &Context, arguments: &PreviewArguments) -> Result<Exit, Failure> {
    let folder = catalogue::find(&arguments.folder.challenges, &arguments.challenge)?;
    let files = catalogue::read(&folder)?;
    let challenge =
        Challenge::load(&files).map_err(|problems| catalogue::invalid(context, &problems, &files))?;
    let seed = arguments.seed.unwrap_or_else(|| draw_seed(context));
    let variant = Variant { seed, attempt: "preview".to_owned() };
    let challenge = Arc::new(challenge.variant_of(Some(&variant)));
    let (graded, brief) = if challenge.has_scenario() {
        block_on(broken_start(context, &challenge, variant))?
    } else {
        let history = History {
            before: None,
            answers: Answers::default(),
            hints: std::collections::BTreeMap::new(),
            variant: Some(variant),
        };
        (grade_answers(&challenge, history, seed), challenge.brief.clone())
    };
    let pages = pages(&challenge, &graded, &brief, seed);
    let out = arguments.out.clone().unwrap_or_else(|| format!("preview-{}", challenge.id).into());
    write(&out, &pages)?;
    screen::print(&format!(
        "{}    brief, diagram and tasks, as candidates see them\n{}  the report of the broken start, for its candidate\n{}   the same for the assessor, hidden checks included\n",
        out.join(BRIEF).display(),
        out.join(CANDIDATE).display(),
        out.join(ASSESSOR).display()
    ));
    screen::note(&format!("variant {seed}"));
    Ok(Exit::Done)
}

/// Puts up the broken start and grades it. The sandbox ends with it.
async fn broken_start(
    context: &Context,
    challenge: &Arc<Challenge>,
    variant: Variant,
) -> Result<(Graded, String), Failure> {
    let ground = Ground::embedded(context, "us-east-1").await?;
    let world = challenge.broken_start().map_err(|problem| Failure::usage(problem.to_string()))?;
    let standing = put_up(context, &ground.lease, &challenge.id, challenge, &world).await?;
    // A name that the brief uses and the stack lacks was a lint error; the text as it is says more than nothing.
    let brief = fill(&challenge.brief, &variables(&ground.lease, &standing.stack));
    let brief = brief.unwrap_or_else(|_| challenge.brief.clone());
    let seed = variant.seed;
    let history = History {
        before: standing.before.clone(),
        answers: Answers::default(),
        hints: std::collections::BTreeMap::new(),
        variant: Some(variant),
    };
    let words = "grading the broken start";
    let graded = look(context, challenge, &ground.lease, &standing.stack, seed, history, words).await;
    Ok((graded, brief))
}

fn pages(challenge: &Challenge, graded: &Graded, brief: &str, seed: u64) -> Vec<(&'static str, String)> {
    let beside = [
        (CANDIDATE, "the candidate's report of the broken start"),
        (ASSESSOR, "the assessor's report of it"),
    ];
    let page = Brief { challenge, brief, seed, beside: &beside };
    vec![
        (BRIEF, report::brief(&page)),
        (CANDIDATE, report::html(&graded.scorecard, Audience::Candidate)),
        (ASSESSOR, report::html(&graded.scorecard, Audience::Assessor)),
    ]
}

fn write(folder: &Path, pages: &[(&str, String)]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|problem| unwritten("the preview", folder, &problem))?;
    for (name, page) in pages {
        let path = folder.join(name);
        whole(&path, page.as_bytes()).map_err(|problem| unwritten("the preview", &path, &problem))?;
    }
    Ok(())
}
