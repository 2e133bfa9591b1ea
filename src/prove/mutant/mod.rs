//! Small changes to the healthy world, each of which makes it wrong, or at least other than it was.
//!
//! In: the healthy template and the functions' code. Out: one [`Mutant`] for each place where one kind of mistake can be made: what a
//! colleague types on a Friday afternoon. An id names what was changed, not where it stands, so that it outlives edits elsewhere.

mod api;
mod code;
mod function;
mod literal;
mod maker;
mod role;
#[cfg(test)]
mod tests;

use crate::challenge::{Challenge, World};
use crate::resource;
use maker::Maker;

/// The healthy world with one thing changed.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// For example `GetOrderRole/orders-table/any-action`.
    pub id: String,
    /// What was changed, as a sentence without its full stop.
    pub title: String,
    pub world: World,
}

/// Makes all mutants of a challenge. The same challenge always has the same.
pub fn mutants(challenge: &Challenge) -> Vec<Mutant> {
    let mut maker = Maker::new(challenge);
    role::mutate(&mut maker);
    function::mutate(&mut maker);
    api::mutate(&mut maker);
    code::mutate(&mut maker);
    let sound_before =
        challenge.template.problems().is_empty() && resource::lint(&challenge.template).is_empty();
    let sound = |mutant: &Mutant| {
        let template = &mutant.world.template;
        // To lint is what takes time here.
        if template.document == challenge.template.document {
            return sound_before;
        }
        template.problems().is_empty() && resource::lint(template).is_empty()
    };
    maker.made.into_iter().filter(sound).collect()
}
