//! Proofmark grades hands-on cloud challenges, and can prove that it is right.
//!
//! A challenge definition becomes a running scenario (`provision`), which a candidate repairs and builds; then what
//! stands there is read through the AWS APIs (`inspect`) and tried (`probe`), every check becomes a verdict
//! (`evaluate`), verdicts become points (`score`) and points become a report (`report`).
//!
//! Each module imports only modules above it in this list; `tests/architecture.rs` guards that.

// The order is the law of imports, so the formatter leaves it alone (rustfmt.toml).

// Leaves: know nothing of grading.
pub mod context;
pub mod text;
pub mod source;
pub mod policy;
pub mod template;
pub mod matcher;
pub mod evidence;
pub mod aws;
pub mod resource;
pub mod provision;

// The pipeline.
pub mod challenge;
pub mod target;
pub mod inspect;
pub mod probe;
pub mod evaluate;
pub mod score;
pub mod grade;
pub mod attempt;
pub mod exam;
pub mod prove;

// Out.
pub mod report;
pub mod credential;

// Surroundings.
pub mod disturb;
pub mod sandbox;
pub mod cli;
