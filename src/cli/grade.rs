use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::arguments::{ChallengesFolder, Format};
use super::ground::{Ground, unusable};
use super::progress::Progress;
use super::record::Record;
use super::run::block_on;
use super::standing::variables;
use super::{Exit, Failure, catalogue, screen};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::grade::{Graded, Job, Limits, grade as run_grade};
use crate::provision::Stack;
use crate::report::{self, Audience};
use crate::target::Lease;

/// Grade what stands, and say why
#[derive(Debug, Args)]
pub(super) struct GradeArguments {
    /// The challenge, by name or folder
    challenge: String,

    /// Name of the stack [default: the challenge's id]
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,

    /// What randomised inputs are drawn from [default: drawn itself; the report says it]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// How to print the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// For whom: hidden checks show their details to an assessor only
    #[arg(long = "for", value_enum, default_value_t)]
    reader: Reader,

    /// Keep everything that the grade was computed from in this file, as JSON
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,

    #[command(flatten)]
    folder: ChallengesFolder,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Reader {
    #[default]
    Candidate,
    Assessor,
}

impl From<Reader> for Audience {
    fn from(reader: Reader) -> Self {
        match reader {
            Reader::Candidate => Self::Candidate,
            Reader::Assessor => Self::Assessor,
        }
    }
}

pub(super) fn grade(context: &Context, arguments: &GradeArguments) -> Result<Exit, Failure> {
    let folder = catalogue::find(&arguments.folder.challenges, &arguments.challenge)?;
    let challenge = Arc::new(catalogue::load(context, &folder)?);
    let record = Record::load(context, arguments.stack.as_deref().unwrap_or(&challenge.id))?;
    let seed = arguments.seed.unwrap_or_else(|| draw_seed(context));
    let graded = block_on(async {
        let lease = Ground::again(&record.target).await.map_err(|failure| unusable(&failure))?;
        Ok(look(context, &challenge, &lease, &record.stack, seed, "grading").await)
    })?;
    if let Some(path) = &arguments.evidence {
        keep(path, &graded)?;
    }
    let card = &graded.scorecard;
    screen::print(&match arguments.format {
        Format::Text => report::terminal(card, arguments.reader.into(), screen::report_style(context)),
        Format::Json => format!("{:#}\n", report::json(card, arguments.reader.into())),
    });
    Ok(card.result.into())
}

/// A seed that a person can type.
pub(super) fn draw_seed(context: &Context) -> u64 {
    context.random.below(1_000_000_000)
}

/// Grades a stack.
pub(super) async fn look(
    context: &Context,
    challenge: &Arc<Challenge>,
    lease: &Lease,
    stack: &Stack,
    seed: u64,
    words: &str,
) -> Graded {
    let progress = Arc::new(Progress::begin(context, words));
    run_grade(Job {
        challenge: Arc::clone(challenge),
        lease: lease.clone(),
        stack: stack.clone(),
        variables: variables(lease, stack),
        seed,
        clock: Arc::clone(&context.clock),
        limits: Limits::default(),
        listener: progress,
    })
    .await
}

/// Writes the evidence, whole or not at all.
fn keep(path: &PathBuf, graded: &Graded) -> Result<(), Failure> {
    let problem = |problem: std::io::Error| {
        Failure::environment(format!("cannot keep the evidence in {}: {problem}", path.display()))
    };
    let text =
        serde_json::to_vec_pretty(&graded.evidence).map_err(|error| Failure::internal(error.to_string()))?;
    let temporary = path.with_extension("new");
    std::fs::write(&temporary, text).map_err(problem)?;
    std::fs::rename(&temporary, path).map_err(problem)
}
