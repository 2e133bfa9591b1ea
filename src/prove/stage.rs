//! Brings worlds about, and grades them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::spent::GradeTimes;
use super::{Drawn, Job, Seen, Sight, Step, Way, script};
use crate::aws::{Clients, Endpoint, ErrorClass};
use crate::challenge::{Challenge, World};
use crate::evidence::{Inspection, Variant};
use crate::grade::{self, Extent, History, Limits, grade};
use crate::provision::{self, Blueprint, Error, Redeploy, Site, Stack, Unfinished};
use crate::target::{Candidate, Lease, make_candidate, reachable, remove_candidate};
use crate::template::Template;
use crate::text;

/// Checks of one world that are tried at the same time. More of them would only start more copies of the same functions; the
/// machine is kept busy by worlds side by side.
const CHECKS: usize = 2;

/// Why a world did not come about.
#[derive(Debug)]
pub(super) enum Trouble {
    Refused(String),
    BrokenOff(String),
}

impl From<Trouble> for Sight {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(why) => Self::Refused(why),
            Trouble::BrokenOff(why) => Self::BrokenOff(why),
        }
    }
}

/// An account in which worlds are put up, one after the other or one only.
pub(super) struct Stage<'a> {
    pub(super) job: &'a Job,
    /// The challenge as it is put up here, the start from which repairs begin, and what both were drawn from.
    challenge: Arc<Challenge>,
    start: &'a World,
    variant: Option<Variant>,
    pub(super) lease: Lease,
    pub(super) site: Site,
    /// Name of the stack.
    name: String,
}

impl<'a> Stage<'a> {
    pub(super) async fn open(job: &'a Job, drawn: Option<&'a Drawn>, name: &str) -> Result<Self, Trouble> {
        let lease = job.place.lease().await.map_err(|failure| Trouble::BrokenOff(failure.to_string()))?;
        let site = Site::new(lease.clients.clone(), job.random.clone()).without(lease.profile.left_out);
        let (challenge, start, variant) = match drawn {
            Some(drawn) => (Arc::clone(&drawn.challenge), &drawn.start, Some(drawn.variant.clone())),
            None => (Arc::clone(&job.challenge), &job.start, None),
        };
        Ok(Self { job, challenge, start, variant, lease, site, name: name.to_owned() })
    }

    /// Provisions a world, both steps of it. The error comes with what stands all the same.
    pub(super) async fn put_up(&self, world: &World) -> Result<Stack, (Trouble, Option<Stack>)> {
        let parameters = self.challenge.stack_parameters();
        let blueprint = self.blueprint(&world.template, &world.files, &parameters);
        let work = provision::provision(&self.site, &blueprint);
        let stack = self.job.spent.during(&*self.job.clock, Step::PutUp, work).await;
        let stack = stack.map_err(|error| (trouble(&error), None))?;
        let done = self.second_step(&self.site, stack, world).await;
        done.map_err(|left| (trouble(&left.error), Some(left.stack)))
    }

    /// Brings a stack to a world, and deploys its APIs anew between the two steps.
    pub(super) async fn bring(
        &self,
        site: &Site,
        stack: &Stack,
        world: &World,
    ) -> Result<Stack, Box<Unfinished>> {
        let parameters = self.challenge.stack_parameters();
        let blueprint = self.blueprint(&world.template, &world.files, &parameters);
        let work = provision::update(site, stack, &blueprint, Redeploy::Always);
        let stack = self.job.spent.during(&*self.job.clock, Step::Change, work).await?;
        self.second_step(site, stack, world).await
    }

    async fn second_step(&self, site: &Site, stack: Stack, world: &World) -> Result<Stack, Box<Unfinished>> {
        let Some(then) = &world.then else { return Ok(stack) };
        let parameters = self.challenge.stack_parameters();
        let blueprint = self.blueprint(&then.template, &then.files, &parameters);
        let work = provision::update(site, &stack, &blueprint, Redeploy::Never);
        self.job.spent.during(&*self.job.clock, Step::Change, work).await
    }

