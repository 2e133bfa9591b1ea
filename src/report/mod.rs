//! What people and programs read of a grade. Pure: every form is a function from a scorecard to text or JSON.
//!
//! In: a [`Scorecard`](crate::score::Scorecard). First [`view`] takes out what its reader may not see; then [`terminal`]
//! writes it for a person, [`json`] for a program, and [`compare`] sets several side by side. [`Form`] names every form.

mod compare;
mod form;
mod github;
mod gradescope;
mod html;
mod json;
mod junit;
mod layout;
mod markdown;
pub mod proof;
mod style;
mod terminal;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use compare::compare;
pub use form::Form;
pub use github::annotations;
pub use gradescope::gradescope;
pub use html::html;
pub use json::{json, schema};
pub use junit::junit;
pub use markdown::markdown;
pub use style::Style;
pub use terminal::terminal;
pub use view::{
    Audience, CheckReport, DomainReport, Range, Report, ReportResult, TaskReport, VerdictWord, view,
};
