use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::{Map as Object, Value, json};

use super::execution_log::ExecutionLog;
use crate::sandbox::apigateway::entity::{Frozen, Map, Method, Resource};
use crate::sandbox::{Caller, Scope};

/// One request on its way through a deployed API, with all that is known of it.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub scope: Scope,
    pub frozen: Frozen,
    pub api: String,
    pub stage: String,
    pub deployment: String,
    /// Whether the canary answers, on a stage that has one.
    pub is_canary: Option<bool>,
    /// Stage variables.
    pub variables: Map<String>,
    pub verb: String,
    /// Within the stage, still percent-encoded.
    pub path: String,
    /// The same with all slashes that were sent, and without the one that was not.
    pub sent: String,
    /// The base path of a custom domain name that the request came by; empty for the one without.
    pub base_path: Option<String>,
    pub resource: String,
    /// The key of the method in its resource.
    pub method: String,
    pub path_parameters: Map<String>,
    /// Decoded, in the order sent.
    pub query: Vec<(String, String)>,
    /// In the order sent, with what the gateway adds.
    pub headers: Vec<(String, String)>,
    pub body: bytes::Bytes,
    pub peer: IpAddr,
    pub source_ip: String,
    pub domain: String,
    pub request_id: String,
    pub extended_request_id: String,
    pub trace_id: String,
    pub received: Timestamp,
    /// How often the stage's authorizers were made to forget.
    pub flushes: u64,
    /// What an authorizer said: `principalId` and its context.
    pub authorizer: Object<String, Value>,
    /// Who signed the request, where the method asks for a signature.
    pub caller: Option<Caller>,
    /// Id and value of the API key that the request came with.
    pub api_key: Option<(String, String)>,
    pub log: ExecutionLog,
}

impl Exchange {
    /// Returns the resource and the method; the route that led here came from the same definition.
    pub(super) fn target(&self) -> Option<(&Resource, &Method)> {
        let resource = self.frozen.definition().resources.get(&self.resource)?;
        Some((resource, resource.resource_methods.get(&self.method)?))
    }

    /// Whether the request is a test of a method that may not be deployed.
    pub(super) fn is_test(&self) -> bool {
        self.deployment.is_empty()
    }

    /// The path as functions see it: with the base path of a custom domain name, without the stage.
    pub(super) fn event_path(&self) -> String {
        match self.base_path.as_deref() {
            Some(base) if !base.is_empty() => format!("/{base}{}", self.path),
            _ => self.path.clone(),
        }
    }

    /// `$context.path`: with the stage, unless a custom domain name hides it.
    fn context_path(&self) -> String {
        match self.base_path {
            Some(_) => self.event_path(),
            None if self.is_test() => self.path.clone(),
            // Recorded: of several slashes before the path, this keeps all and `event.path` one.
            None => format!("/{}{}", self.stage, self.sent),
        }
    }

    pub(super) fn resource_path(&self) -> &str {
        self.target().map_or("", |(resource, _)| &resource.path)
    }

    /// Returns a header's last value, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().rev().filter(|(there, _)| there.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }

    /// Returns a query parameter's last value.
    pub(super) fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(there, _)| there == name).map(|(_, value)| value.as_str())
    }

    /// The content type without its parameters; `application/json` when there is none, as AWS takes it.
    pub(super) fn content_type(&self) -> String {
        let whole = self.header("content-type").unwrap_or("application/json");
        whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// `$context`, and with nothing but what a proxy event shows, `requestContext`.
    pub(super) fn context(&self) -> Object<String, Value> {
        let time = self.received.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string();
        let mut context = object(json!({
            "accountId": self.scope.account.as_str(),
            "apiId": self.api,
            "deploymentId": self.deployment,
            "domainName": self.domain,
            "domainPrefix": self.domain.split('.').next(),
            "extendedRequestId": self.extended_request_id,
            "httpMethod": self.verb,
            "identity": self.identity(),
            "path": self.context_path(),
            "protocol": "HTTP/1.1",
            "requestId": self.request_id,
            "requestTime": time,
            "requestTimeEpoch": self.received.as_millisecond(),
            "resourceId": self.resource,
            "resourcePath": self.resource_path(),
            "stage": self.stage,
        }));
        if let Some(is_canary) = self.is_canary {
            context.insert("isCanaryRequest".to_owned(), json!(is_canary.to_string()));
        }
        if !self.authorizer.is_empty() {
            context.insert("authorizer".to_owned(), Value::Object(self.authorizer.clone()));
        }
        context
    }

    fn identity(&self) -> Value {
        let mut identity = json!({
            "accessKey": null,
            "accountId": null,
            "caller": null,
            "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null,
            "cognitoIdentityId": null,
            "cognitoIdentityPoolId": null,
            "principalOrgId": null,
            "sourceIp": self.source_ip,
            "user": null,
            "userAgent": self.header("user-agent"),
            "userArn": null,
        });
        if let Some(Caller { principal, access_key_id }) = &self.caller {
            identity["accessKey"] = json!(access_key_id);
            identity["accountId"] = json!(principal.account());
            identity["caller"] = json!(principal.user_id());
            identity["user"] = json!(principal.user_id());
            identity["userArn"] = json!(principal.arn());
        }
        if self.is_test() {
            identity["apiKeyId"] = json!("test-invoke-api-key-id");
            identity["apiKey"] = json!("test-invoke-api-key");
        }
        if let Some((id, value)) = &self.api_key {
            identity["apiKeyId"] = json!(id);
            identity["apiKey"] = json!(value);
        }
        identity
    }
}

fn object(value: Value) -> Object<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Object::new(),
    }
}

/// Groups values under their names: the last value of each, and all of them.
pub(super) fn grouped(
    pairs: &[(String, String)],
) -> (BTreeMap<String, String>, BTreeMap<String, Vec<String>>) {
    let mut last = BTreeMap::new();
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        last.insert(name.clone(), value.clone());
        all.entry(name.clone()).or_default().push(value.clone());
    }
    (last, all)
}
