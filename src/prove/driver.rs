use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use tokio::task::JoinSet;

use super::answers::graded;
use super::bench::{Bench, Outcome};
use super::kill::may_kill;
use super::stage::Stage;
use super::{
    Case, Event, Expected, Kind, Listener, Options, Place, Plan, Proof, Scent, Seen, Sight, Spent, Standing,
    Way, WorldProof, judge,
};
use crate::challenge::{Challenge, World};
use crate::context::{Clock, Environment, Random};
use crate::grade::Extent;

/// So many worlds are graded whole on a bench. More of them would wade through what the others before have put into its tables.
const WORLDS: usize = 40;
/// Worlds of which a part of the rubric is tried put less into them: so many of these count as one.
const PARTS: usize = 3;

/// What is to be proved, and where.
#[derive(Clone)]
pub struct Job {
    pub challenge: Arc<Challenge>,
    /// The broken start, from which repairs begin.
    pub start: World,
    pub place: Place,
    pub options: Options,
    /// Worlds that stand side by side.
    pub parallel: usize,
    /// Waivers hold until a day.
    pub today: Date,
    pub clock: Arc<dyn Clock>,
    pub random: Random,
    /// Scripts are given its `PATH`.
    pub environment: Environment,
    pub listener: Arc<dyn Listener>,
    /// Where the time goes is noted here.
    pub spent: Arc<Spent>,
    /// Which checks noticed what so far.
    pub scent: Arc<Scent>,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("challenge", &self.challenge.id)
            .field("place", &self.place.name())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A case, by its place in the plan, and what was seen of it.
struct Look {
    index: usize,
    sight: Sight,
    elapsed: Duration,
    /// It was seen on a bench, where other worlds had been before.
    on_bench: bool,
}

/// What is still to be done. A worker takes what it is fit for.
struct Queue {
    plan: Arc<Plan>,
    /// Each in an account of its own.
    alone: Mutex<VecDeque<usize>>,
    /// On a bench.
    altered: Mutex<VecDeque<usize>>,
    /// Whether every check is tried, on mutants and pairs too.
    every_check: bool,
}

impl Queue {
    fn new(plan: &Arc<Plan>, alone: VecDeque<usize>, altered: VecDeque<usize>, every_check: bool) -> Self {
        let (plan, alone, altered) = (Arc::clone(plan), Mutex::new(alone), Mutex::new(altered));
        Self { plan, alone, altered, every_check }
    }

