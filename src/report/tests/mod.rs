//! What reports say, of cards in which everything occurs.

mod cards;
mod forms;
mod page;
mod portfolio;
mod redaction;
mod text;
