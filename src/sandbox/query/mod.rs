//! The Query protocol of IAM, STS and their like: a form goes in, XML comes out.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

mod answer;
mod parameters;

pub use answer::{Lists, answer, answer_to, wants_json};
pub use parameters::Parameters;
