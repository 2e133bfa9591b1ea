//! The front as a client meets it: signed by AWS's own signer, over HTTP.

mod admission;
mod directory;
mod echo;
mod signer;
mod verification;
