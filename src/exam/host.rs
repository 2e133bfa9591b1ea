use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::scenario::put_up;
use super::standing::presented;
use super::{Event as Told, ExamError, Ground, Listener, Place, Premises, failpoint, keeping};
use crate::attempt::{Attempt, AttemptId, Event, FreezeReason, Home, State, Store, StoreError};
use crate::aws;
use crate::challenge::Challenge;
use crate::context::Context;
use crate::grade::inspect_before;
use crate::provision::Site;
use crate::source::FileTree;
use crate::target::{Door, lease_embedded, set_door};

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
        Ok(Self {
            context: context.clone(),
            store: store.clone(),
            id: id.clone(),
            folder,
            files,
            challenge: Arc::new(challenge),
            region: attempt.creation.region.clone(),
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
        // What an earlier try left behind is in the sandbox's folder, wholly.
        self.empty().await?;
        let world = self.challenge.broken_start().map_err(|error| ExamError::Challenge(error.to_string()))?;
        let (address, admin_token) = self.open_place(None)?;
        let lease = lease_embedded(&format!("http://{address}"), &admin_token, &self.region).await?;
        let site = Site::new(lease.clients.clone(), self.context.random.clone())
            .told_to(self.listener.provisioning());
        let scenario = put_up(&site, &lease, STACK, &self.challenge, &world).await.map_err(Box::new)?;
        // A portfolio shows what became of it.
        let before = match scenario.before {
            Some(before) => before,
            None => inspect_before(&lease.clients, &scenario.stack).await,
        };
        let key = provide(&lease.clients.endpoint).await?;
        let ground = Ground {
            version: 1,
            address,
            admin_token,
            region: self.region.clone(),
            account: lease.account.clone(),
            access_key_id: key.0,
            secret_access_key: key.1,
            stack: scenario.stack,
            candidate: scenario.candidate,
            before: Some(before),
        };
        ground.save(&self.folder)?;
        self.finished(State::Provisioning, format!("{} resources", ground.stack.resources.len())).await
    }

    async fn make_ready(&mut self) -> Result<(), ExamError> {
        self.begun(State::Ready, None).await?;
        if !self.challenge.has_scenario() {
            return self.finished(State::Ready, String::new()).await;
        }
        let ground = self.stand()?;
        // Nobody but us has keys yet.
        self.set_door(&ground, Door::Open { until: None }).await?;
        let inspection = presented(&ground).await.map_err(ExamError::NotReady)?;
        self.finished(State::Ready, format!("{} resources seen", inspection.resources.len())).await
    }

    async fn begin(&mut self) -> Result<(), ExamError> {
        self.begun(State::Running, None).await?;
        if !self.challenge.has_scenario() {
            return self.finished(State::Running, String::new()).await;
        }
        let ground = self.stand()?;
        self.set_door(&ground, Door::Open { until: None }).await?;
        // The clock starts with this entry; nobody was told of the keys before.
        self.finished(State::Running, String::new()).await
    }

    async fn freeze(&mut self) -> Result<(), ExamError> {
        if !self.challenge.has_scenario() {
            return self.finished(State::Frozen, String::new()).await;
        }
        let ground = self.stand()?;
        let cut = self.set_door(&ground, Door::Shut).await?;
        let note = if cut.is_empty() { String::new() } else { format!("events cut off: {}", cut.join(", ")) };
        self.finished(State::Frozen, note).await
    }

    pub(super) async fn begin_freeze(&mut self, reason: FreezeReason) -> Result<(), ExamError> {
        self.begun(State::Frozen, Some(reason)).await
    }

    /// Removes what the attempt ran on, and notes it.
    async fn clear(&mut self, state: State) -> Result<(), ExamError> {
        self.empty().await?;
        self.finished(state, String::new()).await
    }

    /// Ends the sandbox, and removes its state and all keys.
    async fn empty(&mut self) -> Result<(), ExamError> {
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

    /// Returns where the attempt stands, after opening it again if this process has not done that.
    pub(super) fn stand(&mut self) -> Result<Ground, ExamError> {
        let ground = Ground::load(&self.folder)?;
        let mut ground = ground.ok_or_else(|| ExamError::Place("nothing stands any more".to_owned()))?;
        if self.place.is_none() {
            let (address, admin_token) = self.open_place(Some(ground.address))?;
            if (address, &admin_token) != (ground.address, &ground.admin_token) {
                ground = Ground { address, admin_token, ..ground };
                ground.save(&self.folder)?;
            }
        }
        Ok(ground)
    }

    pub(super) async fn set_door(&self, ground: &Ground, door: Door) -> Result<Vec<String>, ExamError> {
        Ok(set_door(&ground.url(), &ground.admin_token, door).await?)
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
