//! The report as one HTML file: no network, no script, light and dark, and fit to print.

mod page;
mod parts;

pub use page::html;
