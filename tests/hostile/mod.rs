//! Requests that no client of good will sends, over all services: the sandbox refuses each as AWS does, and stands.

mod flood;
mod mutation;
mod sample;
