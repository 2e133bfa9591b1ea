use std::sync::Arc;

use jiff::Timestamp;

use super::document::Document;
use super::identity::Kind;
use super::state::{Account, Holder, SessionRecord, State};
use super::{Iam, fault, ids, one_time_code};
use crate::context::Random;
use crate::policy::{Applicable, Context, Policy, PolicyKind, Principal, Request, decide};
use crate::sandbox::authority::Asked;
use crate::sandbox::{AccountId, Scope, ServiceError, TemporaryCredentials};

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
    pub(in crate::sandbox) second_factor: bool,
    /// Condition keys that come from the token of an identity provider, or that a service brings along.
    pub(in crate::sandbox) federated: Vec<(String, String)>,
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
        let policies = session_policies_of(account, &request)?;
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
            second_factor: request.second_factor,
            federated: request.federated,
        };
        state.issue(record, self.random(), now)
    }

    /// Gives a user, or root, temporary credentials of its own.
    pub(in crate::sandbox) fn issue_for_caller(
        &self,
        principal: &Principal,
        duration: i64,
        second_factor: bool,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let now = self.now();
        let holder = match principal {
            Principal::User { name, .. } => Holder::User { name: name.clone() },
            Principal::Root { .. } => Holder::Root,
            Principal::Anonymous
            | Principal::WebIdentity { .. }
            | Principal::Session { .. }
            | Principal::Federated { .. }
            | Principal::Service { .. } => {
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
            second_factor,
            federated: vec![],
        };
        self.write().issue(record, self.random(), now)
    }

    /// Gives somebody that a user vouches for temporary credentials.
    pub(in crate::sandbox) fn issue_federated(
        &self,
        principal: &Principal,
        request: SessionRequest,
    ) -> Result<TemporaryCredentials, ServiceError> {
        let now = self.now();
        let (account_id, user, user_id) = match principal {
            Principal::User { account, name, id, .. } => (account, name.clone(), id.clone()),
            Principal::Root { account } => (account, String::new(), String::new()),
            _ => {
                let message = "Cannot call GetFederationToken with session credentials";
                return Err(fault::access_denied(message));
            }
        };
        let mut state = self.write();
        let policies = session_policies_of(state.account(account_id), &request)?;
        let record = SessionRecord {
            account: account_id.clone(),
            holder: Holder::Federated { name: request.name, user, user_id },
            secret: ids::secret_access_key(self.random()),
            token: ids::session_token(self.random()),
            issued: now,
            expires: now.saturating_add(request.duration),
            policies,
            tags: request.tags,
            transitive_tags: vec![],
            source_identity: None,
            for_service: false,
            second_factor: false,
            federated: vec![],
        };
        state.issue(record, self.random(), now)
    }

    /// Checks the code that a caller shows, against the device of the user that it is.
    pub(in crate::sandbox) fn has_second_factor(
        &self,
        principal: &Principal,
        serial: &str,
        code: &str,
    ) -> bool {
        matches!(principal, Principal::User { id, .. } if self.shows_code(serial, code).as_ref() == Some(id))
    }

    /// Returns the unique id of the user whose device shows a code now.
    pub(in crate::sandbox) fn shows_code(&self, serial: &str, code: &str) -> Option<String> {
        let state = self.read();
        let (account, _) = super::state::split_arn(serial)?;
        let device = state.accounts.get(account)?.mfa_devices.get(serial)?;
        device.user.clone().filter(|_| one_time_code::is_current(&device.seed, code, self.now()))
    }

    /// Whether a key belongs to a session that may not call IAM: one that a user asked for without a second factor, or
    /// gave to somebody else.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>
    pub(super) fn is_kept_out(&self, access_key_id: &str) -> bool {
        let state = self.read();
        state.sessions.get(access_key_id).is_some_and(|session| match session.holder {
            Holder::Federated { .. } => true,
            Holder::User { .. } | Holder::Root => !session.second_factor,
            Holder::Session { .. } => false,
        })
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
        brought: Vec<(String, String)>,
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
        let decision = decide(&request, &policies);
        let checked = if decision.is_allowed() { Ok(()) } else { Err(denied()) };
        if let (Some(journal), Some(account)) = (self.journal(), owner.and_then(AccountId::parse)) {
            // IAM and STS are the same in every region.
            let scope = Scope { account, region: "us-east-1".to_owned() };
            let (operation, time) = ("AssumeRole", self.clock().now());
            let asked = Asked { service: "sts", operation, resource: role_arn, scope: &scope, time };
            let outcome = checked.as_ref().map(|()| decision.decided_by.as_slice());
            journal.between_services(service, &request.principal, &asked, outcome);
        }
        checked?;
        self.issue_session(SessionRequest {
            role_arn: role_arn.to_owned(),
            name: session_name.to_owned(),
            duration: SERVICE_SESSION,
            for_service: true,
            federated: brought,
            ..SessionRequest::default()
        })
    }
}

/// Returns the policies that limit a session, each with its name.
fn session_policies_of(
    account: &Account,
    request: &SessionRequest,
) -> Result<Vec<(String, Document)>, ServiceError> {
    let mut policies = vec![];
    if let Some(text) = &request.policy {
        policies.push(("session policy".to_owned(), Document::new(text, PolicyKind::Identity)?));
    }
    for arn in &request.policy_arns {
        policies.push((arn.clone(), session_document(account, arn)?));
    }
    Ok(policies)
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
        self.sessions.insert(access_key_id, record);
        Ok(credentials)
    }

    /// Returns the keys that a principal's identity and credentials bring along: tags, and when a session began.
    pub(super) fn principal_context(
        &self,
        principal: &Principal,
        access_key_id: Option<&str>,
        now: i64,
    ) -> Context {
        let account = principal.account().and_then(|id| self.accounts.get(id));
        let mut context = match (principal, account) {
            (Principal::User { name, .. }, Some(account)) => account.tag_keys(Kind::User, name),
            (Principal::Session { role, .. }, Some(account)) => account.tag_keys(Kind::Role, role),
            _ => Context::new(),
        };
        // A session tag takes the place of the role's tag of the same key.
        if let Some(record) = access_key_id.and_then(|key| self.sessions.get(key)) {
            context.extend(record.context(now));
        }
        context
    }
}
