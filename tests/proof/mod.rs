//! `new` and `prove` as an author uses them.

mod story;
mod verdict;
