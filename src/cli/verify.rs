use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::arguments::Format;
use super::fetch::Sources;
use super::{Exit, Failure, catalogue, screen};
use crate::context::Context;
use crate::credential::{self, Document, Examination, Finding, Outcome, State, rederive};
use crate::evidence::Evidence;

/// Check a credential: its proof, shape, status and time; and its score, with the evidence at hand
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// A credential's file (JSON, token, PNG or SVG), or its address
    credential: String,

    /// A published folder that is asked for the issuer's documents instead of the web. May be given several times
    #[arg(long, value_name = "DIR")]
    site: Vec<PathBuf>,

    /// Fetch nothing
    #[arg(long)]
    offline: bool,

    /// The moment to check for, instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,

    /// The evidence archive: the score is computed anew from it
    #[arg(long, value_name = "FILE", requires = "challenge")]
    evidence: Option<PathBuf>,

    /// Folder of the challenge, in the release that the credential is of
    #[arg(long, value_name = "DIR", requires = "evidence")]
    challenge: Option<PathBuf>,

    /// How to print the findings
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn verify(context: &Context, arguments: &VerifyArguments) -> Result<Exit, Failure> {
    let sources = Sources::new(&arguments.site, arguments.offline)?;
    let name = &arguments.credential;
    let bytes = if name.starts_with("https://") || name.starts_with("http://") {
        credential::Library::get(&sources, name)
            .map_err(|why| Failure::environment(format!("cannot read {name}: {why}")))?
    } else {
        std::fs::read(name).map_err(|problem| Failure::usage(format!("cannot read {name}: {problem}")))?
    };
    let document = match Document::read(&bytes) {
        Ok(document) => document,
        Err(why) => {
            screen::print(&told(arguments.format, &unreadable(&why)));
            return Ok(Exit::NotValid);
        }
    };
    let now = arguments.at.unwrap_or_else(|| context.clock.now());
    let mut examination = credential::verify(&document, &sources, now);
    if let (Some(evidence), Some(challenge)) = (&arguments.evidence, &arguments.challenge) {
        regrade(context, &mut examination, evidence, challenge)?;
    }
    screen::print(&told(arguments.format, &examination));
    for (address, folder) in sources.stand_ins() {
        screen::note(&format!(
            "{} stood in for {address}: its keys are those of the folder",
            folder.display()
        ));
    }
    Ok(exit(&examination))
}

/// Computes the score anew, and adds what came of it.
fn regrade(
    context: &Context,
    examination: &mut Examination,
    evidence: &Path,
    folder: &Path,
) -> Result<(), Failure> {
    let Some(badge) = &examination.badge else { return Ok(()) };
    let text = std::fs::read(evidence)
        .map_err(|problem| Failure::usage(format!("cannot read {}: {problem}", evidence.display())))?;
    let evidence: Evidence = serde_json::from_slice(&text)
        .map_err(|problem| Failure::usage(format!("{} is no evidence: {problem}", evidence.display())))?;
    let challenge = catalogue::load(context, folder)?;
    let rubric = catalogue::read(folder)?.digest();
    let findings = rederive(badge, &challenge, &rubric, &evidence);
    if findings.iter().any(|finding| matches!(finding.outcome, Outcome::Broken(_))) {
        examination.state = State::Unverifiable;
    }
    examination.findings.extend(findings);
    Ok(())
}

fn unreadable(why: &str) -> Examination {
    let findings = vec![Finding { check: "structure", outcome: Outcome::Broken(why.to_owned()) }];
    Examination { state: State::Unverifiable, findings, badge: None }
}

/// What is known to be wrong weighs more than what could not be read.
fn exit(examination: &Examination) -> Exit {
    let broken = |finding: &Finding| matches!(finding.outcome, Outcome::Broken(_));
    match examination.state {
        State::Valid => Exit::Done,
        State::Unverifiable if !examination.findings.iter().any(broken) => Exit::Unverifiable,
        _ => Exit::NotValid,
    }
}

fn told(format: Format, examination: &Examination) -> String {
    let badge = examination.badge.as_ref();
    if format == Format::Json {
        let said = json!({
            "state": examination.state,
            "id": badge.map(|badge| &badge.id),
            "issuer": badge.map(|badge| &badge.issuer.id),
            "name": badge.and_then(|badge| badge.name.as_ref()),
            "findings": examination.findings,
        });
        return format!("{said:#}\n");
    }
    let mut text = format!("{}: {}\n", examination.state.word().to_uppercase(), examination.state.sentence());
    if let Some(badge) = badge {
        let issuer = badge.issuer.name.as_deref().unwrap_or(&badge.issuer.id);
        text.push_str(&format!("  {}, issued by {issuer}\n", badge.name.as_deref().unwrap_or(&badge.id)));
    }
    for finding in &examination.findings {
        let (mark, words) = match &finding.outcome {
            Outcome::Holds(words) => ("✓", words),
            Outcome::Broken(words) => ("✗", words),
            Outcome::Unknown(words) => ("?", words),
        };
        text.push_str(&format!("  {mark} {:<10} {words}\n", finding.check));
    }
    text
}
