//! AWS::ApiGatewayV2: HTTP APIs and their parts.

mod api;
mod api_survey;
mod authorizer;
mod cors;
mod definition;
mod deployment;
mod integration;
mod parts_survey;
mod route;
mod served;
mod stage;

pub(super) use api::Api;
pub(super) use authorizer::Authorizer;
pub(super) use deployment::Deployment;
pub(super) use integration::Integration;
pub(super) use route::Route;
pub(super) use stage::Stage;
