use clap::Args;

use super::issuer::IssuerFolder;
use super::{Exit, Failure, screen};
use crate::context::Context;

/// Take a credential back
#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    /// UUID of the credential, or its attempt
    credential: String,

    /// Why; its page says so
    #[arg(long, value_name = "WORDS")]
    reason: String,

    #[command(flatten)]
    folder: IssuerFolder,
}

/// Make a credential that was taken back valid again
#[derive(Debug, Args)]
pub(super) struct ReinstateArguments {
    /// UUID of the credential, or its attempt
    credential: String,

    #[command(flatten)]
    folder: IssuerFolder,
}

pub(super) fn revoke(context: &Context, arguments: &RevokeArguments) -> Result<Exit, Failure> {
    let issuer = arguments.folder.open(context)?;
    if issuer.profile().site.is_none() {
        return Err(Failure::usage(
            "this issuer has no site, hence no status list in which others could see it",
        )
        .hint("`proofmark issuer init --site https://...` makes an issuer that can revoke"));
    }
    let found = issuer.revoke(&arguments.credential, &arguments.reason, context.clock.now())?;
    screen::print(&format!("revoked  {}\n", found.uuid));
    publish_again();
    Ok(Exit::Done)
}

pub(super) fn reinstate(context: &Context, arguments: &ReinstateArguments) -> Result<Exit, Failure> {
    let found = arguments.folder.open(context)?.reinstate(&arguments.credential)?;
    screen::print(&format!("reinstated  {}\n", found.uuid));
    publish_again();
    Ok(Exit::Done)
}

fn publish_again() {
    screen::note("others see it when the site is published again: `proofmark publish DIR`");
}
