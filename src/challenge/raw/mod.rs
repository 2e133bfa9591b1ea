//! The files of a challenge as they are written. Every type refuses unknown keys.
//!
//! No `flatten`, no `untagged` and no tagged enum: with them serde buffers what it reads, and an error can only be placed at the
//! whole. So a verb is an `Option` among others, and that there is exactly one is found after reading.

mod audit;
mod binding;
mod challenge;
mod check;
mod given;
mod policies;
mod question;
mod subject;
mod unchanged;
mod waivers;
mod world;
mod worth;

pub(super) use audit::{RawAudit, RawBy, RawOutcome};
pub(super) use binding::{RawBinding, RawRoute, RawWay};
pub(super) use challenge::{RawChallenge, RawCredit, RawTask};
pub(super) use check::{RawAct, RawCheck, RawMember, RawVisibility};
pub(super) use given::RawGiven;
pub(super) use policies::{RawCounts, RawFeedback, RawPolicies, RawProgress};
pub(super) use question::{RawQuestion, RawRight};
pub(super) use subject::{RawHttp, RawInvoke, RawItem, RawLog, RawMessages, RawObject, RawOf, RawResource};
pub(super) use unchanged::{RawScope, RawUnchanged};
pub(super) use waivers::RawWaivers;
pub(super) use world::{RawBreaks, RawFault, RawFile, RawNearMiss, RawPassage, RawSolution};
pub(super) use worth::{RawDeduct, RawDeductWhen, RawGate};
