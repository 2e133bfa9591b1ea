use std::collections::BTreeMap;

use crate::aws;
use crate::challenge::{Challenge, World};
use crate::evidence::Inspection;
use crate::grade::inspect_before;
use crate::provision::{self, Blueprint, Redeploy, Site, Stack};
use crate::source::FileTree;
use crate::target::{Candidate, Lease, make_candidate, reachable, remove_candidate};
use crate::text;

/// A scenario that stands: its stack, and the candidate's way in.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub stack: Stack,
    pub candidate: Candidate,
    /// What stands when the candidate begins, where a check compares with it.
    pub before: Option<Inspection>,
}

/// Why a scenario does not stand.
#[derive(Debug, thiserror::Error)]
pub enum NotStanding {
    #[error("{error}")]
    Stack { error: provision::Error, files: FileTree },
    #[error("the candidate's policy: {0}")]
    Policy(String),
    #[error("{0}")]
    Candidate(aws::Failure),
    #[error("{0}; taking it down again failed too: {1}")]
    Left(Box<NotStanding>, String),
}

/// Provisions a world, carries out what comes `then`, and makes the candidate's user. When a step fails, what was made
/// before it is taken down again.
pub async fn put_up(
    site: &Site,
    lease: &Lease,
    name: &str,
    challenge: &Challenge,
    world: &World,
) -> Result<Scenario, NotStanding> {
    let parameters = challenge.stack_parameters();
    let blueprint =
        Blueprint { stack: name, template: &world.template, files: &world.files, parameters: &parameters };
    let stack = provision::provision(site, &blueprint)
        .await
        .map_err(|error| NotStanding::Stack { error, files: challenge.files.clone() })?;
    match equip(site, lease, stack, challenge, world).await {
        Ok(scenario) => Ok(scenario),
        Err((failure, stack)) => match take_down(site, lease, &stack).await {
            Ok(()) => Err(failure),
            Err(left) => Err(NotStanding::Left(Box::new(failure), left)),
        },
    }
}

async fn equip(
    site: &Site,
    lease: &Lease,
    stack: Stack,
    challenge: &Challenge,
    world: &World,
) -> Result<Scenario, (NotStanding, Stack)> {
    let parameters = challenge.stack_parameters();
    let stack = match &world.then {
        None => stack,
        Some(then) => {
            let name = stack.name.clone();
            let blueprint = Blueprint {
                stack: &name,
                template: &then.template,
                files: &then.files,
                parameters: &parameters,
            };
            let updated = provision::update(site, &stack, &blueprint, Redeploy::Never).await;
            updated.map_err(|left| {
                (NotStanding::Stack { error: left.error, files: then.files.clone() }, left.stack)
            })?
        }
    };
    let policy = match text::fill(&challenge.candidate_policy, &variables(lease, &stack)) {
        Ok(policy) => policy,
        Err(problem) => return Err((NotStanding::Policy(problem.to_string()), stack)),
    };
    let compares = challenge.compares_with_before();
    let before = if compares { Some(inspect_before(&lease.clients, &stack).await) } else { None };
    match make_candidate(&lease.clients, &stack.name, &candidate_name(&stack.name), &policy).await {
        Ok(candidate) => Ok(Scenario { stack, candidate, before }),
        Err(failure) => Err((NotStanding::Candidate(failure), stack)),
    }
}

/// Deletes everything of a stack, and the candidate's user; fails with a sentence. What is gone already is fine.
pub async fn take_down(site: &Site, lease: &Lease, stack: &Stack) -> Result<(), String> {
    let torn = provision::teardown(site, stack).await;
    let removed = remove_candidate(&lease.clients, &candidate_name(&stack.name)).await;
    torn.map_err(|left| format!("not everything could be deleted: {}", left.error))?;
    removed.map_err(|failure| failure.to_string())
}

/// Returns the name of the user as whom a stack's candidate works.
pub fn candidate_name(stack: &str) -> String {
    format!("{stack}-candidate")
}

/// What `{{ name }}` stands for: the stack's parameters and outputs, with addresses that can be reached from here.
pub fn variables(lease: &Lease, stack: &Stack) -> BTreeMap<String, String> {
    let given = stack.parameters.iter().chain(&stack.outputs);
    given.map(|(name, value)| (name.clone(), reachable(&lease.clients.endpoint, value))).collect()
}
