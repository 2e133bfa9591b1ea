use serde_json::Value;

use super::identity::Kind;
use super::state::State;
use super::{
    account, authorization_details, credential_report, credentials, groups, inline_policies,
    instance_profiles, mfa_devices, oidc_providers, policies, policy_attachments, policy_versions, roles,
    saml_providers, server_certificates, service_credentials, signing_certificates, simulation, ssh_keys,
    tags, users,
};
use crate::context::Random;
use crate::sandbox::query::Parameters;
use crate::sandbox::{Caller, ServiceError};

/// What an operation has to work with beside the state.
pub(super) struct Desk<'a> {
    /// The caller's account.
    pub(super) account: &'a str,
    /// Seconds since the epoch.
    pub(super) now: i64,
    pub(super) random: &'a Random,
    pub(super) caller: &'a Caller,
    pub(super) parameters: &'a Parameters,
    /// What the operation is about; one function serves users, groups and roles.
    pub(super) about: About,
}

impl Desk<'_> {
    /// Returns the kind of identity that the operation is about.
    pub(super) fn kind(&self) -> Kind {
        match self.about {
            About::Identity(kind) | About::NewIdentity(kind) | About::Identities(kind) => kind,
            _ => Kind::User,
        }
    }
}

/// Carries out an operation; null is an answer without a result.
pub(super) type Run = fn(&mut State, &Desk<'_>) -> Result<Value, ServiceError>;

/// What an operation is about, from which its resource ARN follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Nothing in particular: `*`.
    Account,
    Identity(Kind),
    /// A user, the caller itself where none is named.
    OwnUser,
    NewIdentity(Kind),
    /// All identities of a kind, under a path.
    Identities(Kind),
    Policy,
    NewPolicy,
    Profile,
    NewProfile,
    Profiles,
    /// The identity whose policies are simulated.
    PolicySource,
    OidcProvider,
    NewOidcProvider,
    SamlProvider,
    MfaDevice,
    ServerCertificate,
    /// Something to be made: its kind as it stands in ARNs, and the parameter that names it.
    New(&'static str, &'static str),
}

/// An operation of the API.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) about: About,
    pub(super) run: Run,
}

impl Entry {
    /// Whether it changes anything; reading operations are told by their names.
    pub(super) fn mutates(&self) -> bool {
        !["Get", "List", "Simulate", "Generate"].iter().any(|verb| self.name.starts_with(verb))
    }
}

const fn on(name: &'static str, about: About, run: Run) -> Entry {
    Entry { name, about, run }
}

use About::{
    Account, Identities, Identity, MfaDevice, New, NewIdentity, NewOidcProvider, NewPolicy, NewProfile,
    OidcProvider, OwnUser, Policy, PolicySource, Profile, Profiles, SamlProvider, ServerCertificate,
};
use Kind::{Group, Role, User};

