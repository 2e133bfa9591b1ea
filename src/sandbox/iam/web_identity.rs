use super::Iam;
use super::oidc_providers::place;
use crate::policy::{Applicable, Context, Principal, Request, decide};
use crate::sandbox::authority::principal_keys;
use crate::sandbox::{AccountId, Scope};

/// An identity provider that an account knows.
#[derive(Debug)]
pub(in crate::sandbox) struct Voucher {
    pub(in crate::sandbox) arn: String,
    /// Host and path of its URL, which its condition keys begin with.
    pub(in crate::sandbox) place: String,
    /// The clients that tokens may be meant for.
    pub(in crate::sandbox) clients: Vec<String>,
}

impl Iam {
    /// Finds the account's provider that issues tokens as `issuer`.
    pub(in crate::sandbox) fn voucher(&self, account: &str, issuer: &str) -> Option<Voucher> {
        let (_, place) = place(issuer)?;
        let arn = format!("arn:aws:iam::{account}:oidc-provider/{place}");
        let state = self.read();
        let provider = state.accounts.get(account)?.oidc_providers.get(&arn)?;
        Some(Voucher { arn, place: place.to_owned(), clients: provider.clients.clone() })
    }

    /// Whether a role's trust policy lets a provider's users do all of `actions`; `claims` are the keys that their token brings.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
    pub(in crate::sandbox) fn trusts_voucher(
        &self,
        role_arn: &str,
        provider: &str,
        actions: &[&str],
        claims: &Context,
    ) -> bool {
        let Some(role) = self.assumable_role(role_arn) else { return false };
        let owner = role_arn.split(':').nth(4);
        let account = owner.and_then(AccountId::parse).unwrap_or_else(AccountId::fallback);
        // IAM and STS are the same in every region.
        let scope = Scope { account, region: "us-east-1".to_owned() };
        let principal = Principal::WebIdentity { provider: provider.to_owned() };
        let mut context = principal_keys(&principal, &scope, self.clock().now());
        context.extend(role.keys);
        context.extend(claims.clone());
        let trust = ("trust policy".to_owned(), role.trust);
        let policies = Applicable { resource: Some(&trust), owner, ..Applicable::default() };
        actions.iter().all(|action| {
            let request = Request {
                principal: principal.clone(),
                action: (*action).to_owned(),
                resource: role_arn.to_owned(),
                context: context.clone(),
            };
            decide(&request, &policies).is_allowed()
        })
    }
}
