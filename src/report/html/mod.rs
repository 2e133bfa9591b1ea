//! Reports and briefs as HTML, one file each: no network, no script, light and dark, and fit to print.

mod brief;
mod diagram;
mod page;
mod parts;
mod prose;
mod timeline;

pub use brief::{Brief, brief};
pub(super) use diagram::diagram;
pub use page::{PageParts, html, html_with};
pub(super) use parts::bar;
