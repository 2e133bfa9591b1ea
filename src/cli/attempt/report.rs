use std::path::PathBuf;

use clap::Args;

use super::super::grade::{unwritten, whole, written};
use super::super::run::block_on;
use super::super::{Exit, Failure, screen};
use super::course::course;
use super::desk::{Chosen, Desk, stuck};
use super::seal::{Seal, sealed};
use crate::attempt::{Attempt, FreezeReason, Mode, Trust};
use crate::context::Context;
use crate::exam::{load_archive, load_challenge, load_scorecard};
use crate::report::{self, Form};

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
}

pub(crate) fn report(context: &Context, arguments: &ReportArguments) -> Result<Exit, Failure> {
    block_on(async {
        let desk = Desk::open(context).await?;
        let attempt = desk.find(&arguments.chosen).await?;
        if attempt.outcome.is_none() {
            let told = format!("the attempt {} is {}, and has no result", attempt.id, attempt.state);
            return Err(Failure::usage(told).hint("`proofmark submit` hands it in"));
        }
        print(context, &desk, &attempt, arguments.format, &arguments.write, arguments.reader)
    })
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
    let parts = report::PageParts { line: line.as_ref(), chart: Some(&challenge.chart) };
    let text = |form: Form, style: report::Style| form.write_with(&card, audience, style, parts);
    for (form, path) in write {
        whole(path, text(*form, report::Style::PLAIN).as_bytes())
            .map_err(|problem| unwritten("the report", path, &problem))?;
    }
    screen::print(&text(form, screen::report_style(context)));
    if form == Form::Text {
        screen::print(&told(attempt, &sealed(context, desk, attempt)));
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
    let standing = match (creation.mode, creation.trust) {
        (Mode::Practice, _) => "practice: it earns no credential",
        (Mode::Exam, Trust::Own) => "on a machine of the candidate's own: it earns no credential",
        (Mode::Exam, Trust::Issuer) => "on an issuer's machine",
    };
    let mut told = format!("\nattempt {} by {}, {ended}, {standing}\n", attempt.id, creation.candidate);
    if creation.trust == Trust::Issuer {
        told.push_str(&format!("the ledger is {}\n", seal.words()));
    }
    for (check, word) in &attempt.overrides {
        let verdict = if word.pass { "pass" } else { "fail" };
        told.push_str(&format!("{check}: {verdict}, decided by {}: {}\n", word.by, word.why));
    }
    told
}
