use aws_credential_types::provider::ProvideCredentials;

use super::Failure;
use super::arguments::TargetArguments;
use super::permits::admit;
use super::record::{RecordedKey, RecordedTarget};
use crate::aws::{self, Clients, Endpoint, ErrorClass, Settling};
use crate::context::Context;
use crate::sandbox::{Options, Running, Sandbox};
use crate::target::{Entrance, Lease, Profile, TargetKind, lease_apart, lease_embedded};

/// The region of an embedded sandbox when nobody names one.
pub(super) const REGION: &str = "us-east-1";

/// A leased target, with the sandbox that it stands in when it is ours.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) lease: Lease,
    /// Ends when it is dropped.
    pub(super) sandbox: Option<Running>,
}

impl Ground {
    /// Starts a sandbox and opens an account in it, or leases what the arguments name.
    pub(super) async fn find(context: &Context, target: &TargetArguments) -> Result<Self, Failure> {
        if target.is_embedded() {
            return Self::embedded(context, target.region.as_deref().unwrap_or(REGION)).await;
        }
        // A shared endpoint serves several stacks side by side where each can have an account of its own.
        let account = fresh_account(context);
        let lease = lease_apart(&target.settings()?, target.known_profile(), &account).await;
        let lease = lease.map_err(|failure| unusable(&failure))?;
        admit(context, &lease).await?;
        Ok(Self { lease, sandbox: None })
    }

    pub(super) async fn embedded(context: &Context, region: &str) -> Result<Self, Failure> {
        let sandbox = Sandbox::start(&Options::default(), context)
            .map_err(|problem| Failure::environment(problem.to_string()))?;
        let lease = lease_embedded(&sandbox.endpoint_url(), &sandbox.admin_token, region)
            .await
            .map_err(|failure| unusable(&failure))?;
        Ok(Self { lease, sandbox: Some(sandbox) })
    }

    /// Returns what is noted of the target, so that another run finds it again.
    pub(super) async fn recorded(&self, arguments: &TargetArguments) -> Result<RecordedTarget, Failure> {
        let endpoint = &self.lease.clients.endpoint;
        let grader = if self.sandbox.is_none() {
            None
        } else {
            let key = endpoint.credentials.provide_credentials().await;
            let key = key.map_err(|problem| Failure::internal(problem.to_string()))?;
            Some(RecordedKey {
                access_key_id: key.access_key_id().to_owned(),
                secret_access_key: key.secret_access_key().to_owned(),
            })
        };
        let apart = self.lease.profile.accounts && self.sandbox.is_none();
        let entrance = Entrance {
            account: apart.then(|| self.lease.account.clone()),
            ..entrance(arguments, &self.lease)
        };
        Ok(RecordedTarget { entrance, grader })
    }

    /// Goes back to where a stack stands.
    pub(super) async fn again(target: &RecordedTarget) -> Result<Lease, aws::Failure> {
        let Some(RecordedKey { access_key_id, secret_access_key }) = &target.grader else {
            return target.entrance.lease().await;
        };
        let url = target.entrance.endpoint_url.as_deref();
        let region = target.entrance.region.clone();
        let endpoint =
            Endpoint::with_keys(url, region, access_key_id, secret_access_key, Settling::Immediate);
        let clients = Clients::new(&endpoint);
        let caller =
            aws::Outcome::during(clients.sts.get_caller_identity().send().await, "sts:GetCallerIdentity")?;
        let account = caller.account().unwrap_or_default().to_owned();
        Ok(Lease { kind: TargetKind::Embedded, clients, account, profile: Profile::full() })
    }
}

/// Returns how a target that the arguments named is got into again.
pub(super) fn entrance(arguments: &TargetArguments, lease: &Lease) -> Entrance {
    let endpoint = &lease.clients.endpoint;
    Entrance {
        endpoint_url: endpoint.url.clone(),
        profile: arguments.profile.clone(),
        region: endpoint.region.clone(),
        role_arn: arguments.role_arn.clone(),
        external_id: arguments.external_id.clone(),
        endpoint_profile: (lease.kind == TargetKind::Endpoint).then(|| lease.profile.name.to_owned()),
        account: lease.profile.accounts.then(|| lease.account.clone()),
    }
}

/// Draws the number of an account that nobody has taken.
pub(super) fn fresh_account(context: &Context) -> String {
    format!("{:012}", 100_000_000_000 + context.random.below(900_000_000_000))
}

/// Tells why a target cannot be used, and what to do.
pub(super) fn unusable(failure: &aws::Failure) -> Failure {
    let told = Failure::environment(failure.to_string());
    match failure.class {
        ErrorClass::Unreachable => told.hint("is the endpoint up, and its URL right?"),
        ErrorClass::Denied if failure.operation == "sts:AssumeRole" => {
            told.hint("does the role's trust policy let these keys in, and is its external id the one of --external-id?")
        }
        ErrorClass::Denied => told.hint("are the keys valid, not expired, and those of the grader?"),
        _ => told,
    }
}
