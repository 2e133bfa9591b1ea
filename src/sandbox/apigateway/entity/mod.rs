//! The plain types of API Gateway: stored, frozen in deployments, and written to the wire in the same shape.

#![allow(clippy::struct_field_names, reason = "members carry AWS's names")]

mod account;
mod api;
mod authorizer;
mod client_certificate;
mod deployment;
mod documentation;
mod domain;
mod epoch;
mod gateway_response;
mod integration;
mod key;
mod method;
mod resource;
mod rest_api;
mod schema;
mod stage;
mod usage_plan;

pub(super) use account::{Account, VpcLink};
pub(super) use api::{Api, Definition};
pub(super) use authorizer::Authorizer;
pub(super) use client_certificate::ClientCertificate;
pub(super) use deployment::{Deployment, Frozen};
pub(super) use documentation::{DocumentationPart, DocumentationVersion};
pub(super) use domain::{BasePathMapping, DomainName};
pub(super) use gateway_response::{GatewayResponse, RESPONSE_TYPES, default_status};
pub(super) use integration::{Integration, IntegrationResponse};
pub(super) use key::ApiKey;
pub(super) use method::{Method, MethodResponse};
pub(super) use resource::Resource;
pub(super) use rest_api::{EndpointConfiguration, RestApi};
pub(super) use schema::{Model, RequestValidator};
pub(super) use stage::{AccessLogSettings, CanarySettings, MethodSetting, Stage};
pub(super) use usage_plan::{ApiStage, Quota, UsagePlan};

/// A map that keeps the order in which its entries came.
pub(super) type Map<T> = indexmap::IndexMap<String, T>;
