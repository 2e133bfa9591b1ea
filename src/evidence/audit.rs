use serde::{Deserialize, Serialize};

/// The calls that an account made, oldest first, as a target with an audit log tells them: who did what to which resource,
/// when, and which statement let it happen. What was sent and answered is not in it, hence no secret either.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    #[serde(rename = "entries")]
    pub calls: Vec<AuditCall>,
}

/// One call. A target may tell more of it, which is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditCall {
    /// RFC 3339.
    pub time: String,
    /// ARN of the principal; a service has none, nor has a request whose signature did not count.
    pub caller: Option<String>,
    pub access_key_id: Option<String>,
    /// The service that called, for itself or for the caller.
    #[serde(default)]
    pub invoked_by: Option<String>,
    /// Signing name of the service that was called.
    pub service: String,
    /// AWS's name of the operation; empty where a refused request did not get so far.
    pub operation: String,
    pub read_only: bool,
    pub resources: Vec<String>,
    /// `allowed`, `denied` or `failed`.
    pub outcome: String,
    pub allowed_by: Vec<AuditStatement>,
    pub error_code: Option<String>,
}

/// A statement that allowed a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditStatement {
    pub policy: String,
    /// `identity`, `resource`, `boundary` or `session`.
    pub kind: String,
    /// Position in its policy, from 0.
    pub statement: usize,
    pub sid: Option<String>,
}

impl AuditLog {
    /// Reads what a target's audit log answers; fails where that is no such log.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Returns the calls of one operation, by whomever.
    pub fn of<'a>(&'a self, service: &'a str, operation: &'a str) -> impl Iterator<Item = &'a AuditCall> {
        self.calls.iter().filter(move |call| call.service == service && call.operation == operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_and_asked() {
        let text = r#"{"account": "111122223333", "entries": [{
            "time": "2026-11-22T10:00:00Z", "requestId": "1", "account": "111122223333", "region": "us-east-1",
            "caller": "arn:aws:iam::111122223333:user/ada", "accessKeyId": "AKIA", "sourceIp": "127.0.0.1", "userAgent": "cli",
            "invokedBy": null, "service": "iam", "operation": "CreateRole", "readOnly": false,
            "resources": ["arn:aws:iam::111122223333:role/app"], "outcome": "allowed",
            "allowedBy": [{"policy": "own", "kind": "identity", "statement": 0, "sid": null}],
            "errorCode": null, "errorMessage": null}]}"#;
        let log = AuditLog::parse(text).unwrap();
        let made: Vec<_> = log.of("iam", "CreateRole").collect();
        assert_eq!((made.len(), made[0].allowed_by[0].policy.as_str()), (1, "own"));
        assert_eq!(log.of("iam", "DeleteRole").count(), 0);
        assert!(AuditLog::parse("[]").is_err());
    }
}
