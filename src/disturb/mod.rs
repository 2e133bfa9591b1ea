//! Bad weather on purpose: a proxy that delays, throttles, cuts off, fails, denies, repeats and answers from yesterday.
//!
//! In: the address of an endpoint that speaks AWS, and a [`Weather`]. Out: a [`Disturber`], an address of its own at which the endpoint answers as
//! badly as was asked for, in the same way for the same seed. A grade must be the same behind it, or say that it is not final.

mod answer;
mod fate;
mod proxy;

pub use fate::{Fate, Weather};
pub use proxy::Disturber;
