use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::list::ListArguments;
use super::sandbox::SandboxArguments;

/// Grades hands-on cloud challenges, and can prove that it is right.
#[derive(Debug, Parser)]
#[command(name = "proofmark", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Arguments {
    /// Say more on standard error: -v for stages, -vv for every call. `PROOFMARK_LOG` takes a filter instead.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(super) verbose: u8,

    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    List(ListArguments),
    Sandbox(SandboxArguments),
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

/// Where challenges are looked for.
#[derive(Debug, Clone, Args)]
pub(super) struct ChallengesFolder {
    /// Folder that holds challenges, one folder each
    #[arg(long, value_name = "DIR", env = "PROOFMARK_CHALLENGES", default_value = "challenges")]
    pub(super) challenges: PathBuf,
}

/// Where the scenario runs, as the AWS CLI has it.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct TargetArguments {
    /// An endpoint that speaks AWS, such as `http://127.0.0.1:4566`. Without it and without a profile: the embedded sandbox
    #[arg(long, value_name = "URL", env = "AWS_ENDPOINT_URL")]
    pub(super) endpoint_url: Option<String>,

    /// A profile of the AWS configuration files
    #[arg(long, value_name = "NAME", env = "AWS_PROFILE")]
    pub(super) profile: Option<String>,

    /// The AWS region
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
}
