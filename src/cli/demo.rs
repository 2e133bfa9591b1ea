use std::sync::Arc;

use clap::Args;

use super::arguments::ChallengesFolder;
use super::grade::{draw_seed, look};
use super::ground::Ground;
use super::progress::Progress;
use super::run::block_on;
use super::standing::{Standing, failed, put_up};
use super::{Exit, Failure, catalogue, screen};
use crate::aws::{Clients, Endpoint};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::evidence::Answers;
use crate::grade::History;
use crate::provision::{self, Blueprint, Redeploy, Site};
use crate::report;
use crate::target::Lease;

/// Show the main job: a broken service is graded, repaired, and graded again
#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// The challenge, by name or folder
    #[arg(default_value = "orders-api")]
    challenge: String,

    /// What randomised inputs are drawn from
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    #[command(flatten)]
    folder: ChallengesFolder,
}

pub(super) fn demo(context: &Context, arguments: &DemoArguments) -> Result<Exit, Failure> {
    let folder = catalogue::find(&arguments.folder.challenges, &arguments.challenge)?;
    let challenge = catalogue::load(context, &folder)?;
    let seed = arguments.seed.unwrap_or_else(|| draw_seed(context));
    let challenge = Arc::new(challenge.variant(seed, "demo"));
    block_on(show(context, &challenge, seed))
}

async fn show(context: &Context, challenge: &Arc<Challenge>, seed: u64) -> Result<Exit, Failure> {
    let start = context.clock.elapsed();
    let ground = Ground::embedded(context, "us-east-1").await?;
    let lease = &ground.lease;
    let world = challenge.broken_start().map_err(|problem| Failure::usage(problem.to_string()))?;
    let standing = put_up(context, lease, &challenge.id, challenge, &world).await?;
    let history = |answers| History {
        before: standing.before.clone(),
        answers,
        hints: std::collections::BTreeMap::new(),
        variant: None,
    };
    let (stack, unanswered) = (&standing.stack, history(Answers::default()));
    let before = look(context, challenge, lease, stack, seed, unanswered, "grading the broken start").await;
    repair(context, challenge, lease, &standing).await?;
    let answered = history(challenge.right_answers());
    let after =
        look(context, challenge, lease, stack, seed + 1, answered, "grading the repaired service").await;

    let cards = [("broken start", &before.scorecard), ("repaired", &after.scorecard)];
    screen::print(&report::compare(&cards, screen::report_style(context)));
    let took = context.clock.elapsed().saturating_sub(start);
    screen::note(&format!(
        "{} resources, two grades, seed {seed}, {:.1} s",
        standing.stack.resources.len(),
        took.as_secs_f64()
    ));
    Ok(after.scorecard.result.into())
}

/// Repairs the broken start with the candidate's own keys: every difference to the healthy world is changed through the
/// AWS APIs, and the APIs are deployed anew.
async fn repair(
    context: &Context,
    challenge: &Challenge,
    lease: &Lease,
    standing: &Standing,
) -> Result<(), Failure> {
    let progress = Arc::new(Progress::begin(context, "repairing it with the candidate's keys"));
    let grader = &lease.clients.endpoint;
    let candidate = Endpoint::with_keys(
        grader.url.as_deref(),
        grader.region.clone(),
        &standing.candidate.access_key_id,
        &standing.candidate.secret_access_key,
        grader.settling,
    );
    let site = Site::new(Clients::new(&candidate), context.random.clone()).told_to(progress);
    let parameters = challenge.stack_parameters();
    let healthy = Blueprint {
        stack: &standing.stack.name,
        template: &challenge.template,
        files: &challenge.files,
        parameters: &parameters,
    };
    let repaired = provision::update(&site, &standing.stack, &healthy, Redeploy::Always).await;
    repaired.map(drop).map_err(|left| failed(context, &left.error, &challenge.files))
}
