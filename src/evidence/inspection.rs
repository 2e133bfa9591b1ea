use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What stands in an account and region, read through the AWS APIs, independent of any rubric.
///
/// What checks find in a resource beside its `properties`, which are in CloudFormation's shape:
///
/// * `AWS::ApiGateway::Stage`, `AWS::ApiGatewayV2::Stage`: `attributes.live.routes` is what the deployment that the stage serves does, one entry a method:
///   `{method, path, integration: {type, uri, httpMethod, ...}, function, authorization, apiKeyRequired}`. `function` is the key of
///   the function that the integration invokes, or null. `attributes.live.source` is `deployment`, or `draft` where the target
///   does not tell and the routes are those of the API as it is now. The stage has a link [`LinkKind::PartOf`] to its API, and a link
///   [`LinkKind::LiveInvokes`] to each such function.
/// * `AWS::IAM::Role`: `attributes.policies` is every policy that is attached, resolved: `{name, source, document}`, where `source` is
///   `inline` or `managed` and `document` the policy as JSON (its default version). `attributes.boundary` is null or
///   `{arn, document}`. `attributes.RoleId` is the unique id. A policy that could not be read is a gap of the role's key.
///
/// A gap names the type, `AWS::Lambda::Function`, when resources could not be listed, and the resource's key when a part of it
/// could not be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    pub account: String,
    pub region: String,
    pub resources: Vec<Resource>,
    pub links: Vec<Link>,
    /// What could not be read. A check that needs it is undetermined.
    pub gaps: Vec<Gap>,
    /// What the target does otherwise than AWS, and verdicts may hang on, in words. A check that hangs on it is undetermined.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lacks: BTreeMap<Aspect, String>,
}

/// Something that AWS does and not every target does as AWS does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Functions run.
    Functions,
    /// REST APIs answer.
    RestApis,
    /// HTTP APIs answer.
    HttpApis,
    /// URLs of functions answer.
    FunctionUrls,
    /// What a function calls is decided by its execution role.
    Roles,
    /// An API invokes only functions whose resource policy lets it.
    InvokePermissions,
    /// Authorizers, API keys and signatures are asked for where a route says so.
    Authorizers,
    /// A stage serves its deployment, and not the API as it is now.
    Deployments,
    /// What functions write stands in their logs.
    Logs,
    /// A function's log is written with the rights of its role.
    LogRights,
    /// What an API answers 5xx is its function's doing, or that of how it was put together, and no trouble of the target's own.
    Breakdowns,
}

/// One resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Unique in the inspection: `AWS::Lambda::Function/get-order`. Parts below a parent carry its id: `AWS::ApiGateway::Method/a1b2c3/x9y8z7/GET`.
    pub key: String,
    /// CloudFormation's type name.
    #[serde(rename = "type")]
    pub kind: String,
    /// Physical id: what `Ref` returns.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Logical id in the stack, if it was provisioned and still bears the tag `proofmark:logical-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logical_id: Option<String>,
    /// In CloudFormation property shape; references are physical ids and ARNs.
    pub properties: Value,
    /// What the APIs say beyond the properties: state, code digest, resolved policies, live deployment.
    #[serde(default)]
    pub attributes: Value,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A directed edge of the resource graph, between resource keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    pub from: String,
    pub to: String,
    pub kind: LinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// Function, state machine → its execution role.
    ExecutionRole,
    /// Method, route, integration, authorizer → the function that it invokes; mapping, URL → the function that it calls.
    Invokes,
    /// Stage → the function that the live deployment invokes for a route; the route stands in the stage's attributes.
    LiveInvokes,
    /// Part → whole: method → resource → API, stage → API, alias → function, subscription → topic, rule → bus.
    PartOf,
    /// Function → table, queue, topic, bucket, other resource that its environment names; function → layer; usage plan → key.
    Uses,
    /// Function → its log group.
    LogsTo,
    /// Stage → deployment.
    Serves,
    /// Mapping → the queue, or the table whose stream, it reads.
    ReadsFrom,
    /// Subscription, rule, bucket, function → what it sends messages or events to.
    Delivers,
    /// Queue, function, mapping, subscription, rule → where its failures go.
    DeadLetters,
    /// Usage plan → a stage that its callers may call.
    Limits,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Type name and, where known, id: `AWS::Lambda::Function/get-order`.
    pub what: String,
    /// The API operation that failed, for example `lambda:GetPolicy`.
    pub operation: String,
    pub trouble: Trouble,
}

/// Why something could not be looked at: our trouble, never the candidate's fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trouble {
    pub kind: TroubleKind,
    /// AWS's error code and message, or the transport's.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TroubleKind {
    Denied,
    Throttled,
    /// The endpoint did not answer, or not as AWS does.
    Unreachable,
    /// The target cannot represent what the check asks for.
    Unsupported,
    /// A fault of ours.
    Internal,
}

/// The operation of a gap that no call made.
const LEFT_OUT: &str = "left out";

impl Gap {
    /// A type that the target is known not to have, and why.
    pub fn left_out(kind: &str, why: &str) -> Self {
        let trouble = Trouble { kind: TroubleKind::Unsupported, message: why.to_owned() };
        Self { what: kind.to_owned(), operation: LEFT_OUT.to_owned(), trouble }
    }
}

impl Inspection {
    /// Whether a 5xx says nothing by itself here: the target has troubles of its own, or lacks what a function may have called.
    pub fn may_break_down_itself(&self) -> bool {
        self.lacks.contains_key(&Aspect::Breakdowns) || self.not_to_be_called().is_some()
    }

    /// Returns a type that functions call and the target does not have, as the gap that says so.
    pub fn not_to_be_called(&self) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.operation == LEFT_OUT && !gap.what.starts_with("AWS::ApiGateway"))
    }

    /// Returns a resource by its key.
    pub fn get(&self, key: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.key == key)
    }

    /// Returns the resources of a type.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    /// Returns what `key` links to by `kind`.
    pub fn linked<'a>(&'a self, key: &'a str, kind: LinkKind) -> impl Iterator<Item = &'a Resource> {
        let links = self.links.iter().filter(move |link| link.from == key && link.kind == kind);
        links.filter_map(|link| self.get(&link.to))
    }
}
