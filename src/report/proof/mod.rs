//! What people and programs read of a proof: text for a terminal, JUnit for CI. JSON is the proof itself.

mod junit;
mod text;

pub use junit::junit;
pub use text::text;
