use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use super::arguments::{ChallengesFolder, TargetArguments};
use super::ground::{Ground, fresh_account, unusable};
use super::permits::admit;
use super::progress::Progress;
use super::run::block_on;
use super::{Exit, Failure, catalogue, screen};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::prove::{ATTEMPT, Job, Options, Place, Proof, plan, prove as run_proof};
use crate::report;
use crate::target::lease_apart;

/// Prove that a challenge's rubric accepts what is right and nothing else
///
/// Puts up many worlds and grades each: the healthy one, the broken start, each fault alone and in pairs, solutions, near-misses,
/// answers to questions, and small changes to what works. Ends with 0 when each comes to what it must, with 1 when not.
#[derive(Debug, Args)]
pub(super) struct ProveArguments {
    /// Challenges to prove, by name or folder [default: all of them]
    names: Vec<String>,

    /// What randomised inputs and sampled pairs of faults are drawn from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// Pairs of faults that have nothing in common are sampled: so many of them
    #[arg(long, value_name = "NUMBER", default_value_t = 6)]
    pairs: usize,

    /// Leave the mutants out
    #[arg(long)]
    no_mutants: bool,

    /// Try every check on every mutant, and not only until one fails, and on every pair of faults, and not only those that one of the two
    /// fails: shows more, and takes longer
    #[arg(long)]
    every_check: bool,

    /// Look only at worlds whose id holds this text, or that are of this kind (healthy, start, repair, fault, pair, solution,
    /// near-miss, mutant); may be given several times. Nothing is proven then
    #[arg(long, value_name = "TEXT")]
    world: Vec<String>,

    /// Worlds that stand side by side [default: one for each processor; on an endpoint or an account: 1]
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<usize>,

    /// How to print the proof
    #[arg(long, value_enum, default_value_t)]
    format: ProofFormat,

    #[command(flatten)]
    target: TargetArguments,

    #[command(flatten)]
    folder: ChallengesFolder,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum ProofFormat {
    #[default]
    Text,
    Json,
    Junit,
}

pub(super) fn prove(context: &Context, arguments: &ProveArguments) -> Result<Exit, Failure> {
    let folder = &arguments.folder.challenges;
    let names = if arguments.names.is_empty() { catalogue::names(folder)? } else { arguments.names.clone() };
    if names.len() > 1 && arguments.format == ProofFormat::Junit {
        return Err(
            Failure::usage("one JUnit file holds the proof of one challenge").hint("name the challenge")
        );
    }
    let mut challenges = Vec::new();
    for name in &names {
        challenges.push(Arc::new(catalogue::load(context, &catalogue::find(folder, name)?)?));
    }
    let mut proven = true;
    for challenge in &challenges {
        let proof = block_on(one(context, arguments, challenge))?;
        proven &= proof.proven;
        print(context, arguments.format, &proof)?;
        screen::note(&format!(
            "{}: {} worlds in {:.1} s, {} side by side",
            challenge.id,
            proof.worlds.len(),
            std::time::Duration::from_millis(proof.elapsed_ms).as_secs_f64(),
            proof.parallel
        ));
    }
    Ok(if proven { Exit::Done } else { Exit::NotProven })
}

async fn one(
    context: &Context,
    arguments: &ProveArguments,
    challenge: &Arc<Challenge>,
) -> Result<Proof, Failure> {
    let options = Options {
        seed: arguments.seed,
        sampled_pairs: arguments.pairs,
        mutants: !arguments.no_mutants,
        every_check: arguments.every_check,
    };
    let today = context.clock.now().to_zoned(TimeZone::UTC).date();
    let unknown = |problem: crate::challenge::UnknownFault| Failure::usage(problem.to_string());
    let mut plan = plan(challenge, &options, today).map_err(unknown)?;
    if !arguments.world.is_empty() {
        plan.keep(&arguments.world);
    }
    let start = challenge.broken_start().map_err(unknown)?;
    // What is not of one variant stands with values for its parameters all the same.
    let common = challenge.with_parameters(arguments.seed, ATTEMPT);
    let region = arguments.target.region.as_deref().unwrap_or("us-east-1");
    // The sandbox ends when it is dropped.
    let (place, _sandbox) = if !challenge.has_scenario() {
        (Place::Nowhere, None)
    } else if arguments.target.is_embedded() {
        let ground = Ground::embedded(context, region).await?;
        let sandbox = ground.sandbox.ok_or_else(|| Failure::internal("the sandbox did not stay"))?;
        let place = Place::Sandbox {
            url: sandbox.endpoint_url(),
            admin_token: sandbox.admin_token.clone(),
            region: region.to_owned(),
        };
        (place, Some(sandbox))
    } else {
        let (settings, profile) = (arguments.target.settings()?, arguments.target.known_profile());
        let lease = lease_apart(&settings, profile, &fresh_account(context)).await;
        let lease = lease.map_err(|failure| unusable(&failure))?;
        admit(context, &lease).await?;
        (Place::Account(lease), None)
    };
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let job = Job {
        challenge: Arc::new(common),
        start,
        place,
        options,
        parallel: arguments.jobs.unwrap_or(processors),
        today,
        clock: Arc::clone(&context.clock),
        random: context.random.clone(),
        environment: context.environment.clone(),
        listener: Arc::new(Progress::begin(context, &format!("proving {}", challenge.id))),
        spent: Arc::default(),
        scent: Arc::default(),
    };
    Ok(run_proof(job, plan).await)
}

fn print(context: &Context, format: ProofFormat, proof: &Proof) -> Result<(), Failure> {
    screen::print(&match format {
        ProofFormat::Text => report::proof::text(proof, screen::report_style(context)),
        ProofFormat::Junit => report::proof::junit(proof),
        ProofFormat::Json => {
            let json = serde_json::to_string_pretty(proof);
            json.map_err(|problem| Failure::internal(problem.to_string()))? + "\n"
        }
    });
    Ok(())
}
