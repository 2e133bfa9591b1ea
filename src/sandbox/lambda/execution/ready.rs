use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::super::confinement::Level;
use super::super::entity::{Family, Snapshot};
use super::engine::Engine;
use super::interpreter::Interpreter;
use super::parent::Parent;
use super::parents::{Key, Means, Standing};
use super::shadow::{Shadow, is_early};
use crate::sandbox::AccountId;

/// What a snapshot needs to run, found, fetched and unpacked.
#[derive(Clone)]
pub(super) struct Ready {
    pub interpreter: Arc<Interpreter>,
    pub libraries: Option<PathBuf>,
    pub code: PathBuf,
    pub layers: Option<PathBuf>,
    pub level: Level,
    /// What would be found before what a parent has imported; `None` where no parent comes into question.
    shadow: Option<Shadow>,
}

/// How long a function may be pending for a parent's sake.
const MOMENT: Duration = Duration::from_secs(1);

impl Engine {
    /// Makes ready what a snapshot needs to run: its files, an interpreter, libraries. May take minutes. Fails with a sentence that
    /// says what to do.
    pub(crate) async fn prepare(
        self: &Arc<Self>,
        account: &AccountId,
        snapshot: &Arc<Snapshot>,
    ) -> Result<(), String> {
        if snapshot.settings.runtime.family() == Family::Other {
            // Stored as on AWS; an invocation says that it cannot be run.
            let (engine, snapshot) = (Arc::clone(self), Arc::clone(snapshot));
            return blocking(move || engine.unpack(&snapshot).map(drop)).await;
        }
        let ready = self.find(snapshot).await?;
        // The first invocation is likely to come soon.
        if ready.libraries.is_some() {
            self.parent_to_come(account, ready);
        } else if ready.shadow.is_some() && self.parents.stored(&ready.key(account), ready.level) {
            // A moment is waited for here, once in an account: what is invoked before the parent is there would start by itself.
            let _ = tokio::time::timeout(MOMENT, self.parent_to_come(account, ready)).await;
        }
        Ok(())
    }

    /// The same when an environment is started, with the parent of which it can be made without its function noticing.
    pub(super) async fn make_ready(
        self: &Arc<Self>,
        account: &AccountId,
        snapshot: &Arc<Snapshot>,
    ) -> Result<(Ready, Option<Arc<Parent>>), String> {
        let ready = self.find(snapshot).await?;
        let Some(shadow) = &ready.shadow else { return Ok((ready, None)) };
        let parent = if ready.libraries.is_some() {
            self.parent_of(account, &ready).await
        } else {
            match self.parents.standing(&ready.key(account), ready.level) {
                Standing::There(parent) => Some(parent),
                Standing::Wanted => {
                    self.parent_to_come(account, ready.clone());
                    None
                }
                Standing::None => None,
            }
        };
        let parent = parent.filter(|parent| shadow.allows(&parent.modules));
        Ok((ready, parent))
    }

    fn parent_to_come(self: &Arc<Self>, account: &AccountId, ready: Ready) -> JoinHandle<()> {
        let (engine, account) = (Arc::clone(self), account.clone());
        tokio::spawn(async move {
            engine.parent_of(&account, &ready).await;
        })
    }

    async fn find(self: &Arc<Self>, snapshot: &Arc<Snapshot>) -> Result<Ready, String> {
        let (engine, snapshot) = (Arc::clone(self), Arc::clone(snapshot));
        // Most of this is known already; what is not may take long.
        blocking(move || {
            let interpreter = engine.interpreters.find(snapshot.settings.runtime)?;
            let libraries = engine.libraries_of(&interpreter, &snapshot)?;
            let (code, layers) = engine.unpack(&snapshot)?;
            let level = engine.level()?;
            let plain = !snapshot.settings.variables.keys().any(|name| is_early(name));
            let shadow = (interpreter.family == Family::Python && plain)
                .then(|| Shadow::of(&code, layers.as_deref(), &interpreter.version));
            Ok(Ready { interpreter, libraries, code, layers, level, shadow })
        })
        .await
    }

    /// Returns the parent for environments like this one, once it is there.
    async fn parent_of(&self, account: &AccountId, ready: &Ready) -> Option<Arc<Parent>> {
        ready.shadow.as_ref()?;
        let means = Means {
            level: ready.level,
            interpreter: &ready.interpreter,
            housing: &self.housing,
            workshop: &self.workshop,
            spawner: self.spawner().ok()?,
        };
        self.parents.of(&ready.key(account), &means).await
    }

    /// Says how well handlers are kept in here, which is tried out once.
    pub(super) fn level(&self) -> Result<Level, String> {
        if let Some(level) = self.housing.known_level() {
            return Ok(level);
        }
        let disk = |error: std::io::Error| format!("no folder for handlers: {error}");
        let spare = self.workshop.room(None, None).map_err(disk)?;
        self.housing.level(&spare.root())
    }

    fn unpack(&self, snapshot: &Snapshot) -> Result<(PathBuf, Option<PathBuf>), String> {
        let disk = |error: std::io::Error| format!("the package could not be unpacked: {error}");
        let code = self.workshop.code(&snapshot.package).map_err(disk)?;
        let layers = self.workshop.layers(&snapshot.settings.layers).map_err(disk)?;
        Ok((code, layers))
    }

    fn libraries_of(
        &self,
        interpreter: &Interpreter,
        snapshot: &Snapshot,
    ) -> Result<Option<PathBuf>, String> {
        let layers = &snapshot.settings.layers;
        let wanted =
            snapshot.package.wants_python_sdk || layers.iter().any(|layer| layer.package.wants_python_sdk);
        if interpreter.family == Family::Python && wanted {
            return self.libraries.prepare(interpreter).map(Some);
        }
        if interpreter.family == Family::Node {
            let mut names = snapshot.package.node_sdk.clone();
            names.extend(layers.iter().flat_map(|layer| layer.package.node_sdk.iter().cloned()));
            // What a layer brings need not be fetched.
            let brought = layers.iter().flat_map(|layer| &layer.package.node_brought);
            for name in brought.chain(&snapshot.package.node_brought) {
                names.remove(name);
            }
            if !names.is_empty() {
                return self.node_libraries.prepare(&names).map(Some);
            }
        }
        Ok(None)
    }
}

impl Ready {
    fn key(&self, account: &AccountId) -> Key {
        Key {
            account: account.clone(),
            version: self.interpreter.version.clone(),
            libraries: self.libraries.clone(),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| "the function could not be made ready".to_owned())?
}