    /// A mutant need only be noticed, and of two faults neither may hide what the other does.
    fn extent(&self, job: &Job, case: &Case) -> Extent {
        match &case.expected {
            _ if self.every_check => Extent::Whole,
            Expected::Together { checks, .. } => Extent::Part(checks.clone()),
            _ if case.kind == Kind::Mutant => Extent::Hunt(job.scent.of(&case.id)),
            _ => Extent::Whole,
        }
    }
}

/// Puts up and grades every world of a plan, and judges what was seen.
pub async fn prove(job: Job, plan: Plan) -> Proof {
    let began = job.clock.elapsed();
    job.listener.hear(&Event::Planned { worlds: plan.cases.len() });
    let (job, plan) = (Arc::new(job), Arc::new(plan));
    let on_bench = |index: &usize| plan.cases[*index].on_bench().is_some();
    // Scripts take longest, so they begin first.
    let mut looks: Vec<Option<Look>> = plan.cases.iter().map(|_| None).collect();
    take_in(&mut looks, of_answers(&job, &plan));
    let mut order: Vec<usize> = (0..plan.cases.len()).filter(|index| looks[*index].is_none()).collect();
    order.sort_by_key(|index| !matches!(plan.cases[*index].way, Way::Script(_)));
    let (altered, alone): (VecDeque<usize>, VecDeque<usize>) = order.into_iter().partition(on_bench);
    let parallel = if alone.is_empty() && altered.is_empty() { 1 } else { job.place.room(job.parallel) };
    let queue = Queue::new(&plan, alone, altered, job.options.every_check);
    take_in(&mut looks, side_by_side(&job, queue, parallel).await);
    let mut proof = judge(&job.challenge, &plan, &sights(&looks));
    // Nobody is blamed for what the world before may have left behind. What a world shows alone may put others in doubt that are
    // held against it, so until no more are.
    loop {
        let doubtful = |index: &usize| {
            let wrong = matches!(proof.worlds[*index].standing, Standing::Wrong | Standing::Unclear);
            wrong && looks[*index].as_ref().is_some_and(|look| look.on_bench)
        };
        let again: VecDeque<usize> = (0..plan.cases.len()).filter(doubtful).collect();
        if again.is_empty() {
            // Of a part of the worlds nothing is proven, whatever checks they leave.
            let hunted = if plan.left_out > 0 { vec![] } else { may_kill(&proof.checks, &sights(&looks)) };
            if hunted.is_empty() {
                break;
            }
            for index in &hunted {
                // Where it cannot be looked at again, it stays as it was seen.
                if let Some(Look { sight: Sight::Graded(seen), .. }) = &mut looks[*index] {
                    seen.hunted = false;
                }
            }
            let (altered, alone) = hunted.into_iter().partition(on_bench);
            let queue = Queue::new(&plan, alone, altered, true);
            take_in(&mut looks, side_by_side(&job, queue, parallel).await);
            proof = judge(&job.challenge, &plan, &sights(&looks));
            continue;
        }
        for index in &again {
            let Case { kind, id, .. } = &plan.cases[*index];
            let WorldProof { standing, words, .. } = &proof.worlds[*index];
            tracing::debug!(world = %id, ?standing, ?words, "again, since it is not as it must be");
            job.listener.hear(&Event::Again { kind: *kind, id: id.clone() });
            // Where it cannot be looked at again, it stays as it was seen.
            if let Some(look) = &mut looks[*index] {
                look.on_bench = false;
            }
        }
        let queue = Queue::new(&plan, again, VecDeque::new(), job.options.every_check);
        take_in(&mut looks, side_by_side(&job, queue, parallel).await);
        proof = judge(&job.challenge, &plan, &sights(&looks));
    }
    let proof = Proof {
        target: job.place.name(),
        parallel: u32::try_from(parallel).unwrap_or(u32::MAX),
        elapsed_ms: milliseconds(job.clock.elapsed().saturating_sub(began)),
        spent: job.spent.times(),
        ..proof
    };
    job.listener.hear(&Event::Judged { standing: proof.standing() });
    proof
}

/// Grades answers, for which nothing is put up.
fn of_answers(job: &Job, plan: &Plan) -> Vec<Look> {
    let mut looks = Vec::new();
    for (index, case) in plan.cases.iter().enumerate() {
        let Way::Answered(answers) = &case.way else { continue };
        let began = begin(job, case);
        let challenge = case.drawn.as_ref().map_or(&job.challenge, |drawn| &drawn.challenge);
        let variant = case.drawn.as_ref().map(|drawn| &drawn.variant);
        let seen = Seen::of(&graded(challenge, answers.clone(), variant));
        looks.push(end(job, case, index, began, Sight::Graded(seen)));
    }
    looks
}

/// Looks at cases with so many workers.
async fn side_by_side(job: &Arc<Job>, queue: Queue, parallel: usize) -> Vec<Look> {
    let queue = Arc::new(queue);
    let mut workers: JoinSet<Vec<Look>> = JoinSet::new();
    for worker in 0..parallel {
        let (job, queue) = (Arc::clone(job), Arc::clone(&queue));
        workers.spawn(async move { Box::pin(work(&job, &queue, worker)).await });
    }
    let mut looks = Vec::new();
    while let Some(done) = workers.join_next().await {
        match done {
            Ok(seen) => looks.extend(seen),
            // Its worlds are told as not looked at.
            Err(error) => tracing::error!(%error, "a worker of the proof broke off"),
        }
    }
    looks
}

fn take_in(looks: &mut [Option<Look>], seen: Vec<Look>) {
    for look in seen {
        let index = look.index;
        looks[index] = Some(look);
    }
}

fn sights(looks: &[Option<Look>]) -> Vec<(Sight, Duration)> {
    let sights = looks.iter().map(|look| match look {
        Some(look) => (look.sight.clone(), look.elapsed),
        None => (Sight::BrokenOff("it was not looked at".to_owned()), Duration::ZERO),
    });
    sights.collect()
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// One worker: first worlds that need an account each, then benches for those that do not.
async fn work(job: &Job, queue: &Queue, worker: usize) -> Vec<Look> {
    let mut looks = Vec::new();
    while let Some(index) = take(&queue.alone) {
        looks.push(alone(job, queue, index).await);
    }
    let mut benches = 0;
    while let Some(first) = take(&queue.altered) {
        let name = format!("proof-bench-{worker}-{benches}");
        benches += 1;
        match Bench::open(job, &name).await {
            Some(bench) => Box::pin(on_bench(job, queue, bench, first, &mut looks)).await,
            None => looks.push(alone(job, queue, first).await),
        }
    }
    looks
}

/// Looks at case after case on one bench, for as long as it is fit for it.
async fn on_bench(job: &Job, queue: &Queue, mut bench: Bench<'_>, first: usize, looks: &mut Vec<Look>) {
    let mut next = Some(first);
    // Not to be trusted before the healthy world has come back, and is found healthy.
    let mut unsure: Vec<Look> = Vec::new();
    let mut elsewhere = Vec::new();
    let mut sound = true;
    let mut filled = 0;
    while let Some(index) = next {
        let case = &queue.plan.cases[index];
        let began = begin(job, case);
        let extent = queue.extent(job, case);
        filled += if matches!(extent, Extent::Whole) { PARTS } else { 1 };
        let (sight, fit) = match bench.look(case, seed(job, index), extent).await {
            Outcome::Seen(seen) => (Some(seen), true),
            Outcome::Last(seen) => (Some(seen), false),
            Outcome::Elsewhere => (None, true),
            Outcome::Spoilt => (None, false),
        };
        match sight {
            Some(seen) => {
                let look = end(job, case, index, began, Sight::Graded(seen));
                unsure.push(Look { on_bench: true, ..look });
            }
            None => elsewhere.push(index),
        }
        if !fit {
            sound = false;
            break;
        }
        next = if filled < WORLDS * PARTS { take(&queue.altered) } else { None };
    }
    if sound && !unsure.is_empty() {
        sound = bench.is_sound(seed(job, queue.plan.cases.len() + first)).await;
    }
    bench.clear().await;
    if sound {
        looks.append(&mut unsure);
    }
    elsewhere.extend(unsure.iter().map(|look| look.index));
    for index in elsewhere {
        let Case { kind, id, .. } = &queue.plan.cases[index];
        tracing::debug!(world = %id, sound, "again, in an account of its own");
        job.listener.hear(&Event::Again { kind: *kind, id: id.clone() });
        looks.push(alone(job, queue, index).await);
    }
}

/// What the inputs of a world's grade are drawn from: another number for each grade, since one account may see several.
fn seed(job: &Job, grade: usize) -> u64 {
    job.options.seed.wrapping_add(u64::try_from(grade).unwrap_or_default())
}

/// Looks at one world in an account of its own.
async fn alone(job: &Job, queue: &Queue, index: usize) -> Look {
    let case = &queue.plan.cases[index];
    let began = begin(job, case);
    let sight = match Stage::open(job, case.drawn.as_deref(), &format!("proof-{index}")).await {
        Ok(stage) => {
            let (stack, sight) = stage.look(&case.way, seed(job, index), queue.extent(job, case)).await;
            stage.clear(stack.as_ref()).await;
            sight
        }
        Err(trouble) => trouble.into(),
    };
    // Only of a mutant nobody says that it can stand: of all others the author does.
    let sight = match sight {
        Sight::Refused(why) if case.kind != Kind::Mutant => Sight::BrokenOff(why),
        sight => sight,
    };
    end(job, case, index, began, sight)
}

fn begin(job: &Job, case: &Case) -> Duration {
    tracing::debug!(kind = ?case.kind, world = %case.id, "begins");
    job.listener.hear(&Event::Started { kind: case.kind, id: case.id.clone() });
    job.clock.elapsed()
}

fn end(job: &Job, case: &Case, index: usize, began: Duration, sight: Sight) -> Look {
    if let (Kind::Mutant, Sight::Graded(seen)) = (case.kind, &sight) {
        job.scent.note(&case.id, &seen.failing().collect::<Vec<_>>());
    }
    job.listener.hear(&Event::Finished { kind: case.kind, id: case.id.clone() });
    let elapsed = job.clock.elapsed().saturating_sub(began);
    Look { index, sight, elapsed, on_bench: false }
}

fn take(queue: &Mutex<VecDeque<usize>>) -> Option<usize> {
    // A queue is never half changed, so one that a panic left behind is sound.
    let mut queue: MutexGuard<'_, _> = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.pop_front()
}
