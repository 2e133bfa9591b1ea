use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::footing::{Footing, enter};
use super::remains::clear_remains;
use super::scenario::{candidate_name, put_up, take_down};
use super::standing::presented;
use super::{Entered, Event as Told, ExamError, Ground, Listener, Place, Premises, Spot, failpoint, keeping};
use crate::attempt::{Attempt, AttemptId, Event, FreezeReason, Home, State, Store, StoreError, Whereabouts};
use crate::aws;
use crate::challenge::Challenge;
use crate::context::{Context, Reading};
use crate::grade::inspect_before;
use crate::provision::Site;
use crate::source::FileTree;
use crate::target::{Entrance, Lease, Permit, Pool, lease_embedded, remove_boundary, remove_candidate};

/// Who writes what the program does by itself.
pub(super) const HOST: &str = "host";
/// The stack's name in the attempt's own account.
const STACK: &str = "lab";
/// How long a store that does not write is asked again, before the host gives up. The sandbox freezes by itself meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);

/// Drives one attempt. One process at a time may.
#[derive(Debug)]
pub struct Host {
    pub(super) context: Context,
    pub(super) store: Store,
    pub(super) id: AttemptId,
    pub(super) folder: PathBuf,
    pub(super) files: FileTree,
    pub(super) challenge: Arc<Challenge>,
    pub(super) region: String,
    /// Where the scenario stands, if not in a sandbox of its own, and how to get in.
    pub(super) target: Option<Whereabouts>,
    pub(super) entrance: Option<Entrance>,
    /// Who has which of the accounts that several use.
    pub(super) pool: Pool,
    premises: Arc<dyn Premises>,
    pub(super) listener: Arc<dyn Listener>,
    place: Option<Box<dyn Place>>,
    /// Whether the attempt was running when this process came to it.
    pub(super) taken_up: bool,
    _claim: File,
}

impl Host {
    /// Takes an attempt over.
    pub async fn claim(
        context: &Context,
        home: &Home,
        store: &Store,
        id: &AttemptId,
        premises: Arc<dyn Premises>,
        listener: Arc<dyn Listener>,
    ) -> Result<Self, ExamError> {
        let attempt = store.load(id).await?;
        let folder = home.folder(id);
        let claim = home.claim(id).map_err(ExamError::file("cannot lock", folder.clone()))?;
        let claim = claim.ok_or(ExamError::Driven)?;
        let (files, challenge) = keeping::load_challenge(home, &attempt)?;
        let entrance = keeping::load_entrance(&folder)?;
        Ok(Self {
            context: context.clone(),
            store: store.clone(),
            id: id.clone(),
            folder,
            files,
            challenge: Arc::new(challenge),
            region: attempt.creation.region.clone(),
            target: attempt.creation.target.clone(),
            entrance,
            pool: Pool::below(home.root()),
            premises,
            listener,
            place: None,
            // Where nothing runs, nothing was missed.
            taken_up: attempt.state == State::Running && attempt.settled && !attempt.creation.asks_only,
            _claim: claim,
        })
    }

    /// Takes every step that is due, until there is a grade, or the attempt does not count.
    pub async fn drive(&mut self) -> Result<Attempt, ExamError> {
        self.drive_to(None).await
    }

    /// Takes the steps until the candidate can work; where nothing is asked but answers, nobody need be there from then on.
    pub async fn prepare(&mut self) -> Result<Attempt, ExamError> {
        self.drive_to(Some(State::Running)).await
    }

