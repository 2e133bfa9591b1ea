use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use jiff::Timestamp;

use super::ground::Spot;
use super::guests::guests;
use super::scenario::variables;
use super::{Entered, ExamError, Ground, Premises};
use crate::aws::Failure;
use crate::challenge::Challenge;
use crate::evidence::AuditLog;
use crate::target::{
    Bounds, Door, Entrance, Lease, Permit, assume_grader, audit_log, bind, hold_roles, let_functions_work,
    set_boundary, set_door, set_policy,
};
use crate::text;

/// How long AWS may take until a change of policies is seen everywhere
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>).
const SPREADING: Duration = Duration::from_secs(10);

/// Goes into a target, and makes sure that it is the account in which the attempt is.
pub(super) async fn enter(
    premises: &dyn Premises,
    entrance: &Entrance,
    account: &str,
) -> Result<Entered, ExamError> {
    let entered = premises.enter(entrance).await.map_err(ExamError::Closed)?;
    if entered.lease.account != account {
        let led = &entered.lease.account;
        let told = format!("the keys at hand lead into account {led}, and the attempt stands in {account}");
        return Err(ExamError::Closed(told));
    }
    Ok(entered)
}

/// Goes back to where an attempt stands, to look at the work, with a grader's rights.
pub async fn grader_at(ground: Ground, premises: &dyn Premises) -> Result<Lease, ExamError> {
    Ok(Footing::enter(ground, premises).await?.grader().await?)
}

/// Where an attempt stands, got into: the doors that can be opened and shut there.
#[derive(Debug, Clone)]
pub(super) struct Footing {
    pub(super) ground: Ground,
    /// With the host's rights.
    pub(super) lease: Lease,
    pub(super) permit: Option<Permit>,
}

impl Footing {
    /// Goes back into a sandbox of the attempt's own.
    pub(super) fn own(ground: Ground) -> Option<Self> {
        let lease = ground.rejoin()?;
        Some(Self { ground, lease, permit: None })
    }

    /// Goes into a target that is there anyway.
    pub(super) async fn enter(ground: Ground, premises: &dyn Premises) -> Result<Self, ExamError> {
        let Spot::Elsewhere { entrance } = &ground.spot else {
            return Self::own(ground).ok_or_else(|| ExamError::Internal("a sandbox has no keys".to_owned()));
        };
        let entered = enter(premises, entrance, &ground.account).await?;
        let keys = entered.lease.clients.endpoint.credentials.provide_credentials().await;
        let theirs = |keys: &Credentials| keys.access_key_id() == ground.candidate.access_key_id;
        if keys.as_ref().is_ok_and(theirs) {
            return Err(ExamError::Closed("the keys at hand are the candidate's".to_owned()));
        }
        Ok(Self { ground, lease: entered.lease, permit: entered.permit })
    }

    /// Returns what a grade looks with: in an account a role that can change nothing, where its owner named one.
    pub(super) async fn grader(&self) -> Result<Lease, Failure> {
        match self.permit.as_ref().and_then(|permit| permit.grader.as_ref()) {
            Some(role) => assume_grader(&self.lease, role).await,
            None => Ok(self.lease.clone()),
        }
    }

    /// Whether the target holds a candidate to policies and their times.
    fn enforces(&self) -> bool {
        self.lease.profile.enforces
    }

    /// Lets the candidate in, until some time where one is named: in time since the machine's start for a sandbox of ours, and in time of day for a
    /// target that keeps it by its policies.
    pub(super) async fn open(
        &self,
        challenge: &Challenge,
        until: Option<(Duration, Timestamp)>,
    ) -> Result<(), ExamError> {
        if let Spot::Sandbox { admin_token, .. } = &self.ground.spot {
            let door = Door::Open { until: until.map(|(elapsed, _)| elapsed) };
            set_door(&self.lease_url(), admin_token, door).await?;
            return Ok(());
        }
        let Some((_, until)) = until.filter(|_| self.enforces()) else { return Ok(()) };
        let (clients, stack, user) = (&self.lease.clients, &self.ground.stack, &self.ground.candidate.user);
        let bounds = Bounds::of(challenge.allowed_types().iter().map(String::as_str), until);
        let filled = text::fill(&challenge.candidate_policy, &variables(&self.lease, stack));
        let filled = filled.map_err(|problem| ExamError::Challenge(problem.to_string()))?;
        let policy = bounds.limit(&filled).map_err(ExamError::Challenge)?;
        set_policy(clients, user, &policy).await?;
        if self.permit.is_some() {
            let boundary = set_boundary(clients, &self.lease.account, &stack.name, &bounds).await?;
            bind(clients, user, &boundary).await?;
        }
        Ok(())
    }

    /// Lets nobody in but the grader. Can be done twice. Returns the functions that events were on their way to, which a sandbox of ours cuts off.
    pub(super) async fn shut(&self) -> Result<Vec<String>, ExamError> {
        if let Spot::Sandbox { admin_token, .. } = &self.ground.spot {
            return Ok(set_door(&self.lease_url(), admin_token, Door::Shut).await?);
        }
        let held = async {
            let (users, roles) = guests(self).await?;
            hold_roles(&self.lease.clients, &users, &roles).await
        };
        match held.await {
            Ok(()) => self.spread().await,
            // A target that does not hold anybody to policies may not know such calls either; the start said what it is.
            Err(failure) if !self.enforces() => tracing::warn!(%failure, "the freeze is not complete"),
            Err(failure) => return Err(failure.into()),
        }
        Ok(Vec::new())
    }

    /// Lets functions work again, for the grader's probes.
    pub(super) async fn probe(&self, now: Timestamp) -> Result<(), Failure> {
        if let Spot::Sandbox { admin_token, .. } = &self.ground.spot {
            return set_door(&self.lease_url(), admin_token, Door::Probing).await.map(drop);
        }
        let let_in = async {
            let (_, roles) = guests(self).await?;
            let_functions_work(&self.lease.clients, &roles, now).await
        };
        match let_in.await {
            Err(failure) if self.enforces() => return Err(failure),
            Err(failure) => tracing::warn!(%failure, "functions were not let work again"),
            Ok(()) => self.spread().await,
        }
        Ok(())
    }

    /// What was called, by everybody but the grader, as a sandbox of ours tells it.
    pub(super) async fn audit_log(&self) -> Option<AuditLog> {
        let Spot::Sandbox { admin_token, access_key_id, .. } = &self.ground.spot else { return None };
        let log = audit_log(&self.lease_url(), admin_token, &self.ground.account, access_key_id).await;
        log.map_err(|failure| tracing::warn!(%failure, "there is no audit log")).ok()
    }

    fn lease_url(&self) -> String {
        self.ground.url().unwrap_or_default()
    }

    /// AWS itself takes a while until what was changed holds; an endpoint does it at once.
    async fn spread(&self) {
        if self.ground.url().is_none() {
            tokio::time::sleep(SPREADING).await;
        }
    }
}
