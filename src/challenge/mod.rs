//! A challenge: its definition, loaded from a file tree and found valid. Pure.
//!
//! In: a [`FileTree`](crate::source::FileTree) with `challenge.yaml`, the healthy scenario and its faults. Out: a
//! [`Challenge`], or every problem of the definition, each with its place.

mod answers;
mod audit;
mod bindings;
mod change;
mod chart;
mod check;
mod checks;
mod contradiction;
mod definition;
mod digest;
mod draw;
mod expect;
mod fault;
mod faults;
mod file_change;
mod gate;
mod givens;
mod ids;
mod include;
mod literal;
mod load;
mod names;
mod points;
mod policies;
mod pools;
mod question;
mod questions;
mod raw;
mod reach;
mod replacing;
mod roles;
mod schema;
mod shallow;
mod subject;
mod subjects;
mod task;
mod types;
mod unchanged;
mod values;
mod variant;
mod waiver;
#[cfg(test)]
mod tests;
mod variation;
mod variations;
mod world;

use std::time::Duration;

use indexmap::IndexMap;

use crate::source::FileTree;
use crate::template::Template;

pub use audit::{AuditQuery, Caller, Moment};
pub use change::Change;
pub use chart::{Arrow, Chart, ChartBox, Shape, Shows};
pub use check::{Act, Check, Given, HttpRequest, Visibility};
pub use digest::probe_digest;
pub use fault::Fault;
pub use file_change::{FileChange, Passage};
pub use gate::Gate;
pub use load::lint;
pub use points::Points;
pub use policies::{Bar, Counts, Feedback, Policies, Progress, Retake, Validity};
pub use question::{Asked, Question, WrongAnswer};
pub use schema::{challenge_schema, fault_schema, near_miss_schema, solution_schema, waivers_schema};
pub use subject::{Grant, GroupKind, RoleExpectation, Subject};
pub use task::{Credit, Task};
pub use unchanged::{Scope, Unchanged};
pub use variant::{Pool, canary, leakers};
pub use variation::{NearMiss, Script, Variation, Work};
pub use waiver::{MutantWaiver, Waivers, WarningWaiver};
pub use world::{Then, UnknownFault, World};

/// A challenge as its author wrote it.
#[derive(Debug, Clone)]
pub struct Challenge {
    pub id: String,
    /// Version of the challenge itself, for example `1.0.0`.
    pub release: String,
    pub title: String,
    /// How long a candidate has; `None`: as long as it takes.
    pub duration: Option<Duration>,
    /// The pass mark in hundredths of a percent of the points: 80 % is 8,000.
    pub pass: u32,
    /// Where the scale of 100 to 1,000 places the pass mark.
    pub scaled_cut: u32,
    /// The rules for attempts.
    pub policies: Policies,
    /// Id and title, in the order shown.
    pub domains: IndexMap<String, String>,
    /// What the candidate reads, in Markdown.
    pub brief: String,
    /// How it hangs together; empty where the challenge has no diagram.
    pub chart: Chart,
    pub tasks: Vec<Task>,
    /// Inputs that are drawn anew for each grade: name and pattern. See [`Challenge::draw`].
    pub inputs: IndexMap<String, String>,
    /// The policy document of the candidate's user, with `{{ }}` still in it.
    pub candidate_policy: String,
    /// The types of resources that it lists. See [`Challenge::allowed_types`].
    pub types: Vec<String>,
    /// The healthy world.
    pub template: Template,
    /// Function code and whatever else the template names, below `scenario/`.
    pub files: FileTree,
    pub faults: Vec<Fault>,
    /// The faults that make the broken start, by id. Of a variant those that were drawn are among them.
    pub start: Vec<String>,
    /// Faults of which some are drawn for each variant, by the name of the pool. A variant has none left.
    pub pools: IndexMap<String, Pool>,
    /// Parameters of the template that are drawn for each variant: name and pattern. Of a variant: the values.
    pub parameters: IndexMap<String, String>,
    /// What the broken start scores, in hundredths of a percent; `None`: anything below the pass mark.
    pub start_score: Option<u32>,
    /// Other ways to repair it.
    pub solutions: Vec<Variation>,
    pub near_misses: Vec<NearMiss>,
    pub waivers: Waivers,
}
