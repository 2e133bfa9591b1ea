//! `new`, `prove` and `preview` as an author uses them.

mod examples;
mod preview;
mod printed;
mod project;
mod questions;
mod story;
mod verdict;
