//! Where a scenario runs: the embedded sandbox, another endpoint, an AWS account.
//!
//! In: what the command line names. Out: a [`Lease`]: the grader's clients for one account and region, and how candidates and probes
//! reach it. The embedded sandbox is known here as an endpoint and an admin token only.

mod address;
mod assumed;
mod bounds;
mod candidate;
mod creation;
mod detect;
mod embedded;
mod entrance;
mod freeze;
mod lease;
mod permit;
mod pool;
mod profile;
mod quiet;
mod temper;
mod turn;

pub use address::{function_url, http_api_url, reachable};
pub use assumed::assume_grader;
pub use bounds::{Bounds, bind, remove_boundary, set_boundary};
pub use candidate::{Candidate, make_candidate, remove_candidate, set_policy};
pub use detect::{detect, is_open_sandbox};
pub use embedded::{
    Door, audit_log, isolation_of, lease_embedded, rejoin_embedded, release_embedded, set_door,
};
pub use entrance::Entrance;
pub use freeze::{freeze_candidate, hold_roles, let_functions_work};
pub use lease::{Lease, TargetKind, invoke_url, lease_apart, lease_endpoint};
pub use permit::{GraderRole, NotPermitted, Permit, Permits};
pub use pool::{Pool, PoolError};
pub use profile::{Profile, ProfileName};
pub use quiet::{left_over, quiet};
pub use temper::temper;
pub use turn::{Turn, holder};
