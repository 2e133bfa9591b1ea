use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::arguments::ChallengesFolder;
use super::ground::{Ground, unusable};
use super::permits::admit;
use super::progress::Progress;
use super::record::Record;
use super::run::block_on;
use super::standing::variables;
use super::{Exit, Failure, catalogue, screen};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::evidence::{Answers, Variant};
use crate::grade::{Extent, Graded, History, Job, Limits, Opening, grade as run_grade, grade_answers};
use crate::provision::Stack;
use crate::report::{self, Audience, Form, Occasion};
use crate::source::FileTree;
use crate::target::{Lease, Permit, assume_grader};

/// Grade what stands, and say why
#[derive(Debug, Args)]
pub(super) struct GradeArguments {
    /// The challenge, by name or folder
    challenge: String,

    /// Name of the stack [default: the challenge's id]
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,

    /// What randomised inputs are drawn from, and where nothing was put up the questions [default: drawn itself]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// The candidate's answers to questions, `task/check: answer` each, in YAML or JSON
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,

    /// How to print the report: text, json, markdown, html, junit, gradescope, github or classroom
    #[arg(long, value_name = "FORM", default_value_t = Form::Text)]
    format: Form,

    /// Write the report to a file too, in any of these forms: `--write html=report.html`. May be given several times
    #[arg(long, value_name = "FORM=FILE", value_parser = written)]
    write: Vec<(Form, PathBuf)>,

    /// Write an xAPI statement to a file
    #[arg(long, value_name = "FILE", requires = "home")]
    xapi: Option<PathBuf>,

    /// Write the body of an LTI score (Assignment and Grade Services) to a file
    #[arg(long, value_name = "FILE", requires = "home")]
    ags: Option<PathBuf>,

    /// Who was graded, for `--xapi` and `--ags`: the account's name in the learning system
    #[arg(long, value_name = "NAME", default_value = "candidate")]
    candidate: String,

    /// The address of the learning system, for `--xapi` and `--ags`
    #[arg(long, value_name = "URL")]
    home: Option<String>,

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
    let challenge = catalogue::load(context, &folder)?;
    let seed = arguments.seed.unwrap_or_else(|| draw_seed(context));
    let started = context.clock.now();
    let graded = if challenge.has_scenario() {
        of_stack(context, arguments, &challenge, seed)?
    } else {
        let variant = Variant { seed, attempt: challenge.id.clone() };
        let challenge = challenge.variant_of(Some(&variant));
        let answers = answers(context, arguments, &challenge)?;
        grade_answers(
            &challenge,
            History {
                before: None,
                answers,
                hints: std::collections::BTreeMap::new(),
                variant: Some(variant),
            },
            seed,
        )
    };
    if let Some(path) = &arguments.evidence {
        keep(path, &graded)?;
    }
    let card = &graded.scorecard;
    let reader = arguments.reader.into();
    let parts = report::PageParts { chart: Some(&challenge.chart), ..report::PageParts::default() };
    for (form, path) in &arguments.write {
        whole(path, form.write_with(card, reader, report::Style::PLAIN, parts).as_bytes())
            .map_err(|problem| unwritten("the report", path, &problem))?;
    }
    if let Some(home) = &arguments.home {
        let occasion = Occasion {
            candidate: arguments.candidate.clone(),
            home: home.clone(),
            id: context.random.uuid(),
            started,
            ended: context.clock.now(),
        };
        let statements = [
            (&arguments.xapi, report::xapi(card, &occasion)),
            (&arguments.ags, report::ags(card, &occasion)),
        ];
        for (path, statement) in statements {
            let Some(path) = path else { continue };
            whole(path, format!("{statement:#}\n").as_bytes())
                .map_err(|problem| unwritten("the statement", path, &problem))?;
        }
    }
    screen::print(&arguments.format.write_with(card, reader, screen::report_style(context), parts));
    Ok(card.result.into())
}

/// Grades what stands, as the variant that was put up.
fn of_stack(
    context: &Context,
    arguments: &GradeArguments,
    challenge: &Challenge,
    seed: u64,
) -> Result<Graded, Failure> {
    let record = Record::load(context, arguments.stack.as_deref().unwrap_or(&challenge.id))?;
    let challenge = Arc::new(challenge.variant_of(record.variant.as_ref()));
    let answers = answers(context, arguments, &challenge)?;
    let history = History {
        before: record.before,
        answers,
        hints: std::collections::BTreeMap::new(),
        variant: record.variant,
    };
    block_on(async {
        let mut lease = Ground::again(&record.target).await.map_err(|failure| unusable(&failure))?;
        // In an account a grade looks with a role that can change nothing.
        if let Some(Permit { grader: Some(role), .. }) = admit(context, &lease).await? {
            lease = assume_grader(&lease, &role).await.map_err(|failure| unusable(&failure))?;
        }
        Ok(look(context, &challenge, &lease, &record.stack, seed, history, "grading").await)
    })
}

/// Reads what the candidate answered; nothing, where no file is named.
fn answers(context: &Context, arguments: &GradeArguments, challenge: &Challenge) -> Result<Answers, Failure> {
    let Some(path) = &arguments.answers else { return Ok(Answers::default()) };
    let bytes = std::fs::read(path).map_err(|problem| {
        Failure::usage(format!("cannot read the answers in {}: {problem}", path.display()))
    })?;
    let name = path.display().to_string();
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is not UTF-8")))?;
    challenge.read_answers(&name, &text).map_err(|problems| {
        let mut files = FileTree::new();
        files.insert(&name, text.as_bytes());
        catalogue::invalid(context, &problems, &files)
    })
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
    history: History,
    words: &str,
) -> Graded {
    let progress = Arc::new(Progress::begin(context, words));
    run_grade(Job {
        challenge: Arc::clone(challenge),
        lease: lease.clone(),
        stack: stack.clone(),
        variables: variables(lease, stack),
        seed,
        history,
        clock: Arc::clone(&context.clock),
        limits: Limits::default(),
        listener: progress,
        opening: Opening::default(),
        extent: Extent::Whole,
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
