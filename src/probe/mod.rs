//! Behaviour to transcript: puts things in place, acts as the scenario's users would, and looks at what came of it.
//!
//! In: a check, the variables that its texts name, and the inspection that tells where things are. Out: a
//! [`Transcript`](crate::evidence::Transcript). The candidate's API may be hostile: whatever it answers is an
//! observation, and nothing that it answers can stop the grader.

mod attribute;
mod breakdown;
mod capture;
mod given;
mod http;
mod invoke;
mod item;
mod log;
mod messages;
mod object;
mod record;
mod recorder;
mod request;
mod run;
mod sought;
#[cfg(test)]
mod tests;
mod world;

pub use http::{HttpClient, HttpError, Outgoing};
pub use run::Probe;
pub use world::{Variables, World};
