//! What a candidate may show to anyone: a folder with a page, in which nothing is a secret, belongs to a hidden check, or answers one.

mod changes;
mod folder;
mod page;

pub use folder::{Code, Portfolio, portfolio};