    fn blueprint<'b>(
        &'b self,
        template: &'b Template,
        files: &'b crate::source::FileTree,
        parameters: &'b BTreeMap<String, String>,
    ) -> Blueprint<'b> {
        Blueprint { stack: &self.name, template, files, parameters }
    }

    /// Brings a world about from nothing and grades it. What stands afterwards is in the stack that is returned.
    pub(super) async fn look(&self, way: &Way, seed: u64, extent: Extent) -> (Option<Stack>, Sight) {
        let healthy;
        let start = match way {
            // Grading them needs no stage.
            Way::Answered(_) => return (None, Sight::BrokenOff("answers have no world".to_owned())),
            // Whoever compares with what stood before needs something that stood.
            Way::Altered(_) if self.compares() => {
                healthy = self.challenge.changed(&[]);
                &healthy
            }
            Way::Stand(world) | Way::Altered(world) => world,
            Way::Repaired(_) | Way::Script(_) => self.start,
        };
        let stack = match self.put_up(start).await {
            Ok(stack) => stack,
            Err((trouble, left)) => return (left, trouble.into()),
        };
        let before = self.before(&stack).await;
        let mut standing = stack.clone();
        let worked = self.work(&mut standing, way).await;
        // As in an exam, what was provisioned tells where to look; the candidate brings no list of what was made.
        let graded = if matches!(way, Way::Altered(_)) { &standing } else { &stack };
        let sight = match worked {
            Ok(()) => Sight::Graded(self.grade(graded, before, seed, extent).await),
            Err(trouble) => trouble.into(),
        };
        (Some(standing), sight)
    }

    /// Whether a check looks at what stood before.
    fn compares(&self) -> bool {
        self.challenge.compares_with_before()
    }

    /// Looks at a world that was just put up, where a check will ask for it.
    pub(super) async fn before(&self, stack: &Stack) -> Option<Inspection> {
        if !self.compares() {
            return None;
        }
        let look = grade::inspect_before(&self.lease.clients, stack);
        Some(self.job.spent.during(&*self.job.clock, Step::Inspect, look).await)
    }

    /// Does a candidate's work, where there is any, with nothing but the candidate's rights. `stack` is then what stands, as
    /// far as it is known: a script does not tell what it makes.
    async fn work(&self, stack: &mut Stack, way: &Way) -> Result<(), Trouble> {
        match way {
            Way::Altered(world) if self.compares() => {
                let (left, result) = match self.bring(&self.site, stack, world).await {
                    Ok(done) => (done, Ok(())),
                    Err(left) => (left.stack, Err(trouble(&left.error))),
                };
                *stack = left;
                return result;
            }
            Way::Stand(_) | Way::Altered(_) | Way::Answered(_) => return Ok(()),
            Way::Repaired(_) | Way::Script(_) => {}
        }
        let candidate = self.candidate(stack).await.map_err(Trouble::BrokenOff)?;
        match way {
            Way::Stand(_) | Way::Altered(_) | Way::Answered(_) => Ok(()),
            Way::Repaired(world) => {
                let grader = &self.lease.clients.endpoint;
                let endpoint = Endpoint::with_keys(
                    grader.url.as_deref(),
                    grader.region.clone(),
                    &candidate.access_key_id,
                    &candidate.secret_access_key,
                    grader.settling,
                );
                let site = Site::new(Clients::new(&endpoint), self.job.random.clone());
                let (left, result) = match self.bring(&site, stack, world).await {
                    Ok(done) => (done, Ok(())),
                    // What the candidate's rights do not allow is a finding, not a world that cannot be.
                    Err(left) => (left.stack, Err(Trouble::BrokenOff(left.error.to_string()))),
                };
                *stack = left;
                result
            }
            Way::Script(script) => {
                let variables = self.lease.environment(&candidate);
                let work = script::run(script, &variables, &self.job.environment, &self.job.random);
                let ran = self.job.spent.during(&*self.job.clock, Step::Script, work).await;
                ran.map_err(Trouble::BrokenOff)
            }
        }
    }

    async fn candidate(&self, stack: &Stack) -> Result<Candidate, String> {
        let policy = text::fill(&self.challenge.candidate_policy, &self.variables(stack))
            .map_err(|problem| format!("the candidate's policy: {problem}"))?;
        let made = make_candidate(&self.lease.clients, &stack.name, &self.user(), &policy).await;
        made.map_err(|failure| failure.to_string())
    }

    fn user(&self) -> String {
        format!("{}-candidate", self.name)
    }

    /// Grades what stands. `seed` is what the inputs are drawn from.
    pub(super) async fn grade(
        &self,
        stack: &Stack,
        before: Option<Inspection>,
        seed: u64,
        extent: Extent,
    ) -> Seen {
        let answers = self.challenge.right_answers();
        let history = History { before, answers, hints: BTreeMap::new(), variant: self.variant.clone() };
        // What was begun beside the check that fails would be in vain; where checks wait for a cloud it saves time all the same.
        let hunts = matches!(extent, Extent::Hunt(_)) && !self.lease.clients.eventual();
        let times = Arc::new(GradeTimes::begin(&self.job.spent, &self.job.clock));
        let job = grade::Job {
            challenge: Arc::clone(&self.challenge),
            lease: self.lease.clone(),
            stack: stack.clone(),
            variables: self.variables(stack),
            seed,
            history,
            clock: Arc::clone(&self.job.clock),
            limits: Limits { parallel: if hunts { 1 } else { CHECKS }, ..Limits::default() },
            listener: Arc::clone(&times) as Arc<dyn grade::Listener>,
            opening: grade::Opening::default(),
            extent: extent.clone(),
        };
        let graded = grade(job).await;
        times.ended(Step::Check);
        match extent {
            Extent::Whole => Seen::of(&graded),
            Extent::Hunt(_) => Seen { hunted: true, ..Seen::of(&graded) },
            Extent::Part(tried) => Seen::of_part(&graded, &tried),
        }
    }

    fn variables(&self, stack: &Stack) -> BTreeMap<String, String> {
        let given = stack.parameters.iter().chain(&stack.outputs);
        given.map(|(name, value)| (name.clone(), reachable(&self.lease.clients.endpoint, value))).collect()
    }

    /// Leaves nothing behind. `stack`: what stands, as far as it is known.
    pub(super) async fn clear(&self, stack: Option<&Stack>) {
        self.job.spent.during(&*self.job.clock, Step::Clear, self.cleared(stack)).await;
    }

    async fn cleared(&self, stack: Option<&Stack>) {
        if self.job.place.release(&self.lease).await {
            return;
        }
        if let Some(stack) = stack
            && let Err(left) = provision::teardown(&self.site, stack).await
        {
            tracing::warn!(stack = %self.name, "not everything could be deleted: {}", left.error);
        }
        // Most worlds have no candidate.
        let _ = remove_candidate(&self.lease.clients, &self.user()).await;
    }
}

/// Tells a world that the cloud refuses from trouble on the way.
fn trouble(error: &Error) -> Trouble {
    let refused = match error {
        Error::Definition(_) => true,
        Error::Target(_) => false,
        Error::Resource { failure, .. } => matches!(failure.class, ErrorClass::Invalid | ErrorClass::Missing),
    };
    if refused { Trouble::Refused(error.to_string()) } else { Trouble::BrokenOff(error.to_string()) }
}