/// Every operation that is covered.
pub(super) const OPERATIONS: &[Entry] = &[
    on("CreateUser", NewIdentity(User), users::create),
    on("GetUser", OwnUser, users::get),
    on("ListUsers", Identities(User), users::list),
    on("UpdateUser", Identity(User), users::update),
    on("DeleteUser", Identity(User), users::delete),
    on("CreateAccessKey", OwnUser, credentials::create_key),
    on("ListAccessKeys", OwnUser, credentials::list_keys),
    on("UpdateAccessKey", OwnUser, credentials::update_key),
    on("DeleteAccessKey", OwnUser, credentials::delete_key),
    on("GetAccessKeyLastUsed", Account, credentials::last_used),
    on("CreateLoginProfile", OwnUser, credentials::create_login),
    on("GetLoginProfile", OwnUser, credentials::get_login),
    on("UpdateLoginProfile", Identity(User), credentials::update_login),
    on("DeleteLoginProfile", OwnUser, credentials::delete_login),
    on("CreateGroup", NewIdentity(Group), groups::create),
    on("GetGroup", Identity(Group), groups::get),
    on("ListGroups", Identities(Group), groups::list),
    on("UpdateGroup", Identity(Group), groups::update),
    on("DeleteGroup", Identity(Group), groups::delete),
    on("AddUserToGroup", Identity(Group), groups::add_user),
    on("RemoveUserFromGroup", Identity(Group), groups::remove_user),
    on("ListGroupsForUser", Identity(User), groups::of_user),
    on("CreateRole", NewIdentity(Role), roles::create),
    on("GetRole", Identity(Role), roles::get),
    on("ListRoles", Identities(Role), roles::list),
    on("UpdateRole", Identity(Role), roles::update),
    on("UpdateRoleDescription", Identity(Role), roles::update_description),
    on("UpdateAssumeRolePolicy", Identity(Role), roles::update_trust),
    on("DeleteRole", Identity(Role), roles::delete),
    on("CreateServiceLinkedRole", Account, roles::create_service_linked),
    on("DeleteServiceLinkedRole", Identity(Role), roles::delete_service_linked),
    on("GetServiceLinkedRoleDeletionStatus", Account, roles::service_linked_deletion_status),
    on("PutUserPolicy", Identity(User), inline_policies::put),
    on("PutGroupPolicy", Identity(Group), inline_policies::put),
    on("PutRolePolicy", Identity(Role), inline_policies::put),
    on("GetUserPolicy", Identity(User), inline_policies::get),
    on("GetGroupPolicy", Identity(Group), inline_policies::get),
    on("GetRolePolicy", Identity(Role), inline_policies::get),
    on("ListUserPolicies", Identity(User), inline_policies::list),
    on("ListGroupPolicies", Identity(Group), inline_policies::list),
    on("ListRolePolicies", Identity(Role), inline_policies::list),
    on("DeleteUserPolicy", Identity(User), inline_policies::delete),
    on("DeleteGroupPolicy", Identity(Group), inline_policies::delete),
    on("DeleteRolePolicy", Identity(Role), inline_policies::delete),
    on("AttachUserPolicy", Identity(User), policy_attachments::attach),
    on("AttachGroupPolicy", Identity(Group), policy_attachments::attach),
    on("AttachRolePolicy", Identity(Role), policy_attachments::attach),
    on("DetachUserPolicy", Identity(User), policy_attachments::detach),
    on("DetachGroupPolicy", Identity(Group), policy_attachments::detach),
    on("DetachRolePolicy", Identity(Role), policy_attachments::detach),
    on("ListAttachedUserPolicies", Identity(User), policy_attachments::list),
    on("ListAttachedGroupPolicies", Identity(Group), policy_attachments::list),
    on("ListAttachedRolePolicies", Identity(Role), policy_attachments::list),
    on("ListEntitiesForPolicy", Policy, policy_attachments::entities),
    on("PutUserPermissionsBoundary", Identity(User), policy_attachments::put_boundary),
    on("PutRolePermissionsBoundary", Identity(Role), policy_attachments::put_boundary),
    on("DeleteUserPermissionsBoundary", Identity(User), policy_attachments::delete_boundary),
    on("DeleteRolePermissionsBoundary", Identity(Role), policy_attachments::delete_boundary),
    on("CreatePolicy", NewPolicy, policies::create),
    on("GetPolicy", Policy, policies::get),
    on("ListPolicies", Account, policies::list),
    on("DeletePolicy", Policy, policies::delete),
    on("CreatePolicyVersion", Policy, policy_versions::create),
    on("GetPolicyVersion", Policy, policy_versions::get),
    on("ListPolicyVersions", Policy, policy_versions::list),
    on("SetDefaultPolicyVersion", Policy, policy_versions::set_default),
    on("DeletePolicyVersion", Policy, policy_versions::delete),
    on("TagUser", Identity(User), tags::tag),
    on("TagRole", Identity(Role), tags::tag),
    on("TagPolicy", Policy, tags::tag),
    on("TagInstanceProfile", Profile, tags::tag),
    on("UntagUser", Identity(User), tags::untag),
    on("UntagRole", Identity(Role), tags::untag),
    on("UntagPolicy", Policy, tags::untag),
    on("UntagInstanceProfile", Profile, tags::untag),
    on("ListUserTags", Identity(User), tags::list),
    on("ListRoleTags", Identity(Role), tags::list),
    on("ListPolicyTags", Policy, tags::list),
    on("ListInstanceProfileTags", Profile, tags::list),
    on("CreateInstanceProfile", NewProfile, instance_profiles::create),
    on("GetInstanceProfile", Profile, instance_profiles::get),
    on("ListInstanceProfiles", Profiles, instance_profiles::list),
    on("ListInstanceProfilesForRole", Identity(Role), instance_profiles::of_role),
    on("AddRoleToInstanceProfile", Profile, instance_profiles::add_role),
    on("RemoveRoleFromInstanceProfile", Profile, instance_profiles::remove_role),
    on("DeleteInstanceProfile", Profile, instance_profiles::delete),
    on("SimulatePrincipalPolicy", PolicySource, simulation::of_principal),
    on("SimulateCustomPolicy", Account, simulation::of_documents),
    on("GetContextKeysForPrincipalPolicy", PolicySource, simulation::context_keys_of_principal),
    on("GetContextKeysForCustomPolicy", Account, simulation::context_keys_of_documents),
    on("GetAccountAuthorizationDetails", Account, authorization_details::get),
    on("CreateOpenIDConnectProvider", NewOidcProvider, oidc_providers::create),
    on("GetOpenIDConnectProvider", OidcProvider, oidc_providers::get),
    on("ListOpenIDConnectProviders", Account, oidc_providers::list),
    on("DeleteOpenIDConnectProvider", OidcProvider, oidc_providers::delete),
    on("UpdateOpenIDConnectProviderThumbprint", OidcProvider, oidc_providers::update_thumbprints),
    on("AddClientIDToOpenIDConnectProvider", OidcProvider, oidc_providers::add_client),
    on("RemoveClientIDFromOpenIDConnectProvider", OidcProvider, oidc_providers::remove_client),
    on("CreateSAMLProvider", New("saml-provider", "Name"), saml_providers::create),
    on("GetSAMLProvider", SamlProvider, saml_providers::get),
    on("ListSAMLProviders", Account, saml_providers::list),
    on("UpdateSAMLProvider", SamlProvider, saml_providers::update),
    on("DeleteSAMLProvider", SamlProvider, saml_providers::delete),
    on("CreateVirtualMFADevice", New("mfa", "VirtualMFADeviceName"), mfa_devices::create),
    on("DeleteVirtualMFADevice", MfaDevice, mfa_devices::delete),
    on("ListVirtualMFADevices", Account, mfa_devices::list_virtual),
    on("EnableMFADevice", Identity(User), mfa_devices::enable),
    on("DeactivateMFADevice", OwnUser, mfa_devices::deactivate),
    on("ResyncMFADevice", Identity(User), mfa_devices::resync),
    on("ListMFADevices", OwnUser, mfa_devices::list),
    on("GetMFADevice", OwnUser, mfa_devices::get),
    on(
        "UploadServerCertificate",
        New("server-certificate", "ServerCertificateName"),
        server_certificates::upload,
    ),
    on("GetServerCertificate", ServerCertificate, server_certificates::get),
    on("ListServerCertificates", Account, server_certificates::list),
    on("UpdateServerCertificate", ServerCertificate, server_certificates::update),
    on("DeleteServerCertificate", ServerCertificate, server_certificates::delete),
    on("UploadSigningCertificate", OwnUser, signing_certificates::upload),
    on("ListSigningCertificates", OwnUser, signing_certificates::list),
    on("UpdateSigningCertificate", OwnUser, signing_certificates::update),
    on("DeleteSigningCertificate", OwnUser, signing_certificates::delete),
    on("UploadSSHPublicKey", Identity(User), ssh_keys::upload),
    on("GetSSHPublicKey", Identity(User), ssh_keys::get),
    on("ListSSHPublicKeys", OwnUser, ssh_keys::list),
    on("UpdateSSHPublicKey", Identity(User), ssh_keys::update),
    on("DeleteSSHPublicKey", Identity(User), ssh_keys::delete),
    on("CreateServiceSpecificCredential", Identity(User), service_credentials::create),
    on("ListServiceSpecificCredentials", OwnUser, service_credentials::list),
    on("ResetServiceSpecificCredential", OwnUser, service_credentials::reset),
    on("UpdateServiceSpecificCredential", OwnUser, service_credentials::update),
    on("DeleteServiceSpecificCredential", OwnUser, service_credentials::delete),
    on("GenerateCredentialReport", Account, credential_report::generate),
    on("GetCredentialReport", Account, credential_report::get),
    on("TagOpenIDConnectProvider", OidcProvider, tags::tag),
    on("UntagOpenIDConnectProvider", OidcProvider, tags::untag),
    on("ListOpenIDConnectProviderTags", OidcProvider, tags::list),
    on("TagSAMLProvider", SamlProvider, tags::tag),
    on("UntagSAMLProvider", SamlProvider, tags::untag),
    on("ListSAMLProviderTags", SamlProvider, tags::list),
    on("TagMFADevice", MfaDevice, tags::tag),
    on("UntagMFADevice", MfaDevice, tags::untag),
    on("ListMFADeviceTags", MfaDevice, tags::list),
    on("TagServerCertificate", ServerCertificate, tags::tag),
    on("UntagServerCertificate", ServerCertificate, tags::untag),
    on("ListServerCertificateTags", ServerCertificate, tags::list),
    on("GetAccountSummary", Account, account::summary),
    on("CreateAccountAlias", Account, account::create_alias),
    on("ListAccountAliases", Account, account::list_aliases),
    on("DeleteAccountAlias", Account, account::delete_alias),
    on("UpdateAccountPasswordPolicy", Account, account::update_password_policy),
    on("GetAccountPasswordPolicy", Account, account::get_password_policy),
    on("DeleteAccountPasswordPolicy", Account, account::delete_password_policy),
];

