use std::sync::Arc;

use jiff::Timestamp;

use super::document::Document;
use super::identity::Kind;
use super::state::{Account, Holder, SessionRecord, State};
use super::{Iam, fault, ids};
use crate::context::Random;
use crate::policy::{Applicable, Context, Policy, PolicyKind, Principal, Request, decide};
use crate::sandbox::{ServiceError, TemporaryCredentials};

/// How long a service's session of a role lasts, in seconds.
const SERVICE_SESSION: i64 = 12 * 3600;

/// A session of a role that STS was asked for and that was allowed.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct SessionRequest {
    pub(in crate::sandbox) role_arn: String,
    pub(in crate::sandbox) name: String,
    /// In seconds.
    pub(in crate::sandbox) duration: i64,
    /// A session policy's document, as it was sent.
    pub(in crate::sandbox) policy: Option<String>,
    /// ARNs of managed policies that limit the session.
    pub(in crate::sandbox) policy_arns: Vec<String>,
    pub(in crate::sandbox) tags: Vec<(String, String)>,
    pub(in crate::sandbox) transitive_tags: Vec<String>,
    pub(in crate::sandbox) source_identity: Option<String>,
    /// Whether a service asks, for itself.
    pub(in crate::sandbox) for_service: bool,
}

/// What STS has to know of a role before it gives out a session.
#[derive(Debug)]
pub(in crate::sandbox) struct AssumableRole {
    /// The trust policy.
    pub(in crate::sandbox) trust: Arc<Policy>,
    /// The longest session, in seconds.
    pub(in crate::sandbox) max_session: i64,
    /// Tags of the role, as condition keys.
    pub(in crate::sandbox) keys: Context,
}

/// What a session hands on to the next role of a chain.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct HandedOn {
    /// The transitive tags.
    pub(in crate::sandbox) tags: Vec<(String, String)>,
    pub(in crate::sandbox) source_identity: Option<String>,
}

impl Iam {
    pub(in crate::sandbox) fn assumable_role(&self, arn: &str) -> Option<AssumableRole> {
        let state = self.read();
        let (_, role) = state.role(arn)?;
        let mut keys = Context::new();
        for (key, value) in &role.identity.tags {
            keys.set(&format!("aws:ResourceTag/{key}"), vec![value.clone()]);
            keys.set(&format!("iam:ResourceTag/{key}"), vec![value.clone()]);
        }
        Some(AssumableRole { trust: Arc::clone(role.trust.policy()), max_session: role.max_session, keys })
    }

    /// Gives out a session of a role; whether the caller may have one was decided before.
    pub(in crate::sandbox) fn issue_session(
        &self,
        request: SessionRequest,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let now = self.now();
        let mut state = self.write();
        let Some((account, role)) = state.role(&request.role_arn) else {
            return Err(fault::no_such_entity(format!("Role {} cannot be found.", request.role_arn)));
        };
        let mut policies = vec![];
        if let Some(text) = &request.policy {
            policies.push(("session policy".to_owned(), Document::new(text, PolicyKind::Identity)?));
        }
        for arn in &request.policy_arns {
            let document = session_document(account, arn)?;
            policies.push((arn.clone(), document));
        }
        let holder = Holder::Session {
            role: role.identity.name.clone(),
            role_id: role.identity.id.clone(),
            path: role.identity.path.clone(),
            session: request.name,
        };
        let record = SessionRecord {
            account: account.id.clone(),
            holder,
            secret: ids::secret_access_key(self.random()),
            token: ids::session_token(self.random()),
            issued: now,
            expires: now.saturating_add(request.duration),
            policies,
            tags: request.tags,
            transitive_tags: request.transitive_tags,
            source_identity: request.source_identity,
            for_service: request.for_service,
        };
        state.issue(record, self.random(), now)
    }

    /// Gives a user, or root, temporary credentials of its own.
    pub(in crate::sandbox) fn issue_for_caller(
        &self,
        principal: &Principal,
        duration: i64,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let now = self.now();
        let holder = match principal {
            Principal::User { name, .. } => Holder::User { name: name.clone() },
            Principal::Root { .. } => Holder::Root,
            Principal::Anonymous | Principal::Session { .. } | Principal::Service { .. } => {
                return Err(fault::access_denied("Cannot call GetSessionToken with session credentials"));
            }
        };
        let record = SessionRecord {
            account: principal.account().unwrap_or_default().to_owned(),
            holder,
            secret: ids::secret_access_key(self.random()),
            token: ids::session_token(self.random()),
            issued: now,
            expires: now.saturating_add(duration),
            policies: vec![],
            tags: vec![],
            transitive_tags: vec![],
            source_identity: None,
            for_service: false,
        };
        self.write().issue(record, self.random(), now)
    }

