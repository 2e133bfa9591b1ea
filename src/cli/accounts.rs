use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::{Format, TargetArguments};
use super::attempt::vanished;
use super::ground::unusable;
use super::permits::read;
use super::run::block_on;
use super::{Exit, Failure, screen};
use crate::context::Context;
use crate::exam::leftovers;
use crate::target::{Permits, Pool, PoolError, Turn, holder, lease_endpoint};

/// Take turns in the AWS accounts that scenarios may be put up in
///
/// Which they are is in accounts.yaml of the configuration folder; who has which is noted for all who share the state folder. `start` takes the
/// turn of an account for its attempt, and `release` and `void` give it back.
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
    let pool = Pool::below(&context.environment.state_dir());
    match &arguments.verb {
        AccountsVerb::List { format } => block_on(list(context, &pool, &permits, *format)),
        AccountsVerb::Lease { by } => block_on(lease(context, &pool, &permits, by)),
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
        AccountsVerb::Clear { account } => block_on(async {
            forget_vanished(context, &pool).await?;
            pool.clear(account).map_err(|problem| told(&problem))?;
            Ok(Exit::Done)
        }),
    }
}

async fn list(context: &Context, pool: &Pool, permits: &Permits, format: Format) -> Result<Exit, Failure> {
    let mut turns = pool.turns().map_err(|problem| told(&problem))?;
    for permit in &permits.accounts {
        turns.entry(permit.id.clone()).or_insert(Turn::Free);
    }
    if format == Format::Json {
        screen::print(&format!("{:#}\n", json!(turns)));
        return Ok(Exit::Done);
    }
    let vanished = vanished(context, pool).await?;
    let mut lines = String::new();
    for (account, turn) in &turns {
        let nobody = match turn.attempt().filter(|attempt| vanished.contains(*attempt)) {
            Some(_) => " (which never came to be: whoever is next gets the account)",
            None => "",
        };
        let listed = if permits.of(account).is_none() { " (no longer listed)" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{account}  {turn}{nobody}{listed}");
    }
    screen::print(&lines);
    Ok(Exit::Done)
}

async fn lease(context: &Context, pool: &Pool, permits: &Permits, by: &str) -> Result<Exit, Failure> {
    let ids: Vec<String> = permits.accounts.iter().map(|permit| permit.id.clone()).collect();
    if ids.is_empty() {
        return Err(none_listed(context));
    }
    if attempt_of(by).is_some() {
        return Err(Failure::usage(format!("`{by}` is what an attempt is called that holds an account"))
            .hint("choose a name that does not begin so"));
    }
    forget_vanished(context, pool).await?;
    let account = pool.take(&ids, by, context.clock.now()).map_err(|problem| told(&problem))?;
    screen::print(&format!("{account}\n"));
    Ok(Exit::Done)
}

/// Returns the attempt whose holder's name this is.
fn attempt_of(name: &str) -> Option<&str> {
    let id = name.split_whitespace().last()?;
    (name == holder(id)).then_some(id)
}

/// What attempts hold that never came to be is nobody's.
async fn forget_vanished(context: &Context, pool: &Pool) -> Result<(), Failure> {
    let vanished = vanished(context, pool).await?;
    pool.forget(&vanished, context.clock.now()).map_err(|problem| told(&problem))
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
    let lease = lease_endpoint(&target.in_account(account).settings()?, target.known_profile()).await;
    let lease = lease.map_err(|failure| unusable(&failure))?;
    if lease.account != account {
        return Err(Failure::usage(format!("that leads into account {}, and not {account}", lease.account)));
    }
    let left = leftovers(&lease, &permit.regions, &permit.kept()).await;
    let turns = pool.turns().map_err(|problem| told(&problem))?;
    let now = context.clock.now();
    let vanished = vanished(context, pool).await?;
    let turn = match turns.get(account) {
        // An attempt that never came to be does not give back what it holds: whoever sees that may.
        Some(turn @ Turn::Leased { by: who, attempt: Some(attempt), .. })
            if who == by && vanished.contains(attempt) =>
        {
            if turn.is_attempts_own() {
                pool.leave(account, attempt, left, now)
            } else {
                pool.leave(account, attempt, Vec::new(), now)
                    .and_then(|_| pool.give_back(account, by, left, now))
            }
        }
        _ => pool.give_back(account, by, left, now),
    };
    let turn = turn.map_err(|problem| told(&problem))?;
    let Turn::Quarantined { left, .. } = turn else { return Ok(Exit::Done) };
    let set_aside = Failure::environment(format!("account {account} is not empty, and set aside"));
    let set_aside = left.into_iter().fold(set_aside, Failure::hint);
    Err(set_aside.hint(format!("when it is clean: `proofmark accounts clear {account}`")))
}

fn unlisted(account: &str) -> Failure {
    Failure::usage(format!("account {account} is not one in which scenarios may be put up"))
}

pub(super) fn none_listed(context: &Context) -> Failure {
    let list = context.environment.config_dir().join("accounts.yaml");
    Failure::environment("no account is listed")
        .hint(format!("{} lists them; docs/targets.md says how", list.display()))
}

/// Tells why the pool did not do what it was asked.
pub(super) fn told(problem: &PoolError) -> Failure {
    const GIVE_BACK: &str = "`proofmark release ATTEMPT` gives back what a graded attempt ran on, `proofmark void ATTEMPT` ends any other";
    let message = problem.to_string();
    match problem {
        PoolError::NotYours(..) => Failure::usage(message).hint("`proofmark accounts list` shows who has which"),
        PoolError::NotQuarantined(_) => Failure::usage(message),
        PoolError::Occupied(..) => Failure::usage(message).hint(GIVE_BACK),
        PoolError::Taken(account, Turn::Quarantined { .. }) => Failure::environment(message)
            .hint(format!("when it is clean: `proofmark accounts clear {account}`")),
        PoolError::Taken(_, turn) if turn.attempt().is_some() => Failure::environment(message).hint(GIVE_BACK),
        PoolError::Taken(..) => Failure::environment(message)
            .hint("whoever leased it says so with `start --leased-by NAME`, or gives it back with `accounts release`"),
        PoolError::NoneFree(_) => Failure::environment(message).hint(GIVE_BACK),
        PoolError::File { .. } => Failure::environment(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_name_is_told_from_an_attempts() {
        assert_eq!(attempt_of("attempt a-7k2m9q4xbd"), Some("a-7k2m9q4xbd"));
        for name in ["ada", "", "attempt", "first attempt a-7k2m9q4xbd", "attempt of ada"] {
            assert_eq!(attempt_of(name), None, "{name}");
        }
    }
}
