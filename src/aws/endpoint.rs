use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::assumed::assume;
use super::clients::http_client;
use super::{ErrorClass, Failure, Role};

/// How an endpoint is named on a command line: as the AWS CLI has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// `--endpoint-url`; else `AWS_ENDPOINT_URL`, else the profile's.
    pub endpoint_url: Option<String>,
    /// `--profile`; else `AWS_PROFILE`.
    pub profile: Option<String>,
    /// `--region`; else `AWS_REGION`, else the profile's.
    pub region: Option<String>,
    /// `--role-arn` and `--external-id`.
    pub role: Option<Role>,
}

/// When a change can be seen by the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// At once: waiting for something that is not there is a waste.
    Immediate,
    /// After a while, as on AWS: a role that was just made cannot be assumed yet.
    Eventual,
}

/// Where AWS is, and as whom it is called.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `None` means AWS itself.
    pub url: Option<String>,
    pub region: String,
    pub credentials: SharedCredentialsProvider,
    pub settling: Settling,
}

impl Endpoint {
    /// Makes an endpoint that is called with fixed keys.
    pub fn with_keys(
        url: Option<&str>,
        region: impl Into<String>,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        settling: Settling,
    ) -> Self {
        let keys = Credentials::new(access_key_id, secret_access_key, None, None, "proofmark");
        let credentials = SharedCredentialsProvider::new(keys);
        Self { url: url.map(trimmed), region: region.into(), credentials, settling }
    }

    /// Finds an endpoint as the AWS CLI does: options, then environment, then profile
    /// (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html>). Looks for the credentials
    /// at once, so that missing ones are told before anything is attempted, and takes the role on that is named.
    pub async fn find(settings: &Settings) -> Result<Self, Failure> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client(false));
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(region) = &settings.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let config = loader.load().await;
        let url = config.endpoint_url().map(trimmed);
        if let Some(url) = &url {
            check_url(url)?;
        }
        let region = match (config.region(), &url) {
            (Some(region), _) => region.to_string(),
            (None, Some(_)) => "us-east-1".to_owned(),
            (None, None) => {
                return Err(setting("no region: give --region, or set AWS_REGION or the profile's region"));
            }
        };
        let credentials = config.credentials_provider().ok_or_else(|| {
            setting("no credentials: give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        })?;
        let found = tokio::time::timeout(Duration::from_secs(15), credentials.provide_credentials()).await;
        match found {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                let cause = super::failure::root_cause(&error);
                return Err(setting(&format!(
                    "no credentials ({cause}): give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                )));
            }
            Err(_) => return Err(setting("no credentials: looking for them took more than 15 s")),
        }
        let endpoint = Self { url, region, credentials, settling: Settling::Eventual };
        match &settings.role {
            Some(role) => assume(endpoint, role).await,
            None => Ok(endpoint),
        }
    }
}

fn setting(message: &str) -> Failure {
    Failure::new(ErrorClass::Invalid, "configuration", message)
}

fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

/// Refuses an endpoint URL that no client could use, before a client says so less clearly.
fn check_url(url: &str) -> Result<(), Failure> {
    let uri: Result<http::Uri, _> = url.parse();
    let usable =
        uri.is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    if usable {
        Ok(())
    } else {
        Err(setting(&format!("endpoint URL `{url}` is not of the form http://host:port")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_url_needs_a_scheme_and_a_host() {
        assert!(check_url("http://127.0.0.1:4566").is_ok());
        for wrong in ["127.0.0.1:4566", "ftp://x", "http://", "not a url"] {
            assert!(check_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let endpoint =
            Endpoint::with_keys(None, "eu-west-1", "AKIAEXAMPLE", "very-secret", Settling::Immediate);
        assert!(!format!("{endpoint:?}").contains("very-secret"));
    }
}
