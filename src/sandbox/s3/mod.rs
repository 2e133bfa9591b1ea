//! S3: buckets and objects as labs use them, over its XML protocol.
//!
//! In: requests in path style and virtual-host style, signed, presigned, or unsigned where a bucket policy lets anybody in;
//! bodies plain or in the SDKs' signed chunks with trailing checksums. Out: answers and errors in S3's words. Bucket names
//! are one namespace over all accounts, as on AWS.

mod access;
mod address;
mod buckets;
mod checksum;
mod chunks;
mod conditions;
mod configuration;
mod copy;
mod cors;
mod coverage;
mod delete;
mod fault;
mod headers;
mod kept;
mod listing;
mod multipart;
mod notify;
mod objects;
mod operation;
mod reader;
mod service;
mod state;
mod tags;
mod writer;
mod xml;

#[cfg(test)]
mod tests;

pub use coverage::coverage;
pub use service::S3;
