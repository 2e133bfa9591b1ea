//! AWS::ApiGateway: REST APIs and their parts.

mod account;
mod api_key;
mod authorizer;
mod busy;
mod definition;
mod deployment;
mod export;
mod gateway_response;
mod integration;
mod method;
mod method_shape;
mod model;
mod patch;
mod request_validator;
mod resource;
mod rest_api;
mod rest_api_survey;
mod stage;
mod usage_plan;
mod usage_plan_key;
mod usage_plan_survey;

pub(super) use account::Account;
pub(super) use api_key::ApiKey;
pub(super) use authorizer::Authorizer;
pub(super) use definition::{BODY, BODY_LOCATION, body as definition_body};
pub(super) use deployment::Deployment;
pub(super) use gateway_response::GatewayResponse;
pub(super) use method::Method;
pub(super) use model::Model;
pub(super) use request_validator::RequestValidator;
pub(super) use resource::Resource;
pub(super) use rest_api::RestApi;
pub(super) use stage::Stage;
pub(super) use usage_plan::UsagePlan;
pub(super) use usage_plan_key::UsagePlanKey;
