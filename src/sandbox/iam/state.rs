use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::credential_report::Requested;
use super::document::Document;
use super::fault;
use super::identity::{Group, Identity, Kind, Role, User};
use super::mfa_devices::MfaDevice;
use super::oidc_providers::OidcProvider;
use super::saml_providers::SamlProvider;
use super::server_certificates::ServerCertificate;
use crate::policy::{Context, Principal};
use crate::sandbox::ServiceError;

/// Everything that IAM and STS know.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) accounts: BTreeMap<String, Account>,
    /// Whose a long-term access key is: account and user.
    pub(super) key_owners: HashMap<String, KeyOwner>,
    /// Temporary credentials, by access key id.
    pub(super) sessions: HashMap<String, SessionRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyOwner {
    pub(super) account: String,
    pub(super) user: String,
}

/// Temporary credentials that were issued.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SessionRecord {
    pub(super) account: String,
    pub(super) holder: Holder,
    pub(super) secret: String,
    pub(super) token: String,
    pub(super) issued: i64,
    pub(super) expires: i64,
    /// The policies that limit it, each with its name.
    pub(super) policies: Vec<(String, Document)>,
    pub(super) tags: Vec<(String, String)>,
    /// Keys of the tags that go on to the next role of a chain.
    pub(super) transitive_tags: Vec<String>,
    pub(super) source_identity: Option<String>,
    /// Whether a service asked for it, for itself.
    #[serde(default)]
    pub(super) for_service: bool,
    /// Whether its holder showed a code of a second factor when it was issued.
    #[serde(default)]
    pub(super) second_factor: bool,
    /// Condition keys that come from the token of an identity provider, or that a service brings along.
    #[serde(default)]
    pub(super) federated: Vec<(String, String)>,
}

/// Who holds temporary credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Holder {
    /// A session of a role, by the role's id, since a role of the same name may be another one.
    Session {
        role: String,
        role_id: String,
        path: String,
        session: String,
    },
    /// A user that asked for a session token.
    User {
        name: String,
    },
    Root,
    /// Somebody that a user vouches for; where the user has no name it is root.
    Federated {
        name: String,
        user: String,
        user_id: String,
    },
}

/// One account's identities and policies. Times are in seconds since the epoch.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) users: BTreeMap<String, User>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) roles: BTreeMap<String, Role>,
    /// Managed policies of the account, by ARN.
    pub(super) policies: BTreeMap<String, ManagedPolicy>,
    pub(super) profiles: BTreeMap<String, InstanceProfile>,
    /// Identity providers, by ARN.
    #[serde(default)]
    pub(super) oidc_providers: BTreeMap<String, OidcProvider>,
    #[serde(default)]
    pub(super) saml_providers: BTreeMap<String, SamlProvider>,
    /// Virtual devices, by serial number, in the order of their creation.
    #[serde(default)]
    pub(super) mfa_devices: IndexMap<String, MfaDevice>,
    #[serde(default)]
    pub(super) server_certificates: BTreeMap<String, ServerCertificate>,
    #[serde(default)]
    pub(super) credential_report: Option<Requested>,
    pub(super) alias: Option<String>,
    /// The password policy as it was set, by the names of the API.
    pub(super) password_policy: Option<BTreeMap<String, serde_json::Value>>,
}

/// A managed policy of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ManagedPolicy {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) id: String,
    pub(super) description: Option<String>,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) tags: Vec<(String, String)>,
    /// Document and time of creation, by number.
    pub(super) versions: IndexMap<u32, (Document, i64)>,
    pub(super) default_version: u32,
    /// The highest number ever given, since a number is not given twice.
    pub(super) last_version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct InstanceProfile {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) tags: Vec<(String, String)>,
    /// Name of the role, of which there can be one.
    pub(super) role: Option<String>,
}

impl State {
    /// Returns an account, which is made by being asked for.
    pub(super) fn account(&mut self, id: &str) -> &mut Account {
        self.accounts
            .entry(id.to_owned())
            .or_insert_with(|| Account { id: id.to_owned(), ..Account::default() })
    }

    /// Forgets an account with its identities, keys and sessions.
    pub(super) fn forget(&mut self, account: &str) {
        self.accounts.remove(account);
        self.key_owners.retain(|_, owner| owner.account != account);
        self.sessions.retain(|_, session| session.account != account);
    }

    pub(super) fn role(&self, arn: &str) -> Option<(&Account, &Role)> {
        let (account, resource) = split_arn(arn)?;
        let account = self.accounts.get(account)?;
        let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
        let role = account.roles.get(name)?;
        (account.arn(Kind::Role, &role.identity) == arn).then_some((account, role))
    }
}

impl SessionRecord {
    /// Returns name and unique id of the user that vouches for a federated session.
    pub(super) fn user(&self) -> Option<(&str, &str)> {
        match &self.holder {
            Holder::Federated { user, user_id, .. } => Some((user, user_id)),
            _ => None,
        }
    }

