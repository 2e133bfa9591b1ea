//! CloudFormation and SAM templates: parse (YAML short tags too), overlay, expand, resolve, order by dependency. Pure.
//!
//! In: the text of a template. Out: a [`Template`] whose document is plain JSON with intrinsics in their long form
//! (`{"Ref": ...}`, `{"Fn::GetAtt": [...]}`), and the place of every node for messages. How a stack is made of it:
//!
//! ```text
//! let template = Template::parse("scenario/template.yaml", text)?;     every problem at once, with its place
//! let template = template.expanded(&parameters)?;                       SAM's transform carried out, where it is named
//! let scope = Scope::new(&template, &pseudo, &parameters)?;            parameters checked, conditions evaluated
//! let template = template.under(&scope);                               what conditions leave out is gone
//! for level in graph(&template)? { ... }                               each level can be made in parallel
//! let properties = resolve(resource.properties, &scope, &answers)?;    answers: what Ref and GetAtt give so far
//! let outputs = outputs(&template, &scope, &answers)?;
//! ```
//!
//! The language: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-guide.html>.

mod check;
mod condition;
mod document;
mod graph;
mod intrinsic;
mod merge;
mod overlay;
mod parameter;
mod places;
mod pointer;
mod read;
mod reference;
mod resolve;
mod sam;
mod scope;
mod substitution;
mod vocabulary;
#[cfg(test)]
mod tests;

pub use document::{Resource, Template};
pub use graph::graph;
pub use overlay::Overlay;
pub use places::Places;
pub use resolve::{Answer, Answers, Problem, ResolveError, outputs, resolve};
pub use scope::{PseudoParameters, Scope};
pub use vocabulary::{Serverless, Vocabulary, vocabulary};
