use std::path::PathBuf;

use clap::Args;
use sha2::{Digest as _, Sha256};

use super::super::grade::{unwritten, whole, written};
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::course::course;
use super::desk::{Chosen, Desk, stuck};
use super::seal::{Seal, sealed};
use crate::attempt::{Attempt, Event, FreezeReason, Mode, State, Trust};
use crate::context::Context;
use crate::exam::{load_archive, load_challenge, load_scorecard};
use crate::report::{self, Form, Occasion};

pub(super) use super::super::grade::Reader;

/// Show the result of a graded attempt, and why it is so
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    #[command(flatten)]
    chosen: Chosen,

    /// How to print the report: text, json, markdown, html, junit, gradescope, github or classroom
    #[arg(long, value_name = "FORM", default_value_t = Form::Text)]
    format: Form,

    /// Write the report to a file too, in any of these forms: `--write html=report.html`. May be given several times
    #[arg(long, value_name = "FORM=FILE", value_parser = written)]
    write: Vec<(Form, PathBuf)>,

    /// For whom: hidden checks show their details to an assessor only
    #[arg(long = "for", value_enum, default_value_t)]
    reader: Reader,

    /// Write an xAPI statement to a file
    #[arg(long, value_name = "FILE", requires = "home")]
    xapi: Option<PathBuf>,

    /// Write the body of an LTI score (Assignment and Grade Services) to a file
    #[arg(long, value_name = "FILE", requires = "home")]
    ags: Option<PathBuf>,

    /// The address of the learning system, for `--xapi` and `--ags`; the candidate's name is that of the account there
    #[arg(long, value_name = "URL")]
    home: Option<String>,
}

pub(crate) fn report(context: &Context, arguments: &ReportArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        if attempt.outcome.is_none() {
            let told = format!("the attempt {} is {}, and has no result", attempt.id, attempt.state);
            return Err(Failure::usage(told).hint("`proofmark submit` hands it in"));
        }
        statements(context, &desk, &attempt, arguments)?;
        print(context, &desk, &attempt, arguments.format, &arguments.write, arguments.reader)
    })
}

/// Writes what learning systems are told. A grade is always told under the same id, so that what is sent twice is one statement.
fn statements(
    context: &Context,
    desk: &Desk,
    attempt: &Attempt,
    arguments: &ReportArguments,
) -> Result<(), Failure> {
    let Some(home) = &arguments.home else { return Ok(()) };
    let card = load_scorecard(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    let started = attempt.time_of(|event| matches!(event, Event::Finished { state: State::Running, .. }));
    let ended = attempt.time_of(|event| matches!(event, Event::Begun { state: State::Frozen, .. }));
    let scorecard = attempt.outcome.as_ref().map_or("", |outcome| outcome.scorecard.as_str());
    let occasion = Occasion {
        candidate: attempt.creation.candidate.clone(),
        home: home.clone(),
        id: named(&format!("{} {scorecard}", attempt.id)),
        started: started.unwrap_or_default(),
        ended: ended.unwrap_or_default(),
    };
    let statements =
        [(&arguments.xapi, report::xapi(&card, &occasion)), (&arguments.ags, report::ags(&card, &occasion))];
    for (path, statement) in statements {
        let Some(path) = path else { continue };
        whole(path, format!("{statement:#}\n").as_bytes())
            .map_err(|problem| unwritten("the statement", path, &problem))?;
    }
    Ok(())
}

/// Returns the UUID that a text names: version 8, of its digest. <https://www.rfc-editor.org/rfc/rfc9562#section-5.8>
fn named(text: &str) -> String {
    let mut bytes: [u8; 32] = Sha256::digest(text).into();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(&bytes[..16]);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

/// Prints the report of a graded attempt, and returns what its result means.
pub(super) fn print(
    context: &Context,
    desk: &Desk,
    attempt: &Attempt,
    form: Form,
    write: &[(Form, PathBuf)],
    reader: Reader,
) -> Result<Exit, Failure> {
    let card = load_scorecard(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    let audience = reader.into();
    let archive = load_archive(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    let (_, challenge) = load_challenge(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    let line = course(attempt, &challenge, &archive);
    let standing = told(attempt, &sealed(context, desk, attempt));
    let parts =
        report::PageParts { line: line.as_ref(), chart: Some(&challenge.chart), standing: Some(&standing) };
    let text = |form: Form, style: report::Style| form.write_with(&card, audience, style, parts);
    for (form, path) in write {
        whole(path, text(*form, report::Style::PLAIN).as_bytes())
            .map_err(|problem| unwritten("the report", path, &problem))?;
    }
    screen::print(&text(form, screen::report_style(context)));
    if form == Form::Text {
        screen::print(&standing);
    }
    Ok(card.result.into())
}

/// What the report of an attempt says beside the scorecard.
fn told(attempt: &Attempt, seal: &Seal) -> String {
    let creation = &attempt.creation;
    let ended = match attempt.frozen_by {
        Some(FreezeReason::Submitted) => "handed in",
        Some(FreezeReason::Deadline) => "ended by its deadline",
        None => "ended",
    };
    let unenforced = creation.target.as_ref().is_some_and(|target| !target.enforces);
    let standing = match (creation.mode, creation.trust) {
        (Mode::Practice, _) if unenforced => {
            "practice, since the deadline is not enforced by the target: it earns no credential"
        }
        (Mode::Practice, _) => "practice: it earns no credential",
        (Mode::Exam, Trust::Own) => "on a machine of the candidate's own: it earns no credential",
        (Mode::Exam, Trust::Issuer) => "on an issuer's machine",
    };
    let mut told = format!("\nattempt {} by {}, {ended}, {standing}\n", attempt.id, creation.candidate);
    if let Some(place) = creation.place() {
        told.push_str(&format!("it ran {place}\n"));
    }
    if creation.trust == Trust::Issuer {
        told.push_str(&format!("the ledger is {}\n", seal.words()));
    }
    for (check, word) in &attempt.overrides {
        let verdict = if word.pass { "pass" } else { "fail" };
        told.push_str(&format!("{check}: {verdict}, decided by {}: {}\n", word.by, word.why));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_grade_has_one_name() {
        let name = named("a-7k2m9q4xbd d1");
        assert_eq!((name.as_str(), name.len()), (named("a-7k2m9q4xbd d1").as_str(), 36));
        assert_ne!(name, named("a-7k2m9q4xbd d2"));
        assert!(name[14..].starts_with('8') && name[19..].starts_with(['8', '9', 'a', 'b']), "{name}");
    }
}
