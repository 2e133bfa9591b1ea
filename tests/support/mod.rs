//! A lab to test in: a sandbox of its own, scenarios put up in it, graded, and asked what the grade says.

mod graded;
mod lab;
mod scenario;
mod standing;

pub(crate) use graded::Marks;
pub(crate) use lab::Lab;
pub(crate) use scenario::Scenario;
pub(crate) use standing::Standing;
