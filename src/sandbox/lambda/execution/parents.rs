use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::housing::Housing;
use super::interpreter::Interpreter;
use super::nursery::Nursery;
use super::parent::{Parent, Refusal, Settings};
use super::process::{Order, Spawner};
use super::watchdog;
use super::workshop::Workshop;
use crate::context::Clock;
use crate::sandbox::AccountId;
use crate::sandbox::lambda::confinement::Level;

/// Parents at once, with libraries and without; where there are more accounts than that, the environments of some start by themselves.
const MOST: usize = 16;
/// A parent that nobody asked for anything for so long, and none of whose environments is there, ends.
const KEPT: Duration = Duration::from_mins(10);
/// Where there are too many, one goes that nobody asked for anything for so long: what it was asked for last has long been made.
const SPARE: Duration = Duration::from_secs(10);
/// How often it is looked for such.
const SWEEP: Duration = Duration::from_mins(1);
/// So often one is started that then ends by itself, before no more are tried.
const TRIES: u32 = 3;

/// A function that needs nothing of Lambda's own starts nearly as fast by itself: a parent is worth it from so many starts on, or so many
/// functions that are stored.
const WORTH: u32 = 2;

/// One parent for an account's environments of one interpreter and with the same libraries, started when the first function is stored
/// that needs those, or, where there are none, when the second is stored, or starts by itself.
pub(super) struct Parents {
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
    /// Why there are none on this machine.
    unfit: OnceLock<String>,
}

/// Whose a parent is, and what it runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub account: AccountId,
    pub version: String,
    /// boto3's, where its environments use it.
    pub libraries: Option<PathBuf>,
}

#[derive(Default)]
struct Slot {
    /// Held while one starts, so that others wait for it.
    parent: tokio::sync::Mutex<Option<Arc<Parent>>>,
    started: Mutex<u32>,
    /// How often there was none to be asked.
    missed: AtomicU32,
    /// How often a function was stored that one could serve.
    stored: AtomicU32,
    asked: Mutex<Duration>,
}

/// What starts one.
pub(super) struct Means<'a> {
    pub level: Level,
    pub interpreter: &'a Interpreter,
    pub housing: &'a Housing,
    pub workshop: &'a Workshop,
    pub spawner: &'a Spawner,
}

/// Whether there is a parent for those who do not wait for one.
pub(super) enum Standing {
    There(Arc<Parent>),
    /// Not yet, and it is worth to start one.
    Wanted,
    /// Not yet.
    None,
}

