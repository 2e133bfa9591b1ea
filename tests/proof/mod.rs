//! `new` and `prove` as an author uses them.

mod printed;
mod story;
mod verdict;
