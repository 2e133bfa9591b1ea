//! Deployed APIs over HTTP, as their callers meet them: what a mistake looks like, and what must work.

mod backends;
mod complaints;
mod documents;
mod echo;
mod http_apis;
mod logs;
mod symptoms;
mod tokens;
mod world;
