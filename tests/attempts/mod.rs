//! Attempts from outside: a fair clock, a freeze at the moment, a record that survives everything.

mod abroad;
mod appeals;
mod cohort;
mod crash;
mod deadline;
mod hardship;
mod hints;
mod questions;
mod records;
mod signed_urls;
mod story;
mod taker;
mod tenants;
