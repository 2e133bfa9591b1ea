//! A lab to test in: a sandbox of its own, scenarios put up in it, graded, and asked what the grade says; and the program
//! as a user runs it.

mod graded;
mod lab;
mod program;
mod scenario;
mod standing;
mod tools;
mod wire;

pub(crate) use graded::Marks;
pub(crate) use lab::Lab;
pub(crate) use program::{Ended, Program, Started, cache};
pub(crate) use scenario::Scenario;
pub(crate) use standing::Standing;
pub(crate) use tools::{
    aws_tools, badge_tools, credential_tools, javascript_tools, junit_tools, sam_translator,
};
pub(crate) use wire::{Ends, Keys, Received, Sent, exchange};
