//! DynamoDB: tables and items from `rustack-dynamodb-core`, behind an adapter.
//!
//! In: the operations of DynamoDB's JSON protocol. Out: the same, as AWS answers them. The adapter says which accesses an
//! operation needs, guards the store's parser with AWS's limits, and puts right what the store has otherwise: ARNs,
//! statuses, reserved words, projections of indexes, numbers, consumed capacity, table updates. One store for each
//! account and region.

mod access;
mod capacity;
mod changes;
mod contents;
mod coverage;
mod definition;
mod engine;
mod expiry;
mod expression;
mod fault;
mod index_query;
mod kept;
mod keys;
mod members;
mod operation;
mod request;
mod service;
mod shelf;
mod store;
mod stream_service;
mod streams;
mod value;

#[cfg(test)]
mod tests;

pub use coverage::coverage;
pub use service::DynamoDb;
