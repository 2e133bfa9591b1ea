use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::inspections::Inspections;
use super::order::{End, Next, Order, Step};
use super::settle::{Settled, settle};
use super::shared::Shared;
use super::{Event, Extent, Graded, History, Job, Limits};
use crate::challenge::Challenge;
use crate::evaluate::{Outcome, evaluate};
use crate::evidence::{Audit, Evidence, Inspection, Transcript};
use crate::inspect::AuditReader;
use crate::probe::World;
use crate::score::score_less_hints;
use crate::target::isolation_of;

/// Grades what stands at a target. Never fails: what could not be looked at is undetermined.
#[tracing::instrument(skip_all, fields(challenge = %job.challenge.id, target = %job.lease.name()))]
pub async fn grade(job: Job) -> Graded {
    let Job { challenge, lease, stack, variables, seed, history, clock, limits, listener, opening, extent } =
        job;
    let target = lease.name();
    let isolation = isolation_of(&lease).await;
    let deadline = tokio::time::Instant::now() + limits.time;
    listener.hear(&Event::Inspecting);
    let audit = AuditReader::begin(&lease.clients).await;
    let inspections = match opening.inspection {
        Some(before) => Inspections::of(lease.clone(), stack, Arc::clone(&clock), before),
        None => Inspections::begin(lease.clone(), stack, Arc::clone(&clock), limits.time).await,
    };
    let first = inspections.latest().await;
    listener.hear(&Event::Inspected { resources: first.resources.len(), gaps: first.gaps.len() });
    let closed = match &opening.doors {
        Some(doors) => doors.open(&first).await.err(),
        None => None,
    };
    let shared = Arc::new(Shared {
        challenge: Arc::clone(&challenge),
        world: World::new(lease.clients, clock),
        inspections,
        variables,
        seed,
        history,
        listener,
    });
    let transcripts = match closed {
        None => run(&shared, limits, &extent, deadline).await,
        Some(words) => stay_out(&shared, &format!("nothing could be tried: {words}")),
    };
    let audit = audit.read().await;
    let evidence = Evidence {
        version: 1,
        challenge: challenge.id.clone(),
        release: challenge.release.clone(),
        target,
        isolation,
        seed,
        variables: shared.variables.clone(),
        inspection: (*shared.inspections.latest().await).clone(),
        transcripts,
        audit,
        before: shared.history.before.clone(),
        answers: shared.history.answers.clone(),
        hints: shared.history.hints.clone(),
        variant: shared.history.variant.clone(),
    };
    Graded::of(&challenge, evidence)
}

/// Grades answers alone, where nothing was put up. `seed` is that of the variant.
pub fn grade_answers(challenge: &Challenge, history: History, seed: u64) -> Graded {
    let evidence = Evidence {
        version: 1,
        challenge: challenge.id.clone(),
        release: challenge.release.clone(),
        target: "answers".to_owned(),
        seed,
        variables: BTreeMap::new(),
        inspection: Inspection::default(),
        transcripts: BTreeMap::new(),
        audit: Audit::not_kept(),
        isolation: None,
        before: history.before,
        answers: history.answers,
        hints: history.hints,
        variant: history.variant,
    };
    Graded::of(challenge, evidence)
}

impl Graded {
    /// Computes a grade from evidence.
    pub fn of(challenge: &Challenge, evidence: Evidence) -> Self {
        let verdicts = tracing::info_span!("evaluate").in_scope(|| evaluate(challenge, &evidence));
        let mut scorecard =
            tracing::info_span!("score").in_scope(|| score_less_hints(challenge, &verdicts, &evidence.hints));
        scorecard.isolation.clone_from(&evidence.isolation);
        Self { evidence, verdicts, scorecard }
    }
}

/// Tries nothing: returns for every check that we could not look.
fn stay_out(shared: &Shared, words: &str) -> BTreeMap<String, Transcript> {
    let steps = Order::of(&shared.challenge).left().into_iter();
    steps.flat_map(|step| shared.given_up(&step, words).transcripts).collect()
}

/// Carries out all checks, and returns the transcripts by `task/check`.
async fn run(
    shared: &Arc<Shared>,
    limits: Limits,
    extent: &Extent,
    deadline: tokio::time::Instant,
) -> BTreeMap<String, Transcript> {
    let order = Order::of(&shared.challenge);
    let mut order = match extent {
        Extent::Whole => order,
        Extent::Hunt(first) => order.hunting(|step| shared.check(step).probes(&step.key).is_empty(), first),
        Extent::Part(keys) => order.only(keys),
    };
    let hunts = matches!(extent, Extent::Hunt(_));
    let words = format!("the grade's time of {} s was over", limits.time.as_secs());
    let mut running: JoinSet<Settled> = JoinSet::new();
    let mut steps: HashMap<tokio::task::Id, (Step, End)> = HashMap::new();
    let mut transcripts = BTreeMap::new();
    loop {
        while running.len() < limits.parallel.max(1) {
            let last = steps.values().filter(|(_, end)| *end == End::Last).count();
            // A hunt has an order of its own.
            let end = if !hunts && last * 2 < steps.len() { End::Last } else { End::First };
            match order.next(end) {
                Next::Begin(step) => {
                    let (shared, begun) = (Arc::clone(shared), step.clone());
                    let span = tracing::info_span!("check", key = %step.key);
                    let task = async move {
                        shared.listener.hear(&Event::Started { check: begun.key.clone() });
                        settle(&shared, &begun).await
                    };
                    steps.insert(running.spawn(task.instrument(span)).id(), (step, end));
                }
                Next::Skip(step) => shared.finished(&step, "skipped"),
                Next::Wait => break,
            }
        }
        let Ok(done) = tokio::time::timeout_at(deadline, running.join_next_with_id()).await else { break };
        let Some(done) = done else { break };
        let (id, settled) = match done {
            Ok((id, settled)) => (id, Ok(settled)),
            Err(error) => (error.id(), Err(error)),
        };
        let Some((step, _)) = steps.remove(&id) else { continue };
        let settled = settled.unwrap_or_else(|error| {
            // A panic in a probe is our fault, and costs this check only.
            tracing::error!(check = %step.key, %error, "the check broke off");
            shared.given_up(&step, &format!("the grader broke off: {error}"))
        });
        order.finished(&step.key, settled.outcome == Outcome::Pass);
        shared.finished(&step, settled.outcome.word());
        transcripts.extend(settled.transcripts);
        // Of what was not tried by then nothing is recorded, as of what was left out.
        if hunts && settled.outcome.is_fail() {
            return transcripts;
        }
    }
    running.abort_all();
    for step in steps.into_values().map(|(step, _)| step).chain(order.left()) {
        let settled = shared.given_up(&step, &words);
        shared.finished(&step, settled.outcome.word());
        transcripts.extend(settled.transcripts);
    }
    transcripts
}
