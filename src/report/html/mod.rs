//! Reports and briefs as HTML, one file each: no network, no script, light and dark, and fit to print.

mod brief;
mod drawing;
mod flow;
mod page;
mod parts;
mod placing;
mod prose;
mod timeline;

pub use brief::{Brief, brief};
pub use page::{html, html_with};
