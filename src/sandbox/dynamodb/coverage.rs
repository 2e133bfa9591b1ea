use super::operation::COVERED;
use crate::sandbox::coverage::Coverage;

/// What of DynamoDB is covered: whatever the table of operations has.
pub fn coverage() -> Coverage {
    Coverage::of("dynamodb", "DynamoDB")
        .summed_up(
            "tables, indexes, items, queries, transactions, time to live, streams",
            "PartiQL, backups, global tables, export and import",
        )
        .covers(COVERED.iter().map(|entry| entry.name))
}
