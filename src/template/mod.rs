//! CloudFormation templates: parse (YAML short tags too), overlay, resolve, order by dependency. Pure.
//!
//! In: the text of a template. Out: a [`Template`] whose document is plain JSON with intrinsics in their long form
//! (`{"Ref": ...}`, `{"Fn::GetAtt": [...]}`), and the place of every node for messages.

mod document;

pub use document::Template;
