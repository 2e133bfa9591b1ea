//! One engine for every PATCH: operations are read and checked against the table of the resource type, applied to the
//! resource's wire shape, and the result is read back into its type.
//!
//! The tables follow <https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html>. A path or an operation
//! that a table does not hold is AWS's `BadRequestException`, never a silent success.

mod engine;
mod operation;
mod pointer;
mod table;
mod tables;

pub(super) use engine::apply;
pub(super) use operation::{PatchOperation, read};
pub(super) use tables::{
    ACCOUNT, API_KEY, AUTHORIZER, BASE_PATH_MAPPING, CLIENT_CERTIFICATE, DEPLOYMENT, DOCUMENTATION_PART,
    DOCUMENTATION_VERSION, DOMAIN_NAME, GATEWAY_RESPONSE, INTEGRATION, INTEGRATION_RESPONSE, METHOD,
    METHOD_RESPONSE, MODEL, REQUEST_VALIDATOR, RESOURCE, REST_API, STAGE, USAGE_PLAN, VPC_LINK,
};
