use serde::{Deserialize, Serialize};

/// Who asks. One variant for each kind of caller that a policy can tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Principal {
    /// No credentials at all.
    Anonymous,
    /// The account's root user: no identity policy binds it.
    Root { account: String },
    /// An IAM user. `path` begins and ends with `/`; `id` is the unique id (`AIDA...`).
    User { account: String, path: String, name: String, id: String },
    /// A session of a role. `path` is the role's, `id` its unique id (`AROA...`).
    Session { account: String, path: String, role: String, id: String, session: String },
    /// Somebody that a user vouches for, with a federation token.
    Federated { account: String, name: String },
    /// Somebody that an identity provider vouches for, by the provider's ARN; it can do nothing but assume a role.
    WebIdentity { provider: String },
    /// A service that acts for itself, such as `apigateway.amazonaws.com`.
    Service { name: String },
}

impl Principal {
    /// Returns the ARN as `GetCallerIdentity` prints it: for a session the `assumed-role` ARN, without the role's path.
    pub fn arn(&self) -> Option<String> {
        match self {
            Self::Anonymous | Self::WebIdentity { .. } | Self::Service { .. } => None,
            Self::Root { account } => Some(format!("arn:aws:iam::{account}:root")),
            Self::User { account, path, name, .. } => {
                Some(format!("arn:aws:iam::{account}:user{path}{name}"))
            }
            Self::Session { account, role, session, .. } => {
                Some(format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"))
            }
            Self::Federated { account, name } => {
                Some(format!("arn:aws:sts::{account}:federated-user/{name}"))
            }
        }
    }

    /// Returns the ARN of the role that a session was made from.
    pub fn role_arn(&self) -> Option<String> {
        match self {
            Self::Session { account, path, role, .. } => {
                Some(format!("arn:aws:iam::{account}:role{path}{role}"))
            }
            _ => None,
        }
    }

    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Anonymous | Self::WebIdentity { .. } | Self::Service { .. } => None,
            Self::Root { account }
            | Self::User { account, .. }
            | Self::Session { account, .. }
            | Self::Federated { account, .. } => Some(account),
        }
    }

    /// Returns `aws:userid`, as `GetCallerIdentity` prints it.
    pub fn user_id(&self) -> Option<String> {
        match self {
            Self::Anonymous | Self::WebIdentity { .. } | Self::Service { .. } => None,
            Self::Root { account } => Some(account.clone()),
            Self::User { id, .. } => Some(id.clone()),
            Self::Session { id, session, .. } => Some(format!("{id}:{session}")),
            Self::Federated { account, name } => Some(format!("{account}:{name}")),
        }
    }
}
