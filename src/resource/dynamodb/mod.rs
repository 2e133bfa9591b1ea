//! AWS::DynamoDB: tables.

mod indexes;
mod table;
mod table_survey;

pub(super) use table::Table;
