use serde::{Deserialize, Serialize};

use super::{Lease, Profile, lease_apart, lease_endpoint};
use crate::aws::{Failure, Role, Settings};

/// How a target that is no sandbox of ours is got into again: as it was named, and what was found out of it. The keys are those at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    pub endpoint_url: Option<String>,
    pub profile: Option<String>,
    pub region: String,
    /// The role that is taken on first, and its external id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What the endpoint can represent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_profile: Option<String>,
    /// The account that was taken at an endpoint where an account's number is a key to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

impl Entrance {
    /// Goes in, with the keys at hand.
    pub async fn lease(&self) -> Result<Lease, Failure> {
        let role = self.role_arn.clone().map(|arn| Role { arn, external_id: self.external_id.clone() });
        let settings = Settings {
            endpoint_url: self.endpoint_url.clone(),
            profile: self.profile.clone(),
            region: Some(self.region.clone()),
            role,
        };
        let profile = self.endpoint_profile.as_deref().and_then(Profile::named);
        match &self.account {
            Some(account) => lease_apart(&settings, profile, account).await,
            None => lease_endpoint(&settings, profile).await,
        }
    }
}
