/// A grade that is over with the first check that fails: for whoever wants to know whether anything is wrong, and not what all.
///
/// What was not tried by then is undetermined.
#[derive(Debug, Clone, Default)]
pub struct Hunt {
    /// Checks as `task/check` that are likely to find it, the likeliest first.
    pub first: Vec<String>,
}
