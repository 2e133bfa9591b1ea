use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::arguments::Format;
use super::attempt::{Earner, award};
use super::grade::whole;
use super::issuer::IssuerFolder;
use super::{Exit, Failure, screen};
use crate::attempt::AttemptId;
use crate::context::Context;
use crate::credential::{Award, Change, Found, Issuer, OpenBadge, Refusal, images};

/// Issue the credential of an attempt that passed. Asked again, it gives the same one
#[derive(Debug, Args)]
pub(super) struct IssueArguments {
    /// The graded attempt
    #[arg(required_unless_present = "award")]
    attempt: Option<AttemptId>,

    /// The graded attempt, as JSON, where it is kept elsewhere
    #[arg(long, value_name = "FILE", conflicts_with = "attempt")]
    award: Option<PathBuf>,

    #[command(flatten)]
    earner: Earner,

    /// UUID of an earlier credential of the same challenge, whose place this one takes
    #[arg(long, value_name = "UUID")]
    renews: Option<String>,

    /// Issue it as a JSON Web Token too
    #[arg(long)]
    token: bool,

    /// Write the credential and its badges into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// How to print what was issued
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    folder: IssuerFolder,
}

pub(super) fn issue(context: &Context, arguments: &IssueArguments) -> Result<Exit, Failure> {
    let award = match (&arguments.attempt, &arguments.award) {
        (Some(id), _) => award(context, id, &arguments.earner)?,
        (None, Some(path)) => read(path)?,
        (None, None) => return Err(Failure::usage("name the attempt")),
    };
    let mut issuer = arguments.folder.open(context)?;
    let issued = issuer.issue(
        &award,
        arguments.renews.as_deref(),
        arguments.token,
        &context.random,
        context.clock.now(),
    );
    let (change, found) = match (issued, award.check()) {
        (Ok(issued), _) => issued,
        (Err(error), Err(Refusal::Failed)) => {
            screen::note(&format!("no credential: {error}"));
            return Ok(Exit::BelowPassMark);
        }
        (Err(error), Err(Refusal::Provisional)) => {
            screen::note(&format!("no credential: {error}"));
            return Ok(Exit::Provisional);
        }
        (Err(error), _) => return Err(error.into()),
    };
    if change == Change::Revoked {
        screen::print(&told(arguments.format, &issuer, change, &found));
        screen::note(
            "another grade of this attempt does not pass: its credential is revoked; publish the site again",
        );
        return Ok(Exit::BelowPassMark);
    }
    if let Some(folder) = &arguments.out {
        write(folder, &issuer, &found)?;
    }
    screen::print(&told(arguments.format, &issuer, change, &found));
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<Award, Failure> {
    let text = std::fs::read(path)
        .map_err(|problem| Failure::usage(format!("cannot read {}: {problem}", path.display())))?;
    serde_json::from_slice(&text)
        .map_err(|problem| Failure::usage(format!("{} is no graded attempt: {problem}", path.display())))
}

fn told(format: Format, issuer: &Issuer, change: Change, found: &Found) -> String {
    let word = match change {
        Change::Issued => "issued",
        Change::Unchanged => "unchanged",
        Change::Reissued => "reissued",
        Change::Renewed => "renewed",
        Change::Revoked => "revoked",
    };
    let page = issuer.profile().site.as_ref().map(|site| format!("{site}/p/{}/", found.uuid));
    match format {
        Format::Text => {
            let page = page.map(|page| format!("  {page}")).unwrap_or_default();
            format!("{word}  {}{page}\n", found.uuid)
        }
        Format::Json => {
            let said = json!({ "change": word, "uuid": found.uuid, "page": page, "credential": found.issue.credential });
            format!("{said:#}\n")
        }
    }
}

/// Writes what its earner takes away.
fn write(folder: &Path, issuer: &Issuer, found: &Found) -> Result<(), Failure> {
    let issue = &found.issue;
    let badge = OpenBadge::read(&issue.credential).map_err(Failure::internal)?;
    let images = images(&badge, issuer.profile(), issue).map_err(Failure::internal)?;
    let name = |ending: &str| folder.join(format!("{}.{ending}", issue.challenge));
    let unwritten = |path: &Path, problem: &std::io::Error| {
        Failure::environment(format!("cannot write {}: {problem}", path.display()))
            .hint("the credential is issued; asked again, it is written again")
    };
    std::fs::create_dir_all(folder).map_err(|problem| unwritten(folder, &problem))?;
    let mut files = vec![
        (name("json"), format!("{:#}\n", issue.credential).into_bytes()),
        (name("png"), images.png),
        (name("svg"), images.svg.into_bytes()),
    ];
    if let Some(token) = &issue.token {
        files.push((name("jwt"), token.clone().into_bytes()));
    }
    for (path, bytes) in files {
        whole(&path, &bytes).map_err(|problem| unwritten(&path, &problem))?;
    }
    Ok(())
}