    /// Returns the account that an access key belongs to; of a key from elsewhere, what its id tells.
    pub(in crate::sandbox) fn account_of_key(&self, access_key_id: &str) -> Option<String> {
        let state = self.read();
        let owner = state.key_owners.get(access_key_id).map(|owner| owner.account.clone());
        let session = || state.sessions.get(access_key_id).map(|session| session.account.clone());
        owner.or_else(session).or_else(|| ids::account_of(access_key_id))
    }

    /// Returns what a session hands on; none where the key is no session's.
    pub(in crate::sandbox) fn handed_on(&self, access_key_id: &str) -> Option<HandedOn> {
        let state = self.read();
        let session = state.sessions.get(access_key_id)?;
        let transitive = |(key, _): &&(String, String)| session.transitive_tags.contains(key);
        Some(HandedOn {
            tags: session.tags.iter().filter(transitive).cloned().collect(),
            source_identity: session.source_identity.clone(),
        })
    }

    pub(super) fn assume_as_service(
        &self,
        role_arn: &str,
        service: &str,
        session_name: &str,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let denied = || {
            fault::access_denied(format!(
                "User: {service} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            ))
        };
        let role = self.assumable_role(role_arn).ok_or_else(denied)?;
        let owner = role_arn.split(':').nth(4);
        let request = Request {
            principal: Principal::Service { name: service.to_owned() },
            action: "sts:AssumeRole".to_owned(),
            resource: role_arn.to_owned(),
            context: role.keys.with("aws:SourceAccount", owner.unwrap_or_default()),
        };
        let trust = ("trust policy".to_owned(), role.trust);
        let policies = Applicable { resource: Some(&trust), owner, ..Applicable::default() };
        if !decide(&request, &policies).is_allowed() {
            return Err(denied());
        }
        self.issue_session(SessionRequest {
            role_arn: role_arn.to_owned(),
            name: session_name.to_owned(),
            duration: SERVICE_SESSION,
            for_service: true,
            ..SessionRequest::default()
        })
    }
}

/// Returns a managed policy's document as a session policy.
fn session_document(account: &Account, arn: &str) -> Result<Document, ServiceError> {
    if let Some(policy) = account.policies.get(arn) {
        let default = policy.versions.get(&policy.default_version);
        return default
            .map(|(document, _)| document.clone())
            .ok_or_else(|| fault::no_such_entity(format!("Policy {arn} was not found.")));
    }
    match super::managed_policies::find(arn) {
        Some(managed) => Document::new(managed.document, PolicyKind::Identity),
        None => Err(fault::no_such_entity(format!("Policy {arn} does not exist or is not attachable."))),
    }
}

impl State {
    fn issue(
        &mut self,
        record: SessionRecord,
        random: &Random,
        now: i64,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let access_key_id = ids::access_key_id("ASIA", &record.account, random);
        let time = |_| ServiceError::new(500, "InternalFailure", "the session ends beyond all calendars");
        let expires = Timestamp::from_second(record.expires).map_err(time)?;
        let gone = || fault::no_such_entity("The caller cannot be found.");
        let principal = self.holder(&record).ok_or_else(gone)?;
        let credentials = TemporaryCredentials {
            access_key_id: access_key_id.clone(),
            secret_access_key: record.secret.clone(),
            session_token: record.token.clone(),
            expires,
            principal,
        };
        // Keys that are long over are forgotten; for a day they are still known, and refused as expired.
        self.sessions.retain(|_, session| session.expires + 86_400 > now);
        if let Holder::Session { role_id, session, .. } = &record.holder {
            self.newest_sessions.insert(format!("{role_id}:{session}"), access_key_id.clone());
        }
        self.newest_sessions.retain(|_, key| *key == access_key_id || self.sessions.contains_key(key));
        self.sessions.insert(access_key_id, record);
        Ok(credentials)
    }

    /// Returns the keys that a principal's identity and credentials bring along: tags, and when a session began.
    pub(super) fn principal_context(&self, principal: &Principal) -> Context {
        let account = principal.account().and_then(|id| self.accounts.get(id));
        match (principal, account) {
            (Principal::User { name, .. }, Some(account)) => account.tag_keys(Kind::User, name),
            (Principal::Session { role, id, session, .. }, Some(account)) => {
                let mut context = account.tag_keys(Kind::Role, role);
                // A session tag takes the place of the role's tag of the same key.
                if let Some(record) = self.session(id, session) {
                    context.extend(record.context());
                }
                context
            }
            _ => Context::new(),
        }
    }
}