    async fn drive_to(&mut self, last: Option<State>) -> Result<Attempt, ExamError> {
        loop {
            let attempt = self.patiently(None).await?;
            if last == Some(attempt.state) && attempt.settled {
                return Ok(attempt);
            }
            let step = match (attempt.state, attempt.settled) {
                (State::Created, _) | (State::Provisioning, false) => self.provision().await,
                (State::Provisioning, true) | (State::Ready, false) => self.make_ready().await,
                (State::Ready, true) | (State::Running, false) => self.begin().await,
                (State::Running, true) => self.watch(attempt.clone()).await,
                (State::Frozen, false) => self.freeze().await,
                (State::Frozen, true) | (State::Graded, false) => self.grade(&attempt).await,
                (State::Released | State::Void, false) => self.clear(attempt.state).await,
                (State::Graded | State::Released | State::Void, true) => return Ok(attempt),
            };
            match step {
                Ok(()) => {}
                // Somebody wrote something in the meantime: the ledger tells what is due now.
                Err(ExamError::Store(StoreError::NotNow(not_now))) => {
                    tracing::debug!(%not_now, "the attempt went another way");
                }
                Err(error) if attempt.state < State::Running && is_ours(&error) => {
                    self.give_up(&error).await?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Notes that the program is told to end. The clock goes on.
    pub async fn stopped(&self, why: &str) -> Result<(), ExamError> {
        let event = Event::Stopped { why: why.to_owned() };
        match self.store.append(&self.id, self.context.clock.reading(), HOST, event).await {
            Ok(_) | Err(StoreError::NotNow(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives back what an attempt ran on.
    pub async fn release(&mut self) -> Result<Attempt, ExamError> {
        self.begun(State::Released, None).await?;
        self.drive().await
    }

    /// Gives back what an attempt was to run on that never came to stand.
    pub async fn abandon(&mut self, why: &str) -> Result<Attempt, ExamError> {
        let why = why.to_owned();
        self.patiently(Some(Event::Begun { state: State::Void, reason: None, why })).await?;
        self.drive().await
    }

    /// A scenario that does not stand is no fault of the candidate's.
    async fn give_up(&mut self, error: &ExamError) -> Result<(), ExamError> {
        let why = format!("infrastructure: {error}");
        self.patiently(Some(Event::Begun { state: State::Void, reason: None, why })).await?;
        self.clear(State::Void).await
    }

    async fn provision(&mut self) -> Result<(), ExamError> {
        self.begun(State::Provisioning, None).await?;
        if !self.challenge.has_scenario() {
            return self.finished(State::Provisioning, "questions only".to_owned()).await;
        }
        // What an earlier try left behind goes first, wholly.
        self.empty().await?;
        let world = self.challenge.broken_start().map_err(|error| ExamError::Challenge(error.to_string()))?;
        let (lease, permit, spot) = self.settle().await?;
        let site = self.site(&lease).told_to(self.listener.provisioning());
        let name = self.stack_name();
        let scenario = put_up(&site, &lease, &name, &self.challenge, &world).await.map_err(Box::new)?;
        // A portfolio shows what became of it, and a freeze what came about since.
        let before = match scenario.before {
            Some(before) => before,
            None => inspect_before(&lease.clients, &scenario.stack).await,
        };
        let ground = Ground {
            version: Ground::VERSION,
            spot,
            region: self.region.clone(),
            account: lease.account.clone(),
            stack: scenario.stack,
            candidate: scenario.candidate,
            before: Some(before),
        };
        ground.save(&self.folder)?;
        let resources = ground.stack.resources.len();
        if self.target.is_some() {
            // The target holds the candidate to the end from the beginning, whatever becomes of us.
            let whole = self.patiently(None).await?.creation.allowance.whole();
            let until = until(&self.context.clock.reading(), whole);
            Footing { ground, lease, permit }.open(&self.challenge, until).await?;
        }
        self.finished(State::Provisioning, format!("{resources} resources")).await
    }

    /// Returns where the scenario is to be put up.
    async fn settle(&mut self) -> Result<(Lease, Option<Permit>, Spot), ExamError> {
        if self.target.is_some() {
            let (entrance, entered) = self.enter().await?;
            if entered.permit.is_some() {
                self.hold(&entered.lease.account)?;
            }
            return Ok((entered.lease, entered.permit, Spot::Elsewhere { entrance }));
        }
        let (address, admin_token) = self.open_place(None)?;
        let lease = lease_embedded(&format!("http://{address}"), &admin_token, &self.region).await?;
        let (access_key_id, secret_access_key) = provide(&lease.clients.endpoint).await?;
        Ok((lease, None, Spot::Sandbox { address, admin_token, access_key_id, secret_access_key }))
    }

    fn site(&self, lease: &Lease) -> Site {
        Site::new(lease.clients.clone(), self.context.random.clone()).without(lease.profile.left_out)
    }

    /// Where an account may be shared, nothing else is called as the attempt is.
    fn stack_name(&self) -> String {
        if self.target.is_some() { self.id.to_string() } else { STACK.to_owned() }
    }

    async fn make_ready(&mut self) -> Result<(), ExamError> {
        self.begun(State::Ready, None).await?;
        if !self.challenge.has_scenario() {
            return self.finished(State::Ready, String::new()).await;
        }
        let footing = self.stand().await?;
        // Nobody but us has keys yet.
        footing.open(&self.challenge, None).await?;
        let inspection = presented(&footing).await.map_err(ExamError::NotReady)?;
        self.finished(State::Ready, format!("{} resources seen", inspection.resources.len())).await
    }

    async fn begin(&mut self) -> Result<(), ExamError> {
        self.begun(State::Running, None).await?;
        if !self.challenge.has_scenario() {
            return self.finished(State::Running, String::new()).await;
        }
        self.stand().await?.open(&self.challenge, None).await?;
        // The clock starts with this entry; nobody was told of the keys before.
        self.finished(State::Running, String::new()).await
    }

    async fn freeze(&mut self) -> Result<(), ExamError> {
        if !self.challenge.has_scenario() {
            return self.finished(State::Frozen, String::new()).await;
        }
        let cut = self.shut().await?;
        let note = if cut.is_empty() { String::new() } else { format!("events cut off: {}", cut.join(", ")) };
        self.finished(State::Frozen, note).await
    }

    pub(super) async fn begin_freeze(&mut self, reason: FreezeReason) -> Result<(), ExamError> {
        self.begun(State::Frozen, Some(reason)).await
    }

    /// Shuts the doors, and does not give up at once when a target has a bad moment: the candidate waits for nothing more.
    async fn shut(&mut self) -> Result<Vec<String>, ExamError> {
        let began = tokio::time::Instant::now();
        loop {
            let shut = match self.stand().await {
                Ok(footing) => footing.shut().await,
                Err(error) => Err(error),
            };
            match shut {
                Err(error) if self.target.is_some() && began.elapsed() < PATIENCE => {
                    self.listener.hear(&Told::Trouble(error.to_string()));
                    tokio::time::sleep(PAUSE).await;
                }
                other => return other,
            }
        }
    }

    /// Removes what the attempt ran on, and notes it.
    async fn clear(&mut self, state: State) -> Result<(), ExamError> {
        let attempt = self.patiently(None).await?;
        let put_up = |event: &Event| matches!(event, Event::Begun { state: State::Provisioning, .. });
        // Before that, nothing was done anywhere.
        if attempt.time_of(put_up).is_some() {
            self.empty().await?;
            self.hand_over(state).await?;
        } else {
            self.leave_untouched()?;
        }
        keeping::forget_entrance(&self.folder)?;
        self.finished(state, String::new()).await
    }

    /// Removes what stands, and all keys.
    async fn empty(&mut self) -> Result<(), ExamError> {
        if self.target.is_some() {
            return self.take_down().await;
        }
        self.place = None;
        Ground::forget(&self.folder)?;
        let path = self.sandbox();
        for _ in 0..20 {
            match std::fs::remove_dir_all(&path) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
                // Its threads may write a last time.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        std::fs::remove_dir_all(&path).map_err(ExamError::file("cannot remove", path))
    }

    /// Takes the stack down, what a try left of which nobody noted anything, and the candidate. What is gone already is fine.
    async fn take_down(&self) -> Result<(), ExamError> {
        if self.entrance.is_none() {
            // It went with the last step of an earlier try.
            return Ground::forget(&self.folder);
        }
        let (_, entered) = self.enter().await?;
        let lease = &entered.lease;
        let (site, name) = (self.site(lease), self.stack_name());
        if let Some(ground) = Ground::load(&self.folder)? {
            take_down(&site, lease, &ground.stack).await.map_err(ExamError::Standing)?;
        }
        remove_candidate(&lease.clients, &candidate_name(&name)).await?;
        clear_remains(&site, lease, &name).await.map_err(ExamError::Standing)?;
        if entered.permit.is_some() {
            remove_boundary(&lease.clients, &lease.account, &name).await?;
        }
        Ground::forget(&self.folder)
    }

    /// Goes into the attempt's target.
    pub(super) async fn enter(&self) -> Result<(Entrance, Entered), ExamError> {
        let (Some(entrance), Some(target)) = (&self.entrance, &self.target) else {
            return Err(ExamError::Closed("how to get in is not noted any more".to_owned()));
        };
        let entered = enter(&*self.premises, entrance, &target.account).await?;
        Ok((entrance.clone(), entered))
    }

    fn sandbox(&self) -> PathBuf {
        self.folder.join("sandbox")
    }

    fn open_place(
        &mut self,
        before: Option<std::net::SocketAddr>,
    ) -> Result<(std::net::SocketAddr, String), ExamError> {
        let place = self.premises.open(&self.sandbox(), before).map_err(ExamError::Place)?;
        let known = (place.address(), place.admin_token());
        self.place = Some(place);
        Ok(known)
    }

    /// Returns where the attempt stands, got into; a sandbox of its own is opened again if this process has not done that.
    pub(super) async fn stand(&mut self) -> Result<Footing, ExamError> {
        let ground = Ground::load(&self.folder)?;
        let mut ground = ground.ok_or_else(|| ExamError::Place("nothing stands any more".to_owned()))?;
        if let (None, Spot::Sandbox { address: before, .. }) = (&self.place, &ground.spot) {
            let (opened, token) = self.open_place(Some(*before))?;
            if let Spot::Sandbox { address, admin_token, .. } = &mut ground.spot
                && (*address != opened || *admin_token != token)
            {
                (*address, *admin_token) = (opened, token);
                ground.save(&self.folder)?;
            }
        }
        Footing::enter(ground, &*self.premises).await
    }

    /// Writes that a step begins. Whoever takes a step again after a crash writes it again.
    pub(super) async fn begun(&self, state: State, reason: Option<FreezeReason>) -> Result<(), ExamError> {
        let point = |when: &str| failpoint::reach(&self.context.environment, &format!("{when}:{state}"));
        point("before");
        self.patiently(Some(Event::Begun { state, reason, why: String::new() })).await?;
        point("begun");
        self.listener.hear(&Told::Began(state));
        Ok(())
    }

    /// Writes that a step has done what it does.
    pub(super) async fn finished(&self, state: State, note: String) -> Result<(), ExamError> {
        let point = |when: &str| failpoint::reach(&self.context.environment, &format!("{when}:{state}"));
        point("effect");
        let attempt = self.patiently(Some(Event::Finished { state, note })).await?;
        point("done");
        self.listener.hear(&Told::Done(state, &attempt));
        Ok(())
    }

    /// Writes an event, or only reads the attempt, and does not give up at once when the store has trouble.
    pub(super) async fn patiently(&self, event: Option<Event>) -> Result<Attempt, ExamError> {
        let began = tokio::time::Instant::now();
        loop {
            let asked = match &event {
                Some(event) => {
                    self.store.append(&self.id, self.context.clock.reading(), HOST, event.clone()).await
                }
                None => self.store.load(&self.id).await,
            };
            match asked {
                Err(error) if error.may_pass() && began.elapsed() < PATIENCE => {
                    self.listener.hear(&Told::Trouble(error.to_string()));
                    tokio::time::sleep(PAUSE).await;
                }
                other => return Ok(other?),
            }
        }
    }
}

/// When a time from now is over, by both ways of telling the time; `None` where there is no end.
pub(super) fn until(now: &Reading, left: Duration) -> Option<(Duration, Timestamp)> {
    let wall = SignedDuration::try_from(left).ok().and_then(|left| now.wall.checked_add(left).ok())?;
    Some((now.elapsed.checked_add(left)?, wall))
}

/// Whether a failure says that there is no scenario, and not that we could not write.
fn is_ours(error: &ExamError) -> bool {
    matches!(
        error,
        ExamError::NotStanding(_) | ExamError::NotReady(_) | ExamError::Place(_) | ExamError::Target(_)
    )
}

async fn provide(endpoint: &aws::Endpoint) -> Result<(String, String), ExamError> {
    use aws_credential_types::provider::ProvideCredentials as _;
    let key = endpoint.credentials.provide_credentials().await;
    let key = key.map_err(|error| ExamError::Internal(error.to_string()))?;
    Ok((key.access_key_id().to_owned(), key.secret_access_key().to_owned()))
}
