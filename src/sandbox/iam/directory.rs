use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;

use super::identity::{AccessKey, Identity, Kind, LastUse, User};
use super::state::{Account, Holder, KeyOwner, SessionRecord, State};
use super::{Iam, ids, managed_policies};
use crate::policy::{Context, Policy, Principal};
use crate::sandbox::{
    AccountId, Directory, IdentityPolicies, KeyRecord, KeyRecordWithId, ServiceError, TemporaryCredentials,
};

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

impl Directory for Iam {
    fn key(&self, access_key_id: &str) -> Option<KeyRecord> {
        let state = self.read();
        if let Some(owner) = state.key_owners.get(access_key_id) {
            let account = state.accounts.get(&owner.account)?;
            let user = account.users.get(&owner.user)?;
            let key = user.keys.iter().find(|key| key.id == access_key_id)?;
            return Some(KeyRecord {
                account: AccountId::parse(&owner.account)?,
                principal: account.user_principal(user),
                secret: key.secret.clone(),
                session_token: None,
                expires: None,
                active: key.active,
            });
        }
        let session = state.sessions.get(access_key_id)?;
        Some(KeyRecord {
            account: AccountId::parse(&session.account)?,
            principal: state.holder(session)?,
            secret: session.secret.clone(),
            session_token: Some(session.token.clone()),
            expires: Timestamp::from_second(session.expires).ok(),
            active: true,
        })
    }

    fn policies(&self, principal: &Principal, access_key_id: Option<&str>) -> IdentityPolicies {
        self.read().policies(principal, access_key_id)
    }

    fn principal_keys(&self, principal: &Principal, access_key_id: Option<&str>) -> Context {
        self.read().principal_context(principal, access_key_id, self.now())
    }

    fn is_current(&self, principal: &Principal) -> bool {
        let Principal::Session { account, role, id, .. } = principal else { return true };
        let state = self.read();
        let role = state.accounts.get(account).and_then(|account| account.roles.get(role));
        role.is_some_and(|role| role.identity.id == *id)
    }

    fn role_exists(&self, role_arn: &str) -> bool {
        self.read().role(role_arn).is_some()
    }

    fn assume_for_service(
        &self,
        role_arn: &str,
        service: &str,
        session_name: &str,
    ) -> Result<TemporaryCredentials, ServiceError> {
        self.assume_as_service(role_arn, service, session_name, vec![])
    }

    fn assume_for_function(
        &self,
        role_arn: &str,
        function_arn: &str,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let name = function_arn.rsplit(':').next().unwrap_or(function_arn);
        // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        let source = vec![("lambda:SourceFunctionArn".to_owned(), function_arn.to_owned())];
        self.assume_as_service(role_arn, "lambda.amazonaws.com", name, source)
    }

    fn open_account(&self, account: &AccountId) -> KeyRecordWithId {
        let (random, now) = (self.random(), self.now());
        let mut state = self.write();
        let users = &mut state.account(account.as_str()).users;
        // A user has two keys at most, hence another administrator for a third.
        let names =
            (1..).map(|n| if n == 1 { "administrator".to_owned() } else { format!("administrator-{n}") });
        let free = |name: &String| users.get(name).is_none_or(|user| user.keys.len() < 2);
        let name = names.into_iter().find(free).unwrap_or_default();
        let user = users.entry(name.clone()).or_insert_with(|| User {
            opened: true,
            ..User::new(Identity {
                name: name.clone(),
                path: "/".to_owned(),
                id: ids::unique_id("AIDA", random),
                created: now,
                tags: vec![],
                inline: IndexMap::new(),
                attached: vec![ADMINISTRATOR.to_owned()],
                boundary: None,
            })
        });
        let key = AccessKey {
            id: ids::access_key_id("AKIA", account.as_str(), random),
            secret: ids::secret_access_key(random),
            active: true,
            created: now,
            last_used: None,
        };
        user.keys.push(key.clone());
        let principal = Principal::User {
            account: account.as_str().to_owned(),
            path: user.identity.path.clone(),
            name: name.clone(),
            id: user.identity.id.clone(),
        };
        state
            .key_owners
            .insert(key.id.clone(), KeyOwner { account: account.as_str().to_owned(), user: name });
        let record = KeyRecord {
            account: account.clone(),
            principal,
            secret: key.secret,
            session_token: None,
            expires: None,
            active: true,
        };
        KeyRecordWithId { access_key_id: key.id, record }
    }

    fn is_administrator(&self, principal: &Principal) -> bool {
        let Principal::User { account, path, name, id } = principal else { return false };
        let number = name.strip_prefix("administrator").map(|rest| rest.strip_prefix('-').unwrap_or(rest));
        let named = number
            .is_some_and(|number| number.is_empty() || number.bytes().all(|byte| byte.is_ascii_digit()));
        let state = self.read();
        let user = state.accounts.get(account).and_then(|account| account.users.get(name));
        // A candidate that may make users may make one of that name, too, but not one of this mark.
        named && path == "/" && user.is_some_and(|user| user.identity.id == *id && user.opened)
    }

    fn is_for_service(&self, access_key_id: &str) -> bool {
        self.read().sessions.get(access_key_id).is_some_and(|session| session.for_service)
    }

    fn retire_service_sessions(&self) {
        for session in self.write().sessions.values_mut() {
            session.for_service = false;
        }
    }

    fn used(&self, access_key_id: &str, service: &str, region: &str) {
        let now = self.now();
        self.write().note_use(access_key_id, service, region, now);
    }
}

