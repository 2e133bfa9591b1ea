//! Signature Version 4, the server's side: what a request claims, what it should have been signed as, whether it was.
//!
//! In: a [`Request`](crate::sandbox::Request) and the secret of the key that it names. Out: nothing, or a [`Refusal`]
//! that the service's protocol words. Rules:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

mod canonical;
mod chunks;
mod claim;
mod refusal;
mod verify;

pub(super) use claim::Claim;
pub(super) use refusal::Refusal;
pub(in crate::sandbox) use verify::constant_time_eq;
pub(super) use verify::{verify, verify_token};
