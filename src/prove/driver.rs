use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use tokio::task::JoinSet;

use super::bench::{Bench, Outcome};
use super::stage::Stage;
use super::{Case, Event, Kind, Listener, Options, Place, Plan, Proof, Sight, Way, judge};
use crate::challenge::{Challenge, World};
use crate::context::{Clock, Environment, Random};

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
}

/// What is still to be done. A worker takes what it is fit for.
struct Queue {
    plan: Arc<Plan>,
    /// Each in an account of its own.
    alone: Mutex<VecDeque<usize>>,
    /// On a bench.
    altered: Mutex<VecDeque<usize>>,
}

/// Puts up and grades every world of a plan, and judges what was seen.
pub async fn prove(job: Job, plan: Plan) -> Proof {
    let began = job.clock.elapsed();
    job.listener.hear(&Event::Planned { worlds: plan.cases.len() });
    let (job, plan) = (Arc::new(job), Arc::new(plan));
    let altered = |index: &usize| matches!(plan.cases[*index].way, Way::Altered(_));
    // Scripts take longest, so they begin first.
    let mut order: Vec<usize> = (0..plan.cases.len()).collect();
    order.sort_by_key(|index| !matches!(plan.cases[*index].way, Way::Script(_)));
    let (altered, alone): (VecDeque<usize>, VecDeque<usize>) = order.into_iter().partition(altered);
    let queue =
        Arc::new(Queue { plan: Arc::clone(&plan), alone: Mutex::new(alone), altered: Mutex::new(altered) });
    let mut workers: JoinSet<Vec<Look>> = JoinSet::new();
    let parallel = job.place.room(job.parallel);
    for worker in 0..parallel {
        let (job, queue) = (Arc::clone(&job), Arc::clone(&queue));
        workers.spawn(async move { work(&job, &queue, worker).await });
    }
    let mut sights: Vec<Option<(Sight, Duration)>> = vec![None; plan.cases.len()];
    while let Some(done) = workers.join_next().await {
        match done {
            Ok(looks) => {
                for Look { index, sight, elapsed } in looks {
                    sights[index] = Some((sight, elapsed));
                }
            }
            // Its worlds are told as not looked at.
            Err(error) => tracing::error!(%error, "a worker of the proof broke off"),
        }
    }
    let never = || (Sight::BrokenOff("it was not looked at".to_owned()), Duration::ZERO);
    let sights: Vec<(Sight, Duration)> =
        sights.into_iter().map(|sight| sight.unwrap_or_else(never)).collect();
    let mut proof = judge(&job.challenge, &plan, &sights);
    proof.target = job.place.name();
    proof.parallel = u32::try_from(parallel).unwrap_or(u32::MAX);
    proof.elapsed_ms = milliseconds(job.clock.elapsed().saturating_sub(began));
    job.listener.hear(&Event::Judged { standing: proof.standing() });
    proof
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// One worker: first worlds that need an account each, then a bench for those that do not.
async fn work(job: &Job, queue: &Queue, worker: usize) -> Vec<Look> {
    let mut looks = Vec::new();
    while let Some(index) = take(&queue.alone) {
        looks.push(alone(job, &queue.plan, index).await);
    }
    let name = format!("proof-bench-{worker}");
    while let Some(first) = take(&queue.altered) {
        let Some(mut bench) = Bench::open(job, &name).await else {
            looks.push(alone(job, &queue.plan, first).await);
            continue;
        };
        let mut on_bench = Vec::new();
        let mut next = Some(first);
        let mut spoilt = None;
        while let Some(index) = next {
            let case = &queue.plan.cases[index];
            let began = begin(job, case);
            match bench.look(case).await {
                Outcome::Seen(sight) => on_bench.push(end(job, case, index, began, sight)),
                Outcome::Spoilt => {
                    spoilt = Some(index);
                    break;
                }
            }
            next = take(&queue.altered);
        }
        let sound = spoilt.is_some() || bench.is_sound().await;
        bench.clear().await;
        for look in on_bench {
            let unnoticed = matches!(&look.sight, Sight::Graded(seen) if seen.is_whole());
            if unnoticed || !sound {
                let Case { kind, id, .. } = &queue.plan.cases[look.index];
                job.listener.hear(&Event::Again { kind: *kind, id: id.clone() });
                looks.push(alone(job, &queue.plan, look.index).await);
            } else {
                looks.push(look);
            }
        }
        if let Some(index) = spoilt {
            looks.push(alone(job, &queue.plan, index).await);
        }
    }
    looks
}

/// Looks at one world in an account of its own.
async fn alone(job: &Job, plan: &Plan, index: usize) -> Look {
    let case = &plan.cases[index];
    let began = begin(job, case);
    let sight = match Stage::open(job, &format!("proof-{index}")).await {
        Ok(stage) => {
            let (stack, sight) = stage.look(&case.way).await;
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
    job.listener.hear(&Event::Started { kind: case.kind, id: case.id.clone() });
    job.clock.elapsed()
}

fn end(job: &Job, case: &Case, index: usize, began: Duration, sight: Sight) -> Look {
    job.listener.hear(&Event::Finished { kind: case.kind, id: case.id.clone() });
    Look { index, sight, elapsed: job.clock.elapsed().saturating_sub(began) }
}

fn take(queue: &Mutex<VecDeque<usize>>) -> Option<usize> {
    // A queue is never half changed, so one that a panic left behind is sound.
    let mut queue: MutexGuard<'_, _> = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.pop_front()
}
