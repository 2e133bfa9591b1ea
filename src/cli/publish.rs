use std::path::PathBuf;

use clap::Args;

use super::grade::whole;
use super::issuer::IssuerFolder;
use super::{Exit, Failure, screen};
use crate::context::Context;
use crate::credential::{Exhibit, site};
use crate::text::count;

/// Write the issuer's site: its keys, the status list, and a page for each credential. Any web server can serve it
#[derive(Debug, Args)]
pub(super) struct PublishArguments {
    /// Folder that stands for the site's address
    folder: PathBuf,

    #[command(flatten)]
    issuer: IssuerFolder,
}

pub(super) fn publish(context: &Context, arguments: &PublishArguments) -> Result<Exit, Failure> {
    let issuer = arguments.issuer.open(context)?;
    let now = context.clock.now();
    issuer.mend(now)?;
    let records = issuer.records()?;
    let exhibit = Exhibit {
        profile: issuer.profile(),
        did_document: issuer.did_document(),
        status_list: issuer.status_list(now)?,
        records: &records,
        now,
    };
    let files = site(&exhibit).map_err(Failure::usage)?;
    let mut written = 0;
    for (path, bytes) in files.iter() {
        let place = arguments.folder.join(path);
        let folder = place.parent().unwrap_or(&arguments.folder);
        std::fs::create_dir_all(folder).and_then(|()| whole(&place, bytes)).map_err(|problem| {
            Failure::environment(format!("cannot write {}: {problem}", place.display()))
        })?;
        written += 1;
    }
    let address = issuer.profile().site.as_deref().unwrap_or_default();
    screen::print(&format!(
        "{}, {} in {}, to be served at {address}\n",
        count(records.len(), "credential"),
        count(written, "file"),
        arguments.folder.display()
    ));
    Ok(Exit::Done)
}
