use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::ask::asks;
use super::compose::{Chosen, values};
use super::{Ask, Findings, Project, compose};
use crate::challenge::{self, Challenge};
use crate::cli::ground::Ground;
use crate::cli::progress::Progress;
use crate::cli::standing::failed;
use crate::cli::{Failure, catalogue};
use crate::context::Context;
use crate::inspect::{inspect, label};
use crate::prove::{ATTEMPT, Job, Kind, Options, Place, Proof, plan, prove};
use crate::provision::{Blueprint, Site, provision, teardown};
use crate::source::{FileTree, Severity};

const OPTIONS: Options = Options { seed: 1, sampled_pairs: 0, mutants: false, every_check: false };

/// Drafts a challenge of a project: puts it up in a sandbox, asks what can be asked, and keeps what right work passes and broken work does not.
pub(in crate::cli) async fn draft(
    context: &Context,
    name: &str,
    project: &Project,
) -> Result<FileTree, Failure> {
    let ground = Ground::embedded(context, "us-east-1").await?;
    let findings = stands(context, &ground, name, project).await?;
    let asks = asks(&findings);
    if asks.is_empty() {
        return Err(Failure::usage("the template makes no function, so that there is nothing to ask")
            .hint("`proofmark new NAME` begins with an application of its own"));
    }
    // Whatever a fault breaks: the trial tells.
    let whole = |ask: &Ask| (ask.clone(), BTreeSet::from([format!("{}/{}", ask.task.words().0, ask.id)]));
    let all: Vec<Chosen> = asks.iter().flatten().map(whole).collect();
    let proof = tried(context, &ground, load(context, &compose(name, project, &findings, &all))?).await?;
    let chosen = choose(asks, &proof)?;
    let files = compose(name, project, &findings, &chosen);
    load(context, &files)?;
    Ok(files)
}

/// Puts the project up, looks at what stands, and takes it down.
async fn stands(
    context: &Context,
    ground: &Ground,
    name: &str,
    project: &Project,
) -> Result<Findings, Failure> {
    let site = Site::new(ground.lease.clients.clone(), context.random.clone())
        .told_to(Arc::new(Progress::begin(context, "provisioning the template")));
    let parameters = values(project);
    let blueprint = Blueprint {
        stack: name,
        template: &project.template,
        files: &project.files,
        parameters: &parameters,
    };
    let mut shown = project.files.clone();
    shown.insert(&project.template.file, project.text.as_bytes());
    let stack = provision(&site, &blueprint).await.map_err(|error| failed(context, &error, &shown))?;
    let mut inspection = inspect(&ground.lease.clients).await;
    label(&mut inspection, &stack);
    // The account ends with the sandbox; what is left in it disturbs nobody.
    let _ = teardown(&site, &stack).await;
    Ok(Findings::of(&inspection, &project.template))
}

fn load(context: &Context, files: &FileTree) -> Result<Challenge, Failure> {
    let (challenge, problems) = challenge::lint(files);
    match challenge {
        Some(challenge) if !problems.iter().any(|problem| problem.severity == Severity::Error) => {
            Ok(challenge)
        }
        _ => Err(catalogue::invalid(context, &problems, files)),
    }
}

/// Grades the healthy world, and one with each fault alone.
async fn tried(context: &Context, ground: &Ground, challenge: Challenge) -> Result<Proof, Failure> {
    let sandbox = ground.sandbox.as_ref().ok_or_else(|| Failure::internal("the sandbox did not stay"))?;
    let unknown = |problem: challenge::UnknownFault| Failure::internal(problem.to_string());
    let today = context.clock.now().to_zoned(TimeZone::UTC).date();
    let mut plan = plan(&challenge, &OPTIONS, today).map_err(unknown)?;
    plan.cases.retain(|case| matches!(case.kind, Kind::Healthy | Kind::Fault));
    let start = challenge.broken_start().map_err(unknown)?;
    let job = Job {
        challenge: Arc::new(challenge.with_parameters(OPTIONS.seed, ATTEMPT)),
        start,
        place: Place::Sandbox {
            url: sandbox.endpoint_url(),
            admin_token: sandbox.admin_token.clone(),
            region: "us-east-1".to_owned(),
        },
        options: OPTIONS,
        parallel: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        today,
        clock: Arc::clone(&context.clock),
        random: context.random.clone(),
        environment: context.environment.clone(),
        listener: Arc::new(Progress::begin(context, "trying what can be asked")),
        spent: Arc::default(),
        scent: Arc::default(),
    };
    Ok(prove(job, plan).await)
}

/// Of each thing the first question that its healthy state answers and its fault does not.
fn choose(asks: Vec<Vec<Ask>>, proof: &Proof) -> Result<Vec<Chosen>, Failure> {
    let failing = |kind: Kind, id: &str| -> Option<BTreeSet<String>> {
        let world = proof.worlds.iter().find(|world| world.kind == kind && world.id == id)?;
        world.score.is_some().then(|| world.failing.iter().cloned().collect())
    };
    let Some(broken) = failing(Kind::Healthy, "healthy") else {
        let words = proof.worlds.iter().flat_map(|world| world.words.clone()).next().unwrap_or_default();
        return Err(Failure::environment(format!("the project as it is could not be graded: {words}")));
    };
    let key = |ask: &Ask| format!("{}/{}", ask.task.words().0, ask.id);
    let tells = |ask: &Ask| {
        let seen = failing(Kind::Fault, &ask.fault);
        !broken.contains(&key(ask)) && seen.is_some_and(|seen| seen.contains(&key(ask)))
    };
    let chosen: Vec<Ask> = asks.into_iter().filter_map(|asks| asks.into_iter().find(&tells)).collect();
    if chosen.is_empty() {
        return Err(Failure::environment("nothing that was asked of the project tells whether it works")
            .hint("its functions must run here: the notes say what may be missing"));
    }
    let kept: BTreeSet<String> = chosen.iter().map(key).collect();
    let with_breaks = chosen.into_iter().map(|ask| {
        let seen = failing(Kind::Fault, &ask.fault).unwrap_or_default();
        let breaks = seen.intersection(&kept).cloned().collect();
        (ask, breaks)
    });
    Ok(with_breaks.collect())
}
