//! Grading on the embedded sandbox, over HTTP as on any target.

mod front_desk;
mod main_job;
