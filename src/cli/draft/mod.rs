//! Makes a challenge of somebody's own SAM or CloudFormation project, for `new --from`.
//!
//! In: the path of a template. [`Project`] is the template with the code that it names. What of it stands, once it is put up in a sandbox, are the
//! [`Findings`]: functions, their routes, what feeds them. Each becomes an [`Ask`]; a trial in worlds with one fault each says which of them
//! tell right from wrong; [`compose`] writes the files.

mod ask;
mod compose;
mod findings;
mod project;
mod trial;

use ask::Ask;
use compose::compose;
use findings::Findings;
pub(super) use project::Project;
pub(super) use trial::draft;
