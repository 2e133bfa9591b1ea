use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::service_credentials::ServiceCredential;
use super::signing_certificates::SigningCertificate;
use super::ssh_keys::SshKey;

/// The three kinds of identity that policies are attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Role,
}

impl Kind {
    /// As it stands in ARNs and error messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// As it stands in the names of operations and parameters.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Role => "Role",
        }
    }

    /// The parameter that names one.
    pub(super) fn parameter(self) -> &'static str {
        match self {
            Self::User => "UserName",
            Self::Group => "GroupName",
            Self::Role => "RoleName",
        }
    }

    /// How many characters all inline policies of one may have together.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    pub(super) fn inline_quota(self) -> usize {
        match self {
            Self::User => 2048,
            Self::Group => 5120,
            Self::Role => 10_240,
        }
    }
}

/// What users, groups and roles have in common. Times are in seconds since the epoch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) name: String,
    /// Begins and ends with `/`.
    pub(super) path: String,
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) tags: Vec<(String, String)>,
    pub(super) inline: IndexMap<String, Document>,
    /// ARNs of managed policies, in the order of their attachment.
    pub(super) attached: Vec<String>,
    /// ARN of the permissions boundary.
    pub(super) boundary: Option<String>,
}

/// A person or a program with keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct User {
    pub(super) identity: Identity,
    pub(super) keys: Vec<AccessKey>,
    pub(super) login: Option<Login>,
    /// Whether the sandbox made it, as an account's administrator.
    #[serde(default)]
    pub(super) opened: bool,
    #[serde(default)]
    pub(super) certificates: Vec<SigningCertificate>,
    #[serde(default)]
    pub(super) ssh_keys: Vec<SshKey>,
    #[serde(default)]
    pub(super) service_credentials: Vec<ServiceCredential>,
}

impl User {
    /// Makes a user without any credentials.
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            identity,
            keys: vec![],
            login: None,
            opened: false,
            certificates: vec![],
            ssh_keys: vec![],
            service_credentials: vec![],
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) identity: Identity,
    /// Names of users, in the order in which they were added.
    pub(super) members: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Role {
    pub(super) identity: Identity,
    pub(super) trust: Document,
    pub(super) description: Option<String>,
    /// In seconds.
    pub(super) max_session: i64,
    /// When and in which region a session of it was used.
    pub(super) last_used: Option<(i64, String)>,
    /// The service that alone may use and change it.
    pub(super) linked_service: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AccessKey {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) active: bool,
    pub(super) created: i64,
    pub(super) last_used: Option<LastUse>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LastUse {
    pub(super) at: i64,
    pub(super) service: String,
    pub(super) region: String,
}

/// A console password; the sandbox has no console, so the password itself is not kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) created: i64,
    pub(super) reset_required: bool,
}
