/// What it costs, beside the points that are not earned, when a check fails or a task does not earn all its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// The check's task earns nothing.
    Task,
    /// The result is a fail, whatever the score.
    Fail,
    /// All the points together are at most so much of the whole, in hundredths of a percent.
    Cap(u32),
}
