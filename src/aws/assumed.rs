use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

use super::{Clients, Endpoint, ErrorClass, Failure, Outcome as _};

/// What a session is called in the account's log.
const SESSION: &str = "proofmark";

/// A role that is taken on before anything else is called, by whoever the keys at hand belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    /// What the role's trust policy may ask for
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>).
    pub external_id: Option<String>,
}

/// Takes a role on at the endpoint's STS. Sessions are begun anew before they end, an hour each
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
pub(super) async fn assume(endpoint: Endpoint, role: &Role) -> Result<Endpoint, Failure> {
    let sessions = Sessions { sts: Clients::new(&endpoint).sts, role: role.clone() };
    // Whoever may not take it on is told at once.
    sessions.begin().await?;
    Ok(Endpoint { credentials: SharedCredentialsProvider::new(sessions), ..endpoint })
}

#[derive(Debug)]
struct Sessions {
    sts: aws_sdk_sts::Client,
    role: Role,
}

impl Sessions {
    async fn begin(&self) -> Result<Credentials, Failure> {
        let call = self.sts.assume_role().role_arn(&self.role.arn).role_session_name(SESSION);
        let call = call.set_external_id(self.role.external_id.clone());
        let answer = call.send().await.during("sts:AssumeRole")?;
        let keys = answer.credentials.ok_or_else(|| {
            Failure::new(ErrorClass::Other, "sts:AssumeRole", "the answer holds no credentials")
        })?;
        let until = keys.expiration.try_into().ok();
        let (id, secret, token) = (keys.access_key_id, keys.secret_access_key, keys.session_token);
        Ok(Credentials::new(id, secret, Some(token), until, SESSION))
    }
}

impl ProvideCredentials for Sessions {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.begin().await.map_err(CredentialsError::provider_error)
        })
    }
}
