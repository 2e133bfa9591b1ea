use std::collections::BTreeMap;

use aws_credential_types::provider::ProvideCredentials as _;

use serde::{Deserialize, Serialize};

use crate::aws::{Clients, Endpoint, ErrorClass, Failure, Outcome, Settings};

use super::profile::FULL;
use super::{Candidate, Profile, detect};

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// The sandbox inside this program.
    Embedded,
    /// An endpoint that speaks as AWS does.
    Endpoint,
    /// AWS itself.
    Account,
}

/// An account and region that a scenario may use, with the grader's rights.
#[derive(Debug, Clone)]
pub struct Lease {
    pub kind: TargetKind,
    pub clients: Clients,
    /// The account's id.
    pub account: String,
    /// What the target does otherwise than AWS.
    pub profile: &'static Profile,
}

impl Lease {
    /// Returns the target's name in evidence: `embedded`, an endpoint's URL, `account 123456789012`.
    pub fn name(&self) -> String {
        match (self.kind, &self.clients.endpoint.url) {
            (TargetKind::Embedded, _) => "embedded".to_owned(),
            (_, Some(url)) => url.clone(),
            (_, None) => format!("account {}", self.account),
        }
    }

    /// Returns the environment in which a candidate's tools reach the scenario, and nothing of the grader's.
    pub fn environment(&self, candidate: &Candidate) -> BTreeMap<String, String> {
        let endpoint = &self.clients.endpoint;
        let mut variables = BTreeMap::from([
            ("AWS_ACCESS_KEY_ID".to_owned(), candidate.access_key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY".to_owned(), candidate.secret_access_key.clone()),
            // The SDKs read the one, the CLI and boto3 the other.
            ("AWS_REGION".to_owned(), endpoint.region.clone()),
            ("AWS_DEFAULT_REGION".to_owned(), endpoint.region.clone()),
        ]);
        if let Some(url) = &endpoint.url {
            variables.insert("AWS_ENDPOINT_URL".to_owned(), url.clone());
        }
        variables
    }
}

/// Leases what the AWS CLI's options and environment name: an endpoint, or an account. What an endpoint does otherwise than AWS is found out
/// by its health page, unless a profile is named.
pub async fn lease_endpoint(
    settings: &Settings,
    profile: Option<&'static Profile>,
) -> Result<Lease, Failure> {
    lease(Endpoint::find(settings).await?, profile).await
}

/// Leases an account of its own at an endpoint where an access key id of twelve digits is an account. Elsewhere, and where the keys at hand
/// are such an account's already, it leases what [`lease_endpoint`] does.
pub async fn lease_apart(
    settings: &Settings,
    profile: Option<&'static Profile>,
    account: &str,
) -> Result<Lease, Failure> {
    let endpoint = Endpoint::find(settings).await?;
    let keys = endpoint.credentials.provide_credentials().await;
    let keys = keys.map_err(|error| Failure::new(ErrorClass::Invalid, "configuration", error.to_string()))?;
    let profile = profile_of(&endpoint, profile).await;
    // A session is of its role's account.
    let chosen = is_account(keys.access_key_id()) || keys.session_token().is_some();
    if !profile.accounts || chosen {
        return lease(endpoint, Some(profile)).await;
    }
    let apart = Endpoint::with_keys(
        endpoint.url.as_deref(),
        endpoint.region.clone(),
        account,
        keys.secret_access_key(),
        endpoint.settling,
    );
    lease(apart, Some(profile)).await
}

async fn lease(endpoint: Endpoint, profile: Option<&'static Profile>) -> Result<Lease, Failure> {
    let kind = if endpoint.url.is_some() { TargetKind::Endpoint } else { TargetKind::Account };
    let profile = profile_of(&endpoint, profile).await;
    let clients = Clients::new(&endpoint);
    let account = account_of(&clients).await?;
    Ok(Lease { kind, clients, account, profile })
}

async fn profile_of(endpoint: &Endpoint, named: Option<&'static Profile>) -> &'static Profile {
    match (named, &endpoint.url) {
        (Some(named), _) => named,
        (None, Some(url)) => detect(url).await,
        // AWS does what AWS does.
        (None, None) => &FULL,
    }
}

fn is_account(key: &str) -> bool {
    key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// Asks who we are: the first call to a target, which tells at once when it does not answer or the keys are wrong.
pub(super) async fn account_of(clients: &Clients) -> Result<String, Failure> {
    let caller = clients.sts.get_caller_identity().send().await.during("sts:GetCallerIdentity")?;
    Ok(caller.account().unwrap_or_default().to_owned())
}

/// Returns the URL of a deployed API's stage, without a slash at its end. On AWS the API has a host of its own
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html>); a local endpoint is reached by path, since a
/// host name below it need not resolve.
pub fn invoke_url(endpoint: &Endpoint, api: &str, stage: &str) -> String {
    match &endpoint.url {
        Some(url) => format!("{url}/restapis/{api}/{stage}/_user_request_"),
        None => format!("https://{api}.execute-api.{}.amazonaws.com/{stage}", endpoint.region),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Settling;

    fn endpoint(url: Option<&str>) -> Endpoint {
        Endpoint::with_keys(url, "eu-west-1", "AKIAGRADER", "secret", Settling::Immediate)
    }

    #[test]
    fn an_api_is_reached_by_path_on_an_endpoint_and_by_host_on_aws() {
        let local = endpoint(Some("http://127.0.0.1:4566/"));
        assert_eq!(invoke_url(&local, "a1", "live"), "http://127.0.0.1:4566/restapis/a1/live/_user_request_");
        assert_eq!(
            invoke_url(&endpoint(None), "a1", "live"),
            "https://a1.execute-api.eu-west-1.amazonaws.com/live"
        );
    }

    #[test]
    fn the_candidates_environment_holds_no_key_of_the_graders() {
        let lease = Lease {
            kind: TargetKind::Embedded,
            clients: Clients::new(&endpoint(Some("http://127.0.0.1:4566"))),
            account: "123456789012".to_owned(),
            profile: &FULL,
        };
        let candidate = Candidate {
            user: "candidate".to_owned(),
            arn: String::new(),
            access_key_id: "AKIACANDIDATE".to_owned(),
            secret_access_key: "theirs".to_owned(),
        };
        let environment = lease.environment(&candidate);
        assert_eq!(environment["AWS_ACCESS_KEY_ID"], "AKIACANDIDATE");
        assert_eq!(environment["AWS_ENDPOINT_URL"], "http://127.0.0.1:4566");
        assert!(environment.values().all(|value| value != "AKIAGRADER" && value != "secret"));
    }
}