/// What else IAM's API has; the sandbox says so instead of pretending.
pub(super) const NOT_COVERED: &[&str] = &[
    "AcceptDelegationRequest",
    "AssociateDelegationRequest",
    "ChangePassword",
    "CreateDelegationRequest",
    "DisableOrganizationsRootCredentialsManagement",
    "DisableOrganizationsRootSessions",
    "DisableOutboundWebIdentityFederation",
    "EnableOrganizationsRootCredentialsManagement",
    "EnableOrganizationsRootSessions",
    "EnableOutboundWebIdentityFederation",
    "GenerateOrganizationsAccessReport",
    "GenerateServiceLastAccessedDetails",
    "GetDelegationRequest",
    "GetHumanReadableSummary",
    "GetOrganizationsAccessReport",
    "GetOutboundWebIdentityFederationInfo",
    "GetServiceLastAccessedDetails",
    "GetServiceLastAccessedDetailsWithEntities",
    "ListDelegationRequests",
    "ListOrganizationsFeatures",
    "ListPoliciesGrantingServiceAccess",
    "RejectDelegationRequest",
    "SendDelegationToken",
    "SetSecurityTokenServicePreferences",
    "UpdateDelegationRequest",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_api_is_either_covered_or_named_as_not_covered() {
        let mut names: Vec<&str> =
            OPERATIONS.iter().map(|entry| entry.name).chain(NOT_COVERED.iter().copied()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        // IAM's model of version 2010-05-08 has this many operations.
        assert_eq!((names.len(), count), (176, 176));
    }
}
