use std::collections::BTreeSet;

/// How much of a rubric a grade tries. What is not tried is undetermined.
#[derive(Debug, Clone, Default)]
pub enum Extent {
    /// Every check.
    #[default]
    Whole,
    /// Until a check fails: for whoever wants to know whether anything is wrong, and not what all. These checks as `task/check` are likely to
    /// find it, the likeliest first.
    Hunt(Vec<String>),
    /// These checks as `task/check`, and what they need.
    Part(BTreeSet<String>),
}
