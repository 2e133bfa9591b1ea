//! Clouds as the AWS SDK meets them: endpoints, credentials, clients, and what an error means.
//!
//! In: an [`Endpoint`], as the AWS CLI's options, environment and profiles describe it. Out: [`Clients`] that share one HTTP
//! client, and a [`Failure`] with its [`ErrorClass`] for whatever goes wrong.

mod again;
mod assumed;
mod clients;
mod endpoint;
mod failure;
mod observer;
mod patience;

pub use assumed::Role;
pub use clients::Clients;
pub use endpoint::{Endpoint, Settings, Settling};
pub use failure::{ErrorClass, Failure, Found, Outcome};
pub use patience::{Patience, patiently};
