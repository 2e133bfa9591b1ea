//! What people and programs read of a grade. Pure: every form is a function from a scorecard to text or JSON.
//!
//! In: a [`Scorecard`](crate::score::Scorecard). First [`view`] takes out what its reader may not see; then [`terminal`]
//! writes it for a person, [`json`] for a program, and [`compare`] sets several side by side. [`Form`] names every form.

mod ags;
mod classroom;
mod cohort;
mod compare;
mod concern;
mod drawing;
mod form;
mod github;
mod gradescope;
mod html;
mod json;
mod junit;
mod layout;
mod markdown;
mod occasion;
mod portfolio;
pub mod proof;
mod remedy;
mod style;
mod terminal;
#[cfg(test)]
mod tests;
mod timeline;
mod view;
mod words;
mod xapi;

pub use ags::ags;
pub use classroom::classroom;
pub use cohort::{CohortRow, cohort_csv};
pub use compare::compare;
pub use concern::Concern;
pub use form::Form;
pub use github::annotations;
pub use gradescope::gradescope;
pub use html::{Brief, PageParts, brief, html, html_with};
pub use json::{json, schema};
pub use junit::junit;
pub use markdown::markdown;
pub use occasion::Occasion;
pub use portfolio::{Code, Portfolio, portfolio};
pub use style::Style;
pub use terminal::terminal;
pub use timeline::{Moment, Timeline, TimelineEvent};
pub use view::{
    Audience, CheckReport, DomainReport, Range, Report, ReportResult, TaskReport, VerdictWord, view,
};
pub use xapi::xapi;
