//! A lab to test in: a sandbox of its own, scenarios put up in it, graded, and asked what the grade says.

mod graded;
mod lab;
mod scenario;
mod standing;

pub use graded::Marks;
pub use lab::Lab;
pub use scenario::Scenario;
pub use standing::Standing;
