use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;

use super::{AccountId, Request, Response, ServiceError};
use crate::policy::{Context, Policy, Principal};

/// The future that a service answers with.
pub type Future<'a, T> = Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// How a service's requests and errors look on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Form-encoded `Action=...`, XML answers: IAM, STS.
    Query,
    /// Method and path name the operation, JSON bodies: Lambda, API Gateway.
    RestJson,
    /// `X-Amz-Target` names the operation, JSON 1.0 bodies: DynamoDB.
    Json10,
    /// `X-Amz-Target` names the operation, JSON 1.1 bodies: CloudWatch Logs.
    Json11,
    /// Method and path name the operation, XML bodies: S3.
    RestXml,
}

/// Whose resources, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, PartialOrd, Ord)]
pub struct Scope {
    pub account: AccountId,
    pub region: String,
}

/// Who made a call, as the front established it.
#[derive(Debug, Clone)]
pub struct Caller {
    pub principal: Principal,
    /// The access key that signed; `None` for a service that acts for itself.
    pub access_key_id: Option<String>,
}

/// One thing that a call needs to be allowed to do. A call with several is allowed when all of them are.
#[derive(Debug, Clone)]
pub struct Access {
    /// For example `lambda:UpdateFunctionCode`.
    pub action: String,
    /// The resource's ARN, or `*` for an action that has none.
    pub resource: String,
    /// Keys that this access adds, for example `iam:PassedToService`; the front adds the global ones.
    pub context: Context,
    /// The policy on the resource itself, if it has one.
    pub resource_policy: Option<Arc<Policy>>,
    /// The account that owns the resource; `None` means the caller's.
    pub owner: Option<AccountId>,
}

impl Access {
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            context: Context::new(),
            resource_policy: None,
            owner: None,
        }
    }
}

/// What a request asks for, as its service resolved it. Nothing has happened yet.
#[derive(Debug)]
pub struct Operation {
    /// AWS's name, for example `UpdateFunctionCode`: it stands in the audit log.
    pub name: String,
    /// What the caller must be allowed to do; empty for operations that anybody may call (`GetCallerIdentity`).
    pub accesses: Vec<Access>,
    /// Whether it changes anything, for the audit log's `readOnly`.
    pub mutates: bool,
    /// The parsed parameters, for the service's own `handle`.
    pub input: Box<dyn Any + Send + Sync>,
}

/// A request that has been verified and allowed.
#[derive(Debug)]
pub struct Call {
    pub request: Request,
    pub scope: Scope,
    pub caller: Caller,
    pub operation: Operation,
}

/// An AWS service behind the front.
pub trait Service: Send + Sync {
    /// The name in the signature's credential scope, for example `lambda`, `apigateway`, `logs`, `iam`.
    fn signing_name(&self) -> &'static str;

    fn protocol(&self) -> Protocol;

    /// Whether a request with this signing name is for this service: API Gateway's two versions share one name. The
    /// first service that takes it has it.
    fn takes(&self, _request: &Request) -> bool {
        true
    }

    /// Says which operation a request is and what it needs, without any effect. The scope's account is the caller's.
    /// AWS validates some parameters before it authorises and some after; what a service finds wrong here is answered
    /// before the policies are asked.
    fn resolve(&self, request: &Request, scope: &Scope) -> Result<Operation, ServiceError>;

    /// Carries out a call that was allowed.
    fn handle(&self, call: Call) -> Future<'_, Result<Response, ServiceError>>;

    /// Gives an error the service's own shape; `None` leaves it to the protocol's usual one.
    fn render_error(&self, _error: &ServiceError, _request: &Request) -> Option<Response> {
        None
    }

    /// Says whose resources a request without any signature is for, where this service takes such (a bucket, by its
    /// policy); the caller is then anonymous.
    fn anonymous(&self, _request: &Request) -> Option<Scope> {
        None
    }

    /// Forgets everything that belongs to an account, or to all accounts.
    fn reset(&self, account: Option<&AccountId>);
}

/// A data plane: requests that do not carry an AWS operation, such as those to a deployed API or a function URL.
/// The front asks the entrances before it looks for a signature.
pub trait Entrance: Send + Sync {
    /// Whether the request is for this entrance, by its host or its path.
    fn claims(&self, request: &Request) -> bool;

    fn serve(&self, request: Request) -> Future<'_, Response>;
}
