use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::Format;
use super::{Exit, Failure, screen};
use crate::context::Context;
use crate::credential::{Issuer, PublicHalf};
use crate::text::count;

/// Make an issuer of credentials, show it, and change its keys
#[derive(Debug, Args)]
pub(super) struct IssuerArguments {
    #[command(subcommand)]
    deed: Deed,
}

/// Where the issuer's keys and records are.
#[derive(Debug, Clone, Args)]
pub(super) struct IssuerFolder {
    /// Folder with the issuer's keys and records [default: in the state folder of this user]
    #[arg(long, value_name = "DIR", env = "PROOFMARK_ISSUER")]
    issuer: Option<PathBuf>,
}

impl IssuerFolder {
    pub(super) fn path(&self, context: &Context) -> PathBuf {
        self.issuer.clone().unwrap_or_else(|| context.environment.state_dir().join("issuer"))
    }

    /// Whether this is an issuer's machine: its keys are at hand.
    pub(super) fn is_there(&self, context: &Context) -> bool {
        self.path(context).join("keys").is_dir()
    }

    pub(super) fn open(&self, context: &Context) -> Result<Issuer, Failure> {
        Ok(Issuer::open(&self.path(context))?)
    }
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Make an issuer with a key of its own
    Init {
        /// Its name, as credentials show it
        #[arg(long)]
        name: String,

        /// Address at which its site will be published, such as https://labs.example.org/badges. Without one the issuer is its key
        /// (did:key): it needs no site, and can neither revoke nor change its key
        #[arg(long, value_name = "URL")]
        site: Option<String>,

        #[command(flatten)]
        folder: IssuerFolder,
    },
    /// Show who it is, its keys and its credentials
    Show {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,

        #[command(flatten)]
        folder: IssuerFolder,
    },
    /// Make a new signing key. What the old one signed stays valid
    Rotate {
        /// Someone else may have had the old key: it counts no more, and what it signed is signed anew
        #[arg(long)]
        compromised: bool,

        #[command(flatten)]
        folder: IssuerFolder,
    },
    /// Make a key for credentials as JSON Web Tokens (ES256)
    TokenKey {
        #[command(flatten)]
        folder: IssuerFolder,
    },
}

pub(super) fn issuer(context: &Context, arguments: &IssuerArguments) -> Result<Exit, Failure> {
    let now = context.clock.now();
    match &arguments.deed {
        Deed::Init { name, site, folder } => {
            let path = folder.path(context);
            let issuer = Issuer::create(&path, name, site.as_deref(), &context.random, now)?;
            screen::print(&format!("{}\n", issuer.profile().id));
            screen::note(&format!(
                "its private key is in {}; whoever has that folder issues in its name, and nobody can make the key again: keep a copy",
                path.join("keys").display()
            ));
            if issuer.profile().site.is_some() {
                screen::note("publish its site before anyone checks a credential: `proofmark publish DIR`");
            }
        }
        Deed::Show { format, folder } => {
            let issuer = folder.open(context)?;
            screen::print(&match format {
                Format::Text => lines(&issuer)?,
                Format::Json => format!("{:#}\n", described(&issuer)?),
            });
        }
        Deed::Rotate { compromised, folder } => {
            let mut issuer = folder.open(context)?;
            let signed = issuer.rotate(*compromised, &context.random, now)?;
            if *compromised {
                screen::note(&format!("{} signed anew", count(signed, "credential")));
            }
            screen::note("publish the site again, so that others know the new key: `proofmark publish DIR`");
        }
        Deed::TokenKey { folder } => {
            folder.open(context)?.token_key(now)?;
            screen::note("publish the site again, so that others know the new key: `proofmark publish DIR`");
        }
    }
    Ok(Exit::Done)
}

fn lines(issuer: &Issuer) -> Result<String, Failure> {
    let profile = issuer.profile();
    let mut text = format!("{}\n{}\n", profile.name, profile.id);
    for key in issuer.keys() {
        let kind = match key.public {
            PublicHalf::Ed25519(_) => "Ed25519",
            PublicHalf::P256(_) => "P-256",
        };
        let state = match (key.compromised, key.retired) {
            (true, _) => "compromised".to_owned(),
            (false, Some(at)) => format!("retired {at}"),
            (false, None) => "signs".to_owned(),
        };
        text.push_str(&format!("  {}  {kind}  {state}\n", key.name));
    }
    for record in issuer.records()? {
        if let Some(issue) = record.latest() {
            let standing = serde_json::to_value(&issue.standing).unwrap_or_default();
            let standing = standing["standing"].as_str().unwrap_or_default().to_owned();
            text.push_str(&format!(
                "  {}  {}  {}  {standing}\n",
                record.uuid, issue.challenge, issue.attempt
            ));
        }
    }
    Ok(text)
}

fn described(issuer: &Issuer) -> Result<serde_json::Value, Failure> {
    let records = issuer.records()?;
    let credentials: Vec<_> = records
        .iter()
        .filter_map(|record| {
            let issue = record.latest()?;
            Some(json!({
                "uuid": record.uuid,
                "attempt": issue.attempt,
                "challenge": issue.challenge,
                "at": issue.at,
                "standing": issue.standing,
            }))
        })
        .collect();
    Ok(json!({ "profile": issuer.profile(), "keys": issuer.keys(), "credentials": credentials }))
}
