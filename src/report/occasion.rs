use jiff::Timestamp;

/// Of whom a grade is, and of when: what statements to other systems say beyond the scorecard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// The candidate's name in the system that keeps accounts: for LTI, the launch's `sub`.
    pub candidate: String,
    /// The address of that system.
    pub home: String,
    /// A UUID that names the grade; a statement that is sent twice is one statement.
    pub id: String,
    pub started: Timestamp,
    pub ended: Timestamp,
}
