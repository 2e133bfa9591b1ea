use std::sync::Arc;

use jiff::Timestamp;

use super::{AccountId, ServiceError};
use crate::policy::{Context, Policy, Principal};

/// What the front needs to know of an access key to verify a signature.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    pub account: AccountId,
    pub principal: Principal,
    pub secret: String,
    /// The token that requests with this key must carry; `None` for a long-term key.
    pub session_token: Option<String>,
    pub expires: Option<Timestamp>,
    /// False for a key that was deactivated.
    pub active: bool,
}

/// The policies that bind a principal by itself. Each with its name, as shown in a trace: the ARN of a managed policy, or the name of an inline one.
#[derive(Debug, Clone, Default)]
pub struct IdentityPolicies {
    pub identity: Vec<(String, Arc<Policy>)>,
    pub boundary: Option<(String, Arc<Policy>)>,
    /// Session policies: when there are any, one of them must allow.
    pub session: Vec<(String, Arc<Policy>)>,
}

/// Keys of a role session.
#[derive(Clone)]
pub struct TemporaryCredentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    pub expires: Timestamp,
    /// The session, as a principal.
    pub principal: Principal,
}

impl std::fmt::Debug for TemporaryCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemporaryCredentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Who there is: keys, principals and their policies. IAM is the one that knows.
pub trait Directory: Send + Sync {
    /// Returns what is known of an access key that this sandbox issued.
    fn key(&self, access_key_id: &str) -> Option<KeyRecord>;

    /// Returns a principal's policies as they are now. `access_key_id` is the key that signed: the policies of a session
    /// are its own, even where another one of the same name is limited otherwise.
    fn policies(&self, principal: &Principal, access_key_id: Option<&str>) -> IdentityPolicies;

    /// Returns the condition keys that a principal's identity and credentials bring along: its tags
    /// (`aws:PrincipalTag/...`), when its session began, its source identity.
    fn principal_keys(&self, _principal: &Principal, _access_key_id: Option<&str>) -> Context {
        Context::new()
    }

    /// Whether who a principal was made from is still there; one of the same name that was made later is another one.
    fn is_current(&self, _principal: &Principal) -> bool {
        true
    }

    /// Whether a role exists.
    fn role_exists(&self, role_arn: &str) -> bool;

    /// Gives a service (`lambda.amazonaws.com`) a session of a role, if the role's trust policy lets it; else
    /// `AccessDenied` in STS's words.
    fn assume_for_service(
        &self,
        role_arn: &str,
        service: &str,
        session_name: &str,
    ) -> Result<TemporaryCredentials, ServiceError>;

    /// Gives Lambda a session of a function's role, for the function's own calls.
    fn assume_for_function(
        &self,
        role_arn: &str,
        function_arn: &str,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let name = function_arn.rsplit(':').next().unwrap_or(function_arn);
        self.assume_for_service(role_arn, "lambda.amazonaws.com", name)
    }

    /// Makes an account with an administrator, and returns a long-term key of it. In an account that is there, adds a key.
    fn open_account(&self, account: &AccountId) -> KeyRecordWithId;

    /// Whether a principal is an administrator that [`open_account`](Self::open_account) made.
    fn is_administrator(&self, _principal: &Principal) -> bool {
        false
    }

    /// Whether temporary credentials were given to a service, such as those of a function.
    fn is_for_service(&self, _access_key_id: &str) -> bool {
        false
    }

    /// Takes from the services the sessions that they have, so that a function that runs on has none.
    fn retire_service_sessions(&self) {}

    /// Notes when a key was used, for `GetAccessKeyLastUsed`.
    fn used(&self, access_key_id: &str, service: &str, region: &str);
}

/// A key that was just made.
#[derive(Debug, Clone)]
pub struct KeyRecordWithId {
    pub access_key_id: String,
    pub record: KeyRecord,
}
