use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::denial::denial;
use super::journal::{Asked, Journal, operation_of};
use super::keys::principal_keys;
use crate::context::Clock;
use crate::policy::{
    Applicable, Context, Decision, Effect, Matched, Policy, PolicyKind, PolicySource, Principal,
};
use crate::sandbox::{Access, AccountId, Caller, Directory, IdentityPolicies, Scope, ServiceError, Standing};

/// What root's power is called in a trace: it comes from no policy.
const ROOT: &str = "root user";
/// What stands where no deadline is set.
const NEVER: u64 = u64::MAX;
/// How long a freeze waits for calls that were let in before it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Decides over every access, with the caller's policies as they are now.
pub struct Authority {
    directory: Arc<dyn Directory>,
    clock: Arc<dyn Clock>,
    open: bool,
    /// Who is asked at all, as [`Standing`] numbers it.
    standing: AtomicU8,
    /// When a running sandbox freezes by itself, in microseconds of the clock's elapsed time.
    deadline: AtomicU64,
    /// Calls that were let in and have not ended.
    under_way: Arc<AtomicUsize>,
    /// Root may do everything that nobody denies: the same as a policy that allows everything.
    everything: Option<(String, Arc<Policy>)>,
    /// Where the calls that the front does not see are noted.
    journal: Option<Journal>,
}

/// A call that was let in.
#[derive(Debug)]
pub struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(NEVER)
}

impl Authority {
    /// `open` says whether callers with keys of their own are root of an account (`--open`).
    pub fn new(directory: Arc<dyn Directory>, clock: Arc<dyn Clock>, open: bool) -> Self {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let everything = Policy::parse(text, PolicyKind::Identity).ok();
        let everything = everything.map(|policy| (ROOT.to_owned(), Arc::new(policy)));
        Self {
            directory,
            clock,
            open,
            standing: AtomicU8::new(0),
            deadline: AtomicU64::new(NEVER),
            under_way: Arc::default(),
            everything,
            journal: None,
        }
    }

    /// Notes the calls that the front does not see in the audit log.
    #[must_use]
    pub fn recording(mut self, journal: Journal) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Returns where the calls that the front does not see are noted.
    pub fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    pub fn directory(&self) -> &Arc<dyn Directory> {
        &self.directory
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Returns who may still do something. It is asked for each call, so that a deadline holds to the microsecond, whatever else the
    /// process is busy with.
    pub fn standing(&self) -> Standing {
        let standing = Standing::of_number(self.standing.load(Ordering::Acquire));
        let deadline = self.deadline.load(Ordering::Acquire);
        if standing == Standing::Running && deadline != NEVER && micros(self.clock.elapsed()) >= deadline {
            return Standing::Frozen;
        }
        standing
    }

    /// Freezes a running sandbox when the clock's elapsed time gets there; `None`: never.
    pub fn set_deadline(&self, at: Option<Duration>) {
        self.deadline.store(at.map_or(NEVER, micros), Ordering::Release);
    }

    /// Notes a call that is about to be let in, until what is returned is dropped.
    pub fn pass(&self) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(Arc::clone(&self.under_way))
    }

    /// Waits until the calls that were let in have ended, and returns how many have not.
    pub async fn quiet(&self) -> usize {
        let wait = async {
            while self.under_way.load(Ordering::Acquire) > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        // Those that are still there then are told.
        let _ = tokio::time::timeout(PATIENCE, wait).await;
        self.under_way.load(Ordering::Acquire)
    }

    pub fn set_standing(&self, standing: Standing) {
        self.standing.store(standing.number(), Ordering::Release);
    }

    fn is_administrator(&self, principal: &Principal) -> bool {
        (self.open && matches!(principal, Principal::Root { .. }))
            || self.directory.is_administrator(principal)
    }

    /// Refuses a caller that a frozen sandbox does not let in, and changes of one that is evidence.
    pub fn admit(&self, caller: &Caller, mutates: bool) -> Result<(), &'static str> {
        let standing = self.standing();
        if standing == Standing::Running {
            return Ok(());
        }
        let administrator = self.is_administrator(&caller.principal);
        // What a candidate took before the end is of no use after it.
        let handed_out = matches!(caller.principal, Principal::Session { .. })
            && caller.access_key_id.as_ref().is_some_and(|key| !self.directory.is_for_service(key));
        if !standing.admits(&caller.principal, administrator) || handed_out {
            return Err("the sandbox is frozen");
        }
        if standing == Standing::Evidence && mutates {
            return Err("the sandbox is evidence, which nobody changes");
        }
        Ok(())
    }

