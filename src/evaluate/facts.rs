use std::collections::BTreeMap;

use crate::evidence::{Answers, Audit, Evidence, Inspection, Transcript};
use crate::matcher::Values;

/// What a check is judged by: evidence, or as much of it as there is while a grade goes on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What `{{ name }}` stands for in every check; what one drew and captured for itself stands in its transcript.
    pub variables: &'a Values,
    pub inspection: &'a Inspection,
    /// What stood when the candidate began.
    pub before: Option<&'a Inspection>,
    /// By `task/check`, and `task/check/1` for the members of a group.
    pub transcripts: &'a BTreeMap<String, Transcript>,
    pub answers: &'a Answers,
    /// `None` while it is still to be read.
    pub audit: Option<&'a Audit>,
}

impl<'a> Facts<'a> {
    pub fn of(evidence: &'a Evidence) -> Self {
        Self {
            variables: &evidence.variables,
            inspection: &evidence.inspection,
            before: evidence.before.as_ref(),
            transcripts: &evidence.transcripts,
            answers: &evidence.answers,
            audit: Some(&evidence.audit),
        }
    }
}
