use serde::{Deserialize, Serialize};

use super::{Trouble, TroubleKind};

/// What a target's audit log said when the account was graded, or why it could not be read: never empty in place of unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audit {
    Read(AuditLog),
    Unavailable(Trouble),
}

/// The calls that an account made, as a target with an audit log tells them: who did what to which resource,
/// when, and which statement let it happen. What was sent and answered is not in it, hence no secret either.
///
/// The calls from before the grade come first and those that came after it began follow, each oldest first. What the
/// grader itself read with its own key is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditLog {
    #[serde(rename = "entries")]
    pub calls: Vec<AuditCall>,
    /// Whether every call of the account is in it, those on data too. AWS's own log has none of those, shows a call after up to
    /// a quarter of an hour, and is read in part where it is long: nothing follows there from a call that is not in it.
    #[serde(default)]
    pub complete: bool,
    /// The position in `calls` of the first one that came after the grade began: what its probes brought about.
    #[serde(default)]
    pub graded_from: usize,
}

/// One call. A target may tell more of it, which is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditCall {
    /// Names the call in its log.
    #[serde(default, rename = "requestId")]
    pub id: String,
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

impl Audit {
    /// Returns what stands in the evidence of a grade from before audit logs were read.
    pub fn not_kept() -> Self {
        let message = "this evidence was taken without the audit log".to_owned();
        Self::Unavailable(Trouble { kind: TroubleKind::Unsupported, message })
    }

    /// Whether it stands in evidence that was taken without a log: there it is not written, so that the digest stays what it was.
    pub fn is_not_kept(&self) -> bool {
        *self == Self::not_kept()
    }

    /// Returns the log, or why there is none.
    pub fn log(&self) -> Result<&AuditLog, &Trouble> {
        match self {
            Self::Read(log) => Ok(log),
            Self::Unavailable(trouble) => Err(trouble),
        }
    }
}

impl AuditCall {
    pub fn is_denied(&self) -> bool {
        self.outcome == "denied"
    }
}

impl AuditLog {
    /// Returns the calls from before the grade: what the candidate, and what stands in the account, did.
    pub fn before_grade(&self) -> &[AuditCall] {
        &self.calls[..self.graded_from.min(self.calls.len())]
    }

    /// Returns the calls that came after the grade began: what its probes brought about.
    pub fn during_grade(&self) -> &[AuditCall] {
        &self.calls[self.graded_from.min(self.calls.len())..]
    }

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

    #[test]
    fn the_calls_of_the_grade_are_told_from_those_before() {
        let call = |operation: &str| AuditCall {
            id: operation.to_owned(),
            time: "2026-11-22T10:00:00Z".to_owned(),
            caller: None,
            access_key_id: None,
            invoked_by: None,
            service: "dynamodb".to_owned(),
            operation: operation.to_owned(),
            read_only: true,
            resources: vec![],
            outcome: if operation == "PutItem" { "denied" } else { "allowed" }.to_owned(),
            allowed_by: vec![],
            error_code: None,
        };
        let calls = vec![call("PutItem"), call("GetItem")];
        let mut log = AuditLog { calls, complete: true, graded_from: 1 };
        assert!(log.before_grade()[0].is_denied());
        assert!(!log.during_grade().iter().any(AuditCall::is_denied));
        log.graded_from = 7;
        assert_eq!((log.before_grade().len(), log.during_grade().len()), (2, 0));
        let kept = serde_json::to_string(&Audit::Read(log.clone())).unwrap();
        assert_eq!(serde_json::from_str::<Audit>(&kept).unwrap().log(), Ok(&log));
        assert!(Audit::not_kept().log().is_err());
    }
}
