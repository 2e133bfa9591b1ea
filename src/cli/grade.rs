use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::arguments::ChallengesFolder;
use super::ground::{Ground, unusable};
use super::progress::Progress;
use super::record::Record;
use super::run::block_on;
use super::standing::variables;
use super::{Exit, Failure, catalogue, screen};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::grade::{Graded, Job, Limits, Opening, grade as run_grade};
use crate::provision::Stack;
use crate::report::{self, Audience, Form};
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

    /// How to print the report: text, json, markdown, html, junit, gradescope or github
    #[arg(long, value_name = "FORM", default_value_t = Form::Text)]
    format: Form,

    /// Write the report to a file too, in any of these forms: `--write html=report.html`. May be given several times
    #[arg(long, value_name = "FORM=FILE", value_parser = written)]
    write: Vec<(Form, PathBuf)>,

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
pub(super) enum Reader {
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
    let reader = arguments.reader.into();
    for (form, path) in &arguments.write {
        whole(path, form.write(card, reader, report::Style::PLAIN).as_bytes())
            .map_err(|problem| unwritten("the report", path, &problem))?;
    }
    screen::print(&arguments.format.write(card, reader, screen::report_style(context)));
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
        opening: Opening::default(),
    })
    .await
}

/// Reads `FORM=FILE`.
pub(super) fn written(text: &str) -> Result<(Form, PathBuf), String> {
    let (form, file) = text
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or_else(|| format!("{text:?} is not FORM=FILE, as in html=report.html"))?;
    Ok((form.parse()?, PathBuf::from(file)))
}

fn keep(path: &Path, graded: &Graded) -> Result<(), Failure> {
    let text =
        serde_json::to_vec_pretty(&graded.evidence).map_err(|error| Failure::internal(error.to_string()))?;
    whole(path, &text).map_err(|problem| unwritten("the evidence", path, &problem))
}

pub(super) fn unwritten(what: &str, path: &Path, problem: &io::Error) -> Failure {
    Failure::environment(format!("cannot keep {what} in {}: {problem}", path.display()))
}

/// Writes a file, whole or not at all.
pub(super) fn whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let draft = path.with_file_name(name);
    let outcome = std::fs::write(&draft, content).and_then(|()| std::fs::rename(&draft, path));
    if outcome.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    outcome
}
