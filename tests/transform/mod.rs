//! SAM templates: what the transform makes of them, held against AWS's own translator; and what cannot be carried out.

mod agreement;
mod change;
mod refusal;
mod standing;
