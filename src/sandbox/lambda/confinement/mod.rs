//! A process that locks itself in, and then becomes the handler's interpreter.
//!
//! In: a [`Confinement`], made by the sandbox and handed to `proofmark confine`. Out: nothing; the process is replaced, with its
//! own view of the file system where the kernel lets it have one, an unprivileged user, resource limits, a Landlock domain and a
//! seccomp filter. All of it happens in the new process before `exec`, so that no code runs between `fork` and `exec`.

mod descent;
mod fence;
mod filter;
mod plan;
mod start;
mod view;

pub use descent::Descent;
pub use plan::{Confinement, Exposure, Level, Limits, Mount};
pub use start::{become_handler, probe};
