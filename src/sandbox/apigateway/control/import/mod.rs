//! API definitions: OpenAPI 3 and 2, JSON or YAML, with the `x-amazon-apigateway-*` extensions.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html>

mod base_path;
mod document;
mod integration;
mod methods;
mod operations;
mod schemas;
mod security;
mod settings;

pub(super) use document::Document;
pub(super) use operations::{import, put};