    /// Decides one access. `context` holds the keys of the request, to which those of the access are added.
    pub fn decide(&self, caller: &Caller, access: &Access, mut context: Context) -> Decision {
        let Caller { principal, access_key_id } = caller;
        let access_key_id = access_key_id.as_deref();
        if self.standing() != Standing::Running
            && !self.standing().admits(principal, self.is_administrator(principal))
        {
            return frozen();
        }
        let owner = access.owner.as_ref().map(AccountId::as_str);
        if let Some(owner) = owner.or(principal.account())
            && context.get("aws:ResourceAccount").is_none()
        {
            context.set("aws:ResourceAccount", vec![owner.to_owned()]);
        }
        context.extend(self.directory.principal_keys(principal, access_key_id));
        context.extend(access.context.clone());
        let root = matches!(principal, Principal::Root { .. });
        let own = owner.is_none_or(|owner| principal.account() == Some(owner));
        if root && own && access.resource_policy.is_none() {
            return as_root();
        }
        let request = crate::policy::Request {
            principal: principal.clone(),
            action: access.action.clone(),
            resource: access.resource.clone(),
            context,
        };
        let mut policies = match principal {
            Principal::User { .. } | Principal::Session { .. } | Principal::Federated { .. } => {
                self.directory.policies(principal, access_key_id)
            }
            Principal::Anonymous
            | Principal::WebIdentity { .. }
            | Principal::Root { .. }
            | Principal::Service { .. } => IdentityPolicies::default(),
        };
        if root {
            policies.identity.extend(self.everything.clone());
        }
        let resource =
            access.resource_policy.clone().map(|policy| (format!("policy of {}", access.resource), policy));
        crate::policy::decide(
            &request,
            &Applicable {
                identity: &policies.identity,
                boundary: policies.boundary.as_ref(),
                session: &policies.session,
                resource: resource.as_ref(),
                owner,
            },
        )
    }

    /// Decides one access for a service, and states a denial as AWS does. `service` is the signing name of the service
    /// that was called.
    pub fn check(
        &self,
        service: &str,
        caller: &Caller,
        access: &Access,
        context: Context,
    ) -> Result<Decision, ServiceError> {
        let decision = self.decide(caller, access, context);
        if decision.is_allowed() {
            Ok(decision)
        } else {
            Err(denial(service, &caller.principal, access, &decision))
        }
    }

    /// Whether a principal might do something, for a service that tries it without doing it.
    pub fn would_allow(&self, principal: &Principal, access: &Access, scope: &Scope) -> bool {
        let caller = Caller { principal: principal.clone(), access_key_id: None };
        self.decide(&caller, access, principal_keys(principal, scope, self.clock.now())).is_allowed()
    }

    /// Like [`check`](Self::check), for what one service asks of another without a request over HTTP: only the keys that
    /// the principal brings along are there. `by` is the service that asks. The call goes into the audit log.
    pub fn check_internal(
        &self,
        service: &str,
        by: &str,
        principal: &Principal,
        access: &Access,
        scope: &Scope,
    ) -> Result<Decision, ServiceError> {
        let caller = Caller { principal: principal.clone(), access_key_id: None };
        let keys = principal_keys(principal, scope, self.clock.now());
        let checked = self.check(service, &caller, access, keys);
        if let Some(journal) = &self.journal {
            let asked = Asked {
                service,
                operation: operation_of(&access.action),
                resource: &access.resource,
                scope,
                time: self.clock.now(),
            };
            let outcome = checked.as_ref().map(|decision| decision.decided_by.as_slice());
            journal.between_services(by, principal, &asked, outcome);
        }
        checked
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("open", &self.open).finish_non_exhaustive()
    }
}

fn frozen() -> Decision {
    Decision { effect: Effect::ExplicitDeny, decided_by: vec![], denied_by: None, missing_keys: vec![] }
}

fn as_root() -> Decision {
    Decision {
        effect: Effect::Allowed,
        decided_by: vec![Matched {
            source: PolicySource::Identity,
            policy: ROOT.to_owned(),
            statement: 0,
            sid: None,
            allows: true,
        }],
        denied_by: None,
        missing_keys: vec![],
    }
}
