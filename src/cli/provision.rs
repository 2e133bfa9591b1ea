use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;

use super::arguments::{ChallengesFolder, Format, TargetArguments};
use super::grade::draw_seed;
use super::ground::{Ground, unusable};
use super::interruption::Interruption;
use super::record::Record;
use super::run::block_on;
use super::standing::{Standing, put_up, take_down, variables};
use super::{Exit, Failure, catalogue, screen};
use crate::challenge::{Challenge, World};
use crate::context::Context;
use crate::evidence::Variant;
use crate::provision::Site;
use crate::target::{Bounds, Lease, TargetKind, bind, set_boundary, set_policy};
use crate::text;

/// How long a candidate has in an account, where the challenge does not say.
const LASTS: std::time::Duration = std::time::Duration::from_mins(90);

/// Put up a challenge's broken start, and print the candidate's brief and keys
///
/// In the embedded sandbox it stays up until interrupted. On an endpoint or an account it stays until `teardown`.
#[derive(Debug, Args)]
pub(super) struct ProvisionArguments {
    /// The challenge, by name or folder
    challenge: String,

    /// Name of the stack [default: the challenge's id]
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,

    /// Put up the healthy world instead of the broken start
    #[arg(long, conflicts_with = "faults")]
    healthy: bool,

    /// Put up the healthy world with this fault only; may be given several times
    #[arg(long = "fault", value_name = "ID")]
    faults: Vec<String>,

    /// What the variant is drawn from: faults, parameters, questions [default: drawn itself, and told]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// How to print brief and keys
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    target: TargetArguments,

    #[command(flatten)]
    folder: ChallengesFolder,
}

pub(super) fn provision(context: &Context, arguments: &ProvisionArguments) -> Result<Exit, Failure> {
    let folder = catalogue::find(&arguments.folder.challenges, &arguments.challenge)?;
    let challenge = catalogue::load(context, &folder)?;
    if !challenge.has_scenario() {
        return Err(Failure::usage(format!(
            "`{}` asks questions only: there is nothing to put up",
            challenge.id
        ))
        .hint("`proofmark grade NAME --answers FILE` grades answers"));
    }
    let seed = arguments.seed.unwrap_or_else(|| draw_seed(context));
    let variant = Variant { seed, attempt: context.random.uuid().clone() };
    let challenge = challenge.variant_of(Some(&variant));
    let world = world(&challenge, arguments)?;
    let name = arguments.stack.clone().unwrap_or_else(|| challenge.id.clone());
    check_name(&name)?;
    block_on(stand(context, arguments, folder, variant, &challenge, &world, &name))
}

fn world(challenge: &Challenge, arguments: &ProvisionArguments) -> Result<World, Failure> {
    let world = if arguments.healthy {
        challenge.world::<&str>(&[])
    } else if arguments.faults.is_empty() {
        challenge.broken_start()
    } else {
        challenge.world(&arguments.faults)
    };
    world.map_err(|problem| Failure::usage(problem.to_string()))
}

/// Resource names begin with the stack's, so it must be short and plain.
fn check_name(name: &str) -> Result<(), Failure> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain && name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.len() <= 32 {
        Ok(())
    } else {
        Err(Failure::usage(format!("`{name}` cannot name a stack"))
            .hint("letters, digits and hyphens, beginning with a letter, 32 at most"))
    }
}

async fn stand(
    context: &Context,
    arguments: &ProvisionArguments,
    folder: PathBuf,
    variant: Variant,
    challenge: &Challenge,
    world: &World,
    name: &str,
) -> Result<Exit, Failure> {
    refuse_a_second(context, name).await?;
    let mut interruption = Interruption::listen()?;
    let ground = Ground::find(context, &arguments.target).await?;
    let lease = &ground.lease;
    let work = put_up(context, lease, name, challenge, world);
    let standing = match finish(work, &mut interruption, ground.sandbox.is_some()).await {
        (Some(standing), None) => standing?,
        (Some(Ok(standing)), Some(signal)) => {
            take_down(&site(context, &ground), lease, &standing.stack).await?;
            return Ok(Exit::Interrupted(signal));
        }
        (_, signal) => return Ok(Exit::Interrupted(signal.unwrap_or_default())),
    };
    if let Err(failure) = limit(context, lease, challenge, &standing).await {
        take_down(&site(context, &ground), lease, &standing.stack).await?;
        return Err(failure);
    }
    let record = Record {
        version: 1,
        name: name.to_owned(),
        challenge: std::path::absolute(&folder).unwrap_or(folder),
        target: ground.recorded(&arguments.target).await?,
        stack: standing.stack.clone(),
        before: standing.before.clone(),
        variant: Some(variant),
    };
    if let Err(failure) = record.save(context) {
        take_down(&site(context, &ground), lease, &standing.stack).await?;
        return Err(failure);
    }
    announce(arguments, &ground, challenge, &standing);
    if ground.sandbox.is_some() {
        interruption.wait().await;
        Record::forget(context, name);
    }
    Ok(Exit::Done)
}

