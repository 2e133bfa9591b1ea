//! The embedded sandbox: AWS over HTTP, on one port, with real code, real signatures and real policies.
//!
//! A request comes in at the `front`: it is parsed, its signature verified, its operation resolved by the service that
//! it is for, its accesses decided by the authority, its outcome written to the audit log.
//! Only then does the service see it. One place decides; a service cannot be reached around it.
//!
//! Knows the leaves only (`context text source policy template aws resource provision`), nothing of grading: the grader meets the sandbox as it
//! meets any cloud, over HTTP.

mod account;
mod activity;
mod admin;
pub mod apigateway;
pub mod apigatewayv2;
pub mod audit;
pub mod authority;
mod chunked;
mod clock;
pub mod cloudformation;
pub mod cognito;
mod composition;
mod cors;
pub mod coverage;
mod directory;
mod dispatch;
pub mod dynamodb;
mod error;
mod event_source;
pub mod events;
pub mod front;
mod function_url;
pub mod iam;
mod invoker;
pub mod jwt;
pub mod keeping;
pub mod lambda;
pub mod logs;
mod message;
mod pattern;
mod own;
pub mod query;
pub mod s3;
mod server;
mod service;
pub mod sns;
pub mod sqs;
mod standing;
pub mod states;
pub mod sts;

pub use account::AccountId;
pub use activity::{Activity, Poller, Rest, Working};
pub use authority::{Authority, acting_for, source_keys};
pub use clock::SandboxClock;
pub use cors::Cors;
pub use directory::{Directory, IdentityPolicies, KeyRecord, KeyRecordWithId, TemporaryCredentials};
pub use dispatch::{Dispatch, Switchboard};
pub use error::ServiceError;
pub use event_source::{EventSource, MessageSink, ObjectReader, ObjectWriter, Parcel, Position, SourceBatch};
pub use function_url::{FunctionUrl, FunctionUrls, StreamedOutcome, UrlAuth, UrlMode};
pub use invoker::{Invocation, InvocationOutcome, InvocationType, Invoker, LogSink};
pub use message::{HeaderNames, Request, Response};
pub use pattern::EventPattern;
pub use server::{Options, Running, Sandbox, StartError};
pub use service::{Access, Call, Caller, Entrance, Future, Operation, Protocol, Scope, Service};
pub use standing::Standing;