    /// Returns the keys that the credentials themselves bring along.
    pub(super) fn context(&self, now: i64) -> Context {
        let mut context = Context::new()
            .with("aws:TokenIssueTime", super::account::time(self.issued))
            .with("aws:MultiFactorAuthPresent", self.second_factor.to_string());
        if self.second_factor {
            context.set("aws:MultiFactorAuthAge", vec![(now - self.issued).to_string()]);
        }
        for (key, value) in &self.tags {
            context.set(&format!("aws:PrincipalTag/{key}"), vec![value.clone()]);
        }
        for (key, value) in &self.federated {
            context.set(key, vec![value.clone()]);
        }
        if let Some(identity) = &self.source_identity {
            context.set("aws:SourceIdentity", vec![identity.clone()]);
        }
        context
    }
}

impl Account {
    pub(super) fn user(&self, name: &str) -> Result<&User, ServiceError> {
        self.users.get(name).ok_or_else(|| missing(Kind::User, name))
    }

    pub(super) fn user_mut(&mut self, name: &str) -> Result<&mut User, ServiceError> {
        self.users.get_mut(name).ok_or_else(|| missing(Kind::User, name))
    }

    pub(super) fn group(&self, name: &str) -> Result<&Group, ServiceError> {
        self.groups.get(name).ok_or_else(|| missing(Kind::Group, name))
    }

    pub(super) fn group_mut(&mut self, name: &str) -> Result<&mut Group, ServiceError> {
        self.groups.get_mut(name).ok_or_else(|| missing(Kind::Group, name))
    }

    pub(super) fn role(&self, name: &str) -> Result<&Role, ServiceError> {
        self.roles.get(name).ok_or_else(|| missing(Kind::Role, name))
    }

    /// Returns a role to be changed, which no caller may do to one that a service owns.
    pub(super) fn role_mut(&mut self, name: &str) -> Result<&mut Role, ServiceError> {
        let role = self.roles.get_mut(name).ok_or_else(|| missing(Kind::Role, name))?;
        if role.linked_service.is_some() {
            return Err(fault::new(
                400,
                "UnmodifiableEntity",
                format!(
                    "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
                ),
            ));
        }
        Ok(role)
    }

    pub(super) fn identity(&self, kind: Kind, name: &str) -> Result<&Identity, ServiceError> {
        Ok(match kind {
            Kind::User => &self.user(name)?.identity,
            Kind::Group => &self.group(name)?.identity,
            Kind::Role => &self.role(name)?.identity,
        })
    }

    pub(super) fn identity_mut(&mut self, kind: Kind, name: &str) -> Result<&mut Identity, ServiceError> {
        Ok(match kind {
            Kind::User => &mut self.user_mut(name)?.identity,
            Kind::Group => &mut self.group_mut(name)?.identity,
            Kind::Role => &mut self.role_mut(name)?.identity,
        })
    }

    pub(super) fn identities(&self, kind: Kind) -> Vec<&Identity> {
        match kind {
            Kind::User => self.users.values().map(|user| &user.identity).collect(),
            Kind::Group => self.groups.values().map(|group| &group.identity).collect(),
            Kind::Role => self.roles.values().map(|role| &role.identity).collect(),
        }
    }

    pub(super) fn arn(&self, kind: Kind, identity: &Identity) -> String {
        format!("arn:aws:iam::{}:{}{}{}", self.id, kind.word(), identity.path, identity.name)
    }

    pub(super) fn policy_arn(&self, path: &str, name: &str) -> String {
        format!("arn:aws:iam::{}:policy{path}{name}", self.id)
    }

    pub(super) fn profile_arn(&self, profile: &InstanceProfile) -> String {
        format!("arn:aws:iam::{}:instance-profile{}{}", self.id, profile.path, profile.name)
    }

    pub(super) fn certificate_arn(&self, certificate: &ServerCertificate) -> String {
        format!("arn:aws:iam::{}:server-certificate{}{}", self.id, certificate.path, certificate.name)
    }

    pub(super) fn user_principal(&self, user: &User) -> Principal {
        Principal::User {
            account: self.id.clone(),
            path: user.identity.path.clone(),
            name: user.identity.name.clone(),
            id: user.identity.id.clone(),
        }
    }

    /// Counts the identities that a managed policy is attached to.
    pub(super) fn attachments(&self, arn: &str) -> usize {
        let kinds = [Kind::User, Kind::Group, Kind::Role];
        let all = kinds.into_iter().flat_map(|kind| self.identities(kind));
        all.filter(|identity| identity.attached.iter().any(|attached| attached == arn)).count()
    }

    /// Counts the identities that have a managed policy as their boundary.
    pub(super) fn boundary_uses(&self, arn: &str) -> usize {
        let all = [Kind::User, Kind::Role].into_iter().flat_map(|kind| self.identities(kind));
        all.filter(|identity| identity.boundary.as_deref() == Some(arn)).count()
    }
}

fn missing(kind: Kind, name: &str) -> ServiceError {
    fault::no_such_entity(format!("The {} with name {name} cannot be found.", kind.word()))
}

/// Splits an IAM ARN into account and resource.
pub(super) fn split_arn(arn: &str) -> Option<(&str, &str)> {
    arn.strip_prefix("arn:aws:iam::")?.split_once(':')
}
