//! Proofmark grades hands-on cloud challenges, and can prove that it is right.
//!
//! A challenge definition becomes a running scenario (`provision`), which a candidate repairs and builds; then what
//! stands there is read through the AWS APIs (`inspect`) and tried (`probe`), every check becomes a verdict
//! (`evaluate`), verdicts become points (`score`) and points become a report (`report`).
//!
//! Each module imports only modules above it in this list; `tests/architecture.rs` guards that.

// Leaves: know nothing of grading.
pub mod aws;
pub mod context;
pub mod evidence;
pub mod matcher;
pub mod policy;
pub mod resource;
pub mod source;
pub mod template;
pub mod text;

// The pipeline.
pub mod challenge;
pub mod evaluate;
pub mod grade;
pub mod inspect;
pub mod probe;
pub mod provision;
pub mod score;
pub mod target;

// Out.
pub mod report;

// Surroundings.
pub mod cli;
pub mod sandbox;
