//! A static site that anyone can check credentials on: the issuer's keys, the status list, and a page for each credential.
//!
//! In: what an issuer may show. Out: a [`FileTree`](crate::source::FileTree), to be put on any web server. Nothing in it loads
//! anything from elsewhere.

mod files;
mod frame;
mod issuer_page;
mod page;

pub use files::{Exhibit, Images, Shelf, images, site};
