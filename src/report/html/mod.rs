//! The report as one HTML file: no network, no script, light and dark, and fit to print.

mod page;
mod parts;
mod timeline;

pub use page::{html, html_with};
