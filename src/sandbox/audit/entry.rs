use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::policy::{Matched, PolicySource, Principal};
use crate::sandbox::AccountId;

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Allowed,
    /// The caller may not do it.
    Denied,
    /// Refused for another reason: a bad signature, bad input, a missing resource.
    Failed,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// One call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    pub request_id: String,
    pub time: Timestamp,
    /// `None` when nobody could be identified.
    pub account: Option<AccountId>,
    pub region: String,
    pub principal: Option<Principal>,
    pub access_key_id: Option<String>,
    pub source_ip: String,
    pub user_agent: String,
    /// The service that made the call, for itself or for the principal; `None` for a call from outside.
    pub invoked_by: Option<String>,
    /// Signing name of the service.
    pub service: String,
    /// AWS's name; empty when the request was refused before its operation was known.
    pub operation: String,
    pub read_only: bool,
    /// ARNs of what the call needed access to.
    pub resources: Vec<String>,
    pub outcome: Outcome,
    /// The statements that allowed it.
    pub allowed_by: Vec<Matched>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

impl Entry {
    /// Whether the call was made by a service for itself or through the grader's keys is told by the principal alone,
    /// so this is the name that CloudTrail shows: a user's name, a session's name, `root`.
    pub(super) fn user_name(&self) -> Option<&str> {
        match self.principal.as_ref()? {
            Principal::User { name, .. }
            | Principal::Federated { name, .. }
            | Principal::Service { name } => Some(name),
            Principal::Session { session, .. } => Some(session),
            Principal::Root { .. } => Some("root"),
            Principal::WebIdentity { provider } => Some(provider),
            Principal::Anonymous => None,
        }
    }

    /// Shows the entry to the admin, in full.
    pub fn to_json(&self) -> Value {
        json!({
            "time": self.time.to_string(),
            "requestId": self.request_id,
            "account": self.account.as_ref().map(AccountId::as_str),
            "region": self.region,
            "caller": self.principal.as_ref().and_then(Principal::arn),
            "accessKeyId": self.access_key_id,
            "sourceIp": self.source_ip,
            "userAgent": self.user_agent,
            "invokedBy": self.invoked_by,
            "service": self.service,
            "operation": self.operation,
            "readOnly": self.read_only,
            "resources": self.resources,
            "outcome": self.outcome.as_str(),
            "allowedBy": self.statements(),
            "errorCode": self.error_code,
            "errorMessage": self.error_message,
        })
    }

    fn statements(&self) -> Vec<Value> {
        let statements = self.allowed_by.iter().map(|matched| {
            json!({
                "policy": matched.policy,
                "kind": source_name(matched.source),
                "statement": matched.statement,
                "sid": matched.sid,
            })
        });
        statements.collect()
    }

    /// Shows the entry as a CloudTrail record. What decided stands where AWS puts what was not part of request or response.
    ///
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
    pub(super) fn to_record(&self) -> Value {
        let mut identity = Map::new();
        let principal = self.principal.as_ref();
        let kind = match principal {
            None | Some(Principal::Anonymous) => "Unknown",
            Some(Principal::Root { .. }) => "Root",
            Some(Principal::User { .. }) => "IAMUser",
            Some(Principal::Session { .. }) => "AssumedRole",
            Some(Principal::Federated { .. }) => "FederatedUser",
            Some(Principal::WebIdentity { .. }) => "WebIdentityUser",
            Some(Principal::Service { .. }) => "AWSService",
        };
        identity.insert("type".into(), kind.into());
        for (key, value) in [
            ("principalId", principal.and_then(Principal::user_id)),
            ("arn", principal.and_then(Principal::arn)),
            ("accountId", self.account.as_ref().map(ToString::to_string)),
            ("accessKeyId", self.access_key_id.clone()),
        ] {
            if let Some(value) = value {
                identity.insert(key.into(), value.into());
            }
        }
        if let Some(Principal::User { name, .. }) = principal {
            identity.insert("userName".into(), name.as_str().into());
        }
        if let Some(Principal::Session { account, role, id, .. }) = principal {
            // Who gave out the session: its role.
            let issuer = json!({
                "type": "Role",
                "principalId": id,
                "arn": principal.and_then(Principal::role_arn),
                "accountId": account,
                "userName": role,
            });
            identity.insert("sessionContext".into(), json!({ "sessionIssuer": issuer }));
        }
        if let Some(service) = &self.invoked_by {
            identity.insert("invokedBy".into(), service.as_str().into());
        }
        let resources: Vec<Value> = self.resources.iter().map(|arn| json!({ "ARN": arn })).collect();
        let mut record = Map::new();
        record.insert("eventVersion".into(), "1.11".into());
        record.insert("userIdentity".into(), Value::Object(identity));
        record.insert("eventTime".into(), seconds(self.time).to_string().into());
        record.insert("eventSource".into(), self.event_source().into());
        record.insert("eventName".into(), self.operation.as_str().into());
        record.insert("awsRegion".into(), self.region.as_str().into());
        record.insert("sourceIPAddress".into(), self.source_ip.as_str().into());
        record.insert("userAgent".into(), self.user_agent.as_str().into());
        if let Some(code) = &self.error_code {
            record.insert("errorCode".into(), code.as_str().into());
        }
        if let Some(message) = &self.error_message {
            record.insert("errorMessage".into(), message.as_str().into());
        }
        // What was sent and answered is not kept: there is no telling what of it is secret.
        record.insert("requestParameters".into(), Value::Null);
        record.insert("responseElements".into(), Value::Null);
        let decided = json!({ "outcome": self.outcome.as_str(), "allowedBy": self.statements() });
        record.insert("additionalEventData".into(), decided);
        record.insert("requestID".into(), self.request_id.as_str().into());
        record.insert("eventID".into(), self.event_id().into());
        record.insert("readOnly".into(), self.read_only.into());
        record.insert("resources".into(), Value::Array(resources));
        record.insert("eventType".into(), "AwsApiCall".into());
        record.insert("managementEvent".into(), true.into());
        record.insert("recipientAccountId".into(), self.account.as_ref().map(ToString::to_string).into());
        record.insert("eventCategory".into(), "Management".into());
        Value::Object(record)
    }

    /// The request's id names its event too: there is one event a request.
    pub(super) fn event_id(&self) -> &str {
        &self.request_id
    }

    pub(super) fn event_source(&self) -> String {
        format!("{}.amazonaws.com", self.service)
    }
}

/// CloudTrail's times are whole seconds.
fn seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

fn source_name(source: PolicySource) -> &'static str {
    match source {
        PolicySource::Identity => "identity",
        PolicySource::Resource => "resource",
        PolicySource::Boundary => "boundary",
        PolicySource::Session => "session",
    }
}