impl State {
    /// Returns who holds temporary credentials; none when the user is gone.
    pub(super) fn holder(&self, session: &SessionRecord) -> Option<Principal> {
        let account = session.account.clone();
        match &session.holder {
            Holder::Root => Some(Principal::Root { account }),
            Holder::User { name } => {
                let account = self.accounts.get(&account)?;
                Some(account.user_principal(account.users.get(name)?))
            }
            Holder::Federated { name, user, .. } => {
                // The session lives as long as the user that it was given to.
                if !user.is_empty() {
                    self.accounts.get(&account)?.users.get(user)?;
                }
                Some(Principal::Federated { account, name: name.clone() })
            }
            Holder::Session { role, role_id, path, session } => Some(Principal::Session {
                account,
                path: path.clone(),
                role: role.clone(),
                id: role_id.clone(),
                session: session.clone(),
            }),
        }
    }

    /// Returns the policies that bind a principal. An identity that was made anew under an old name is another one, so
    /// the unique id must be the same.
    pub(super) fn policies(&self, principal: &Principal, access_key_id: Option<&str>) -> IdentityPolicies {
        let session = access_key_id.and_then(|key| self.sessions.get(key));
        let Some(account) = principal.account().and_then(|id| self.accounts.get(id)) else {
            return IdentityPolicies::default();
        };
        match principal {
            Principal::User { name, id, .. } => match account.users.get(name) {
                Some(user) if user.identity.id == *id => account.policies_of_user(user),
                _ => IdentityPolicies::default(),
            },
            Principal::Session { role, id, .. } => match account.roles.get(role) {
                Some(role) if role.identity.id == *id => IdentityPolicies {
                    identity: account.policies_of(&role.identity),
                    boundary: account.boundary_of(&role.identity),
                    session: session.map(session_policies).unwrap_or_default(),
                },
                _ => IdentityPolicies::default(),
            },
            // What a user may do and the session's own policies allow; without such a policy it may do nothing.
            Principal::Federated { .. } => match session.and_then(|session| Some((session, session.user()?)))
            {
                Some((session, (name, id))) if !session.policies.is_empty() => {
                    let user = account.users.get(name).filter(|user| user.identity.id == id);
                    let mut own = user.map(|user| account.policies_of_user(user)).unwrap_or_default();
                    if name.is_empty() {
                        let everything = account.managed(ADMINISTRATOR);
                        own.identity.extend(everything.map(|policy| ("root user".to_owned(), policy)));
                    }
                    IdentityPolicies { session: session_policies(session), ..own }
                }
                _ => IdentityPolicies::default(),
            },
            _ => IdentityPolicies::default(),
        }
    }

    fn note_use(&mut self, access_key_id: &str, service: &str, region: &str, now: i64) {
        if let Some(owner) = self.key_owners.get(access_key_id).cloned() {
            let user = self.account(&owner.account).users.get_mut(&owner.user);
            let key = user.and_then(|user| user.keys.iter_mut().find(|key| key.id == access_key_id));
            if let Some(key) = key {
                let (service, region) = (service.to_owned(), region.to_owned());
                key.last_used = Some(LastUse { at: now, service, region });
            }
        } else if let Some(session) = self.sessions.get(access_key_id)
            && let Holder::Session { role, .. } = &session.holder
        {
            let (account, role) = (session.account.clone(), role.clone());
            if let Some(role) = self.account(&account).roles.get_mut(&role) {
                role.last_used = Some((now, region.to_owned()));
            }
        }
    }
}

fn session_policies(session: &SessionRecord) -> Vec<(String, Arc<Policy>)> {
    session.policies.iter().map(|(name, document)| (name.clone(), Arc::clone(document.policy()))).collect()
}

impl Account {
    /// Returns what a managed policy means now: its default version.
    pub(super) fn managed(&self, arn: &str) -> Option<Arc<Policy>> {
        if let Some(policy) = self.policies.get(arn) {
            let (document, _) = policy.versions.get(&policy.default_version)?;
            return Some(Arc::clone(document.policy()));
        }
        managed_policies::find(arn)?.policy().cloned()
    }

    /// Returns the inline and managed policies of an identity itself.
    pub(super) fn policies_of(&self, identity: &Identity) -> Vec<(String, Arc<Policy>)> {
        let inline =
            identity.inline.iter().map(|(name, document)| (name.clone(), Arc::clone(document.policy())));
        let attached = identity.attached.iter().filter_map(|arn| Some((arn.clone(), self.managed(arn)?)));
        inline.chain(attached).collect()
    }

    pub(super) fn boundary_of(&self, identity: &Identity) -> Option<(String, Arc<Policy>)> {
        let arn = identity.boundary.as_ref()?;
        Some((arn.clone(), self.managed(arn)?))
    }

    /// Returns the policies of a user, those of its groups among them.
    pub(super) fn policies_of_user(&self, user: &User) -> IdentityPolicies {
        let groups = self.groups.values().filter(|group| group.members.contains(&user.identity.name));
        let inherited = groups.flat_map(|group| self.policies_of(&group.identity));
        IdentityPolicies {
            identity: self.policies_of(&user.identity).into_iter().chain(inherited).collect(),
            boundary: self.boundary_of(&user.identity),
            session: vec![],
        }
    }

    /// Returns the tags of a principal as condition keys.
    pub(super) fn tag_keys(&self, kind: Kind, name: &str) -> Context {
        let mut context = Context::new();
        for (key, value) in self.identity(kind, name).map_or(&[][..], |identity| &identity.tags) {
            context.set(&format!("aws:PrincipalTag/{key}"), vec![value.clone()]);
        }
        context
    }
}
