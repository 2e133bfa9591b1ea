/// An operation that the adapter covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) mutates: bool,
    pub(super) needs: Needs,
}

/// What an operation must be allowed to do, by the shape of its request.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// The action of the operation's name, on `TableName`.
    Table,
    /// The same, on the index where one is named.
    Index,
    /// The same, on every table of `RequestItems`.
    EveryTable,
    /// The single-item actions of `TransactItems`, each on its table.
    EveryItem,
    /// The action of the operation's name, on `ResourceArn`.
    Arn,
    /// The action of the operation's name, on all tables.
    AllTables,
    /// The action of the operation's name, on `*`.
    Nothing,
}

const fn entry(name: &'static str, mutates: bool, needs: Needs) -> Entry {
    Entry { name, mutates, needs }
}

pub(super) const COVERED: [Entry; 24] = [
    entry("BatchGetItem", false, Needs::EveryTable),
    entry("BatchWriteItem", true, Needs::EveryTable),
    entry("CreateTable", true, Needs::Table),
    entry("DeleteItem", true, Needs::Table),
    entry("DeleteTable", true, Needs::Table),
    entry("DescribeContinuousBackups", false, Needs::Table),
    entry("DescribeEndpoints", false, Needs::Nothing),
    entry("DescribeLimits", false, Needs::Nothing),
    entry("DescribeTable", false, Needs::Table),
    entry("DescribeTimeToLive", false, Needs::Table),
    entry("GetItem", false, Needs::Table),
    entry("ListTables", false, Needs::AllTables),
    entry("ListTagsOfResource", false, Needs::Arn),
    entry("PutItem", true, Needs::Table),
    entry("Query", false, Needs::Index),
    entry("Scan", false, Needs::Index),
    entry("TagResource", true, Needs::Arn),
    entry("TransactGetItems", false, Needs::EveryItem),
    entry("TransactWriteItems", true, Needs::EveryItem),
    entry("UntagResource", true, Needs::Arn),
    entry("UpdateContinuousBackups", true, Needs::Table),
    entry("UpdateItem", true, Needs::Table),
    entry("UpdateTable", true, Needs::Table),
    entry("UpdateTimeToLive", true, Needs::Table),
];

pub(super) fn find(name: &str) -> Option<Entry> {
    COVERED.iter().find(|entry| entry.name == name).copied()
}