/// In an account that costs money AWS itself holds the candidate to the challenge's services and its time, whatever becomes of us.
async fn limit(
    context: &Context,
    lease: &Lease,
    challenge: &Challenge,
    standing: &Standing,
) -> Result<(), Failure> {
    if lease.kind != TargetKind::Account {
        return Ok(());
    }
    let lasts = challenge.duration.unwrap_or(LASTS);
    let until =
        SignedDuration::try_from(lasts).ok().and_then(|lasts| context.clock.now().checked_add(lasts).ok());
    let until = until.ok_or_else(|| Failure::internal("the challenge's time has no end"))?;
    let bounds = Bounds::of(challenge.allowed_types().iter().map(String::as_str), until);
    let user = &standing.candidate.user;
    let filled = text::fill(&challenge.candidate_policy, &variables(lease, &standing.stack))
        .map_err(|problem| Failure::usage(format!("the candidate's policy: {problem}")))?;
    let policy = bounds
        .limit(&filled)
        .map_err(|problem| Failure::usage(format!("the candidate's policy: {problem}")))?;
    let clients = &lease.clients;
    let bounded = async {
        set_policy(clients, user, &policy).await?;
        let boundary = set_boundary(clients, &lease.account, &standing.stack.name, &bounds).await?;
        bind(clients, user, &boundary).await
    };
    bounded.await.map_err(|failure| unusable(&failure))
}

/// Waits for the work, and notes an interruption. A sandbox of our own ends with us, so the work in it can be dropped;
/// anywhere else it is finished, so that what was made is known and can be deleted.
async fn finish<T>(
    work: impl Future<Output = T>,
    interruption: &mut Interruption,
    droppable: bool,
) -> (Option<T>, Option<u8>) {
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => (Some(done), None),
        signal = interruption.wait() => {
            if droppable {
                return (None, Some(signal));
            }
            screen::note("interrupted: finishing what was begun, then taking it down");
            (Some(work.await), Some(signal))
        }
    }
}

fn site(context: &Context, ground: &Ground) -> Site {
    Site::new(ground.lease.clients.clone(), context.random.clone())
}

/// Two stacks of one name would overwrite each other's record. A record whose sandbox is gone counts for nothing.
async fn refuse_a_second(context: &Context, name: &str) -> Result<(), Failure> {
    if !Record::exists(context, name) {
        return Ok(());
    }
    let record = Record::load(context, name)?;
    if record.target.grader.is_some() && Ground::again(&record.target).await.is_err() {
        Record::forget(context, name);
        return Ok(());
    }
    Err(Failure::usage(format!("a stack `{name}` stands already"))
        .hint(format!("`proofmark teardown {name}` takes it down; `--stack` names another")))
}

/// Prints the brief, and what the candidate exports. Notes go to standard error, so that the output can be piped.
fn announce(arguments: &ProvisionArguments, ground: &Ground, challenge: &Challenge, standing: &Standing) {
    let variables = variables(&ground.lease, &standing.stack);
    let environment = ground.lease.environment(&standing.candidate);
    // A name that the brief uses and the stack lacks was a lint error; the text as it is says more than nothing.
    let brief = text::fill(&challenge.brief, &variables).unwrap_or_else(|_| challenge.brief.clone());
    if arguments.format == Format::Json {
        let told = json!({
            "stack": standing.stack.name,
            "target": ground.lease.name(),
            "outputs": variables,
            "brief": brief,
            "environment": environment,
        });
        screen::print(&format!("{told:#}\n"));
        return;
    }
    let exports: String =
        environment.iter().map(|(name, value)| format!("export {name}={value}\n")).collect();
    screen::print(&format!("\n{}\n\nIn the terminal where you work:\n\n{exports}\n", brief.trim_end()));
    if ground.sandbox.is_some() {
        screen::note("The service stands until this is interrupted (Ctrl-C).");
    }
}
