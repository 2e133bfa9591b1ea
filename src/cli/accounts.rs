use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::{Format, TargetArguments};
use super::ground::unusable;
use super::permits::read;
use super::run::block_on;
use super::{Exit, Failure, screen};
use crate::context::Context;
use crate::exam::leftovers;
use crate::target::{Permits, Pool, PoolError, Turn, lease_endpoint};

/// Take turns in the AWS accounts that scenarios may be put up in
///
/// Which they are is in accounts.yaml of the configuration folder; who has which is noted for all who share the state folder.
#[derive(Debug, Args)]
pub(super) struct AccountsArguments {
    #[command(subcommand)]
    verb: AccountsVerb,
}

#[derive(Debug, Subcommand)]
enum AccountsVerb {
    /// Show who has which account, and what is set aside
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Take an account that is free, and print its number
    Lease {
        /// Who takes it: a name that gives it back again
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Give an account back; one in which something is left is set aside instead
    Release {
        /// The account's number
        account: String,

        /// Who took it
        #[arg(long, value_name = "NAME")]
        by: String,

        /// How to get into it, to look whether it is empty
        #[command(flatten)]
        target: TargetArguments,
    },
    /// Set an account aside, until `clear`
    Quarantine {
        /// The account's number
        account: String,

        /// What is wrong with it
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let an account out of quarantine: somebody looked, and it is clean
    Clear {
        /// The account's number
        account: String,
    },
}

pub(super) fn accounts(context: &Context, arguments: &AccountsArguments) -> Result<Exit, Failure> {
    let permits = read(context)?;
    let pool = Pool::at(context.environment.state_dir().join("accounts.json"));
    match &arguments.verb {
        AccountsVerb::List { format } => list(&pool, &permits, *format),
        AccountsVerb::Lease { by } => {
            let ids: Vec<String> = permits.accounts.iter().map(|permit| permit.id.clone()).collect();
            if ids.is_empty() {
                let list = context.environment.config_dir().join("accounts.yaml");
                return Err(Failure::environment("no account is listed")
                    .hint(format!("{} lists them; docs/targets.md says how", list.display())));
            }
            let account = pool.take(&ids, by, context.clock.now()).map_err(|problem| told(&problem))?;
            screen::print(&format!("{account}\n"));
            Ok(Exit::Done)
        }
        AccountsVerb::Release { account, by, target } => {
            block_on(release(context, &pool, &permits, account, by, target))
        }
        AccountsVerb::Quarantine { account, reason } => {
            if permits.of(account).is_none() {
                return Err(unlisted(account));
            }
            pool.set_aside(account, reason, context.clock.now()).map_err(|problem| told(&problem))?;
            Ok(Exit::Done)
        }
        AccountsVerb::Clear { account } => {
            pool.clear(account).map_err(|problem| told(&problem))?;
            Ok(Exit::Done)
        }
    }
}

fn list(pool: &Pool, permits: &Permits, format: Format) -> Result<Exit, Failure> {
    let mut turns = pool.turns().map_err(|problem| told(&problem))?;
    for permit in &permits.accounts {
        turns.entry(permit.id.clone()).or_insert(Turn::Free);
    }
    if format == Format::Json {
        screen::print(&format!("{:#}\n", json!(turns)));
        return Ok(Exit::Done);
    }
    let mut lines = String::new();
    for (account, turn) in &turns {
        let doing = match turn {
            Turn::Free => "free".to_owned(),
            Turn::Leased { by, since } => format!("leased by {by} since {since:.0}"),
            Turn::Quarantined { left, since } => format!("set aside since {since:.0}: {}", left.join(", ")),
        };
        let listed = if permits.of(account).is_none() { " (no longer listed)" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{account}  {doing}{listed}");
    }
    screen::print(&lines);
    Ok(Exit::Done)
}

/// Looks through every region that may be used before anybody else gets the account.
async fn release(
    context: &Context,
    pool: &Pool,
    permits: &Permits,
    account: &str,
    by: &str,
    target: &TargetArguments,
) -> Result<Exit, Failure> {
    let Some(permit) = permits.of(account) else { return Err(unlisted(account)) };
    if target.is_embedded() {
        return Err(Failure::usage("nothing says how to get into the account, to look whether it is empty")
            .hint("name --profile, --role-arn or --endpoint-url"));
    }
    let lease = lease_endpoint(&target.settings(), target.known_profile()).await;
    let lease = lease.map_err(|failure| unusable(&failure))?;
    if lease.account != account {
        return Err(Failure::usage(format!("that leads into account {}, and not {account}", lease.account)));
    }
    let left = leftovers(&lease, &permit.regions, &permit.kept()).await;
    let turn = pool.give_back(account, by, left, context.clock.now()).map_err(|problem| told(&problem))?;
    let Turn::Quarantined { left, .. } = turn else { return Ok(Exit::Done) };
    let set_aside = Failure::environment(format!("account {account} is not empty, and set aside"));
    let set_aside = left.into_iter().fold(set_aside, Failure::hint);
    Err(set_aside.hint(format!("when it is clean: `proofmark accounts clear {account}`")))
}

fn unlisted(account: &str) -> Failure {
    Failure::usage(format!("account {account} is not one in which scenarios may be put up"))
}

fn told(problem: &PoolError) -> Failure {
    match problem {
        PoolError::NotYours(..) | PoolError::NotQuarantined(_) => Failure::usage(problem.to_string()),
        PoolError::NoneFree(_) | PoolError::File { .. } => Failure::environment(problem.to_string()),
    }
}