impl Parents {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, slots: Mutex::default(), unfit: OnceLock::new() }
    }

    /// Returns an account's parent; starts one where there is none, or none any more. `None` where there can be none: whoever asks
    /// starts by itself then.
    pub(super) async fn of(&self, key: &Key, means: &Means<'_>) -> Option<Arc<Parent>> {
        if !Nursery::is_safe(means.level) || self.unfit.get().is_some() {
            return None;
        }
        let slot = self.slot(key)?;
        let mut parent = slot.parent.lock().await;
        if let Some(parent) = parent.as_ref().filter(|parent| !parent.is_gone()) {
            return Some(Arc::clone(parent));
        }
        {
            let mut started = slot.started.lock().unwrap_or_else(PoisonError::into_inner);
            if *started >= TRIES {
                return None;
            }
            *started += 1;
        }
        let from = self.clock.elapsed();
        match start(key, means).await {
            Ok(made) => {
                let took = self.clock.elapsed().saturating_sub(from);
                let memory = watchdog::of_head(made.group()).memory;
                tracing::info!(
                    "lambda: a parent for the Python {} environments {}of account {} is ready after {} ms, with {} MB",
                    key.version,
                    if key.libraries.is_some() { "with boto3 " } else { "" },
                    key.account,
                    took.as_millis(),
                    memory / (1024 * 1024)
                );
                slot.ask(&*self.clock);
                let made = Arc::new(made);
                *parent = Some(Arc::clone(&made));
                Some(made)
            }
            Err(refusal) => {
                let (Refusal::Unfit(reason) | Refusal::Failed(reason)) = &refusal;
                tracing::info!(
                    "lambda: environments start by themselves, since a parent of them does not: {reason}"
                );
                *parent = None;
                if let Refusal::Unfit(reason) = refusal {
                    // Another one would do no better.
                    let _ = self.unfit.set(reason);
                }
                None
            }
        }
    }

    /// The same for environments that would rather start by themselves than wait.
    pub(super) fn standing(&self, key: &Key, level: Level) -> Standing {
        if !Nursery::is_safe(level) || self.unfit.get().is_some() {
            return Standing::None;
        }
        let Some(slot) = self.slot(key) else { return Standing::None };
        // One that starts just now is not waited for.
        let Ok(parent) = slot.parent.try_lock() else { return Standing::None };
        match parent.as_ref().filter(|parent| !parent.is_gone()) {
            Some(parent) => Standing::There(Arc::clone(parent)),
            None if slot.missed.fetch_add(1, Ordering::Relaxed) + 1 < WORTH => Standing::None,
            None => Standing::Wanted,
        }
    }

    /// Takes note that a function was stored that would rather start by itself than wait, and says whether it is worth to start a parent:
    /// where there are several such, or one is worked on, more starts are to come.
    pub(super) fn stored(&self, key: &Key, level: Level) -> bool {
        if !Nursery::is_safe(level) || self.unfit.get().is_some() {
            return false;
        }
        self.slot(key).is_some_and(|slot| slot.stored.fetch_add(1, Ordering::Relaxed) + 1 == WORTH)
    }

    /// Ends those that nobody needs, for as long as these are there.
    pub(super) fn keep_swept(self: &Arc<Self>) {
        let parents = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                let Some(parents) = parents.upgrade() else { return };
                parents.sweep();
            }
        });
    }

    fn sweep(&self) {
        let now = self.clock.elapsed();
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| !slot.is_idle() || now.saturating_sub(slot.asked()) < KEPT);
    }

    /// Ends those of an account that is no more what it was, or all.
    pub(super) fn forget(&self, account: Option<&AccountId>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|key, _| account.is_some_and(|account| *account != key.account));
    }

    fn slot(&self, key: &Key) -> Option<Arc<Slot>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if !slots.contains_key(key) {
            let alike = |other: &Key| other.libraries.is_some() == key.libraries.is_some();
            if slots.keys().filter(|other| alike(other)).count() >= MOST {
                // Whoever was asked last is the likeliest to be asked again.
                let now = self.clock.elapsed();
                let idle = slots.iter().filter(|(other, slot)| {
                    alike(other) && slot.is_idle() && now.saturating_sub(slot.asked()) > SPARE
                });
                let oldest = idle.min_by_key(|(_, slot)| slot.asked()).map(|(other, _)| other.clone())?;
                slots.remove(&oldest);
            }
        }
        let slot = slots.entry(key.clone()).or_default();
        // Here, so that nobody takes one that is just made for the one asked longest ago.
        slot.ask(&*self.clock);
        Some(Arc::clone(slot))
    }
}

impl Slot {
    /// Whether none of its environments is there, and none to come soon.
    fn is_idle(&self) -> bool {
        // One that starts just now is needed.
        self.parent.try_lock().is_ok_and(|parent| parent.as_ref().is_none_or(|parent| parent.living() == 0))
    }

    fn asked(&self) -> Duration {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, clock: &dyn Clock) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = clock.elapsed();
    }
}

async fn start(key: &Key, means: &Means<'_>) -> Result<Parent, Refusal> {
    let user = means.housing.user(means.level);
    let (runtime, codes, empty) = (
        means.workshop.runtime().map_err(Refusal::failed)?,
        means.workshop.codes().map_err(Refusal::failed)?,
        means.workshop.empty().map_err(Refusal::failed)?,
    );
    let nest = means.workshop.nest().map_err(Refusal::failed)?;
    let room = means.workshop.room(user, Some(&nest)).map_err(Refusal::failed)?;
    let nursery = Nursery {
        level: means.level,
        interpreter: means.interpreter,
        libraries: key.libraries.as_deref(),
        runtime: &runtime,
        codes: &codes,
        nest: &nest,
        empty: &empty,
        root: &room.root(),
        user,
    };
    let libraries = nursery.seen_libraries();
    let settings = Settings {
        libraries: libraries.as_deref(),
        descent: nursery.descent().map_err(Refusal::Unfit)?,
        trial: nursery
            .trial(&room.tmp())
            .ok_or_else(|| Refusal::Unfit("its folders are elsewhere".to_owned()))?,
    };
    let order = Order {
        executable: means.housing.executable().to_owned(),
        plan: nursery.plan(),
        variables: Nursery::variables(),
        input: None,
    };
    Parent::start(means.spawner, order, nest, &settings).await
}
