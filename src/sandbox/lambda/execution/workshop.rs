use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::super::entity::{LayerReference, Package};
use crate::context::{Context, Random};

/// The bootstraps that run handlers.
const BOOTSTRAPS: [(&str, &str); 3] = [
    ("bootstrap.py", include_str!("bootstrap/bootstrap.py")),
    ("parent.py", include_str!("bootstrap/parent.py")),
    ("bootstrap.cjs", include_str!("bootstrap/bootstrap.cjs")),
];
const PREFIX: &str = "proofmark-lambda-";

/// What lies on disk for the handlers: unpacked code, the bootstraps, a folder for each environment. All of it can be made
/// again from what the registry holds, and goes with the sandbox.
pub(super) struct Workshop {
    /// The folder for temporary files.
    outside: PathBuf,
    random: Random,
    base: OnceLock<PathBuf>,
    /// Unpacked code by digest; each has its own lock, so that two at once unpack once.
    unpacked: Mutex<HashMap<String, Arc<OnceLock<PathBuf>>>>,
}

/// A folder of one environment; it goes with this value.
#[derive(Debug)]
pub(super) struct Room {
    folder: PathBuf,
}

impl Workshop {
    pub(super) fn new(context: &Context) -> Self {
        let outside = context.environment.get("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
        Self { outside, random: context.random.clone(), base: OnceLock::new(), unpacked: Mutex::default() }
    }

    /// Returns the folder that everything is in, which others may pass through, but not list.
    pub(super) fn base(&self) -> io::Result<&Path> {
        if let Some(base) = self.base.get() {
            return Ok(base);
        }
        sweep(&self.outside);
        let name = format!("{PREFIX}{}-{}", std::process::id(), hex::encode(self.random.bytes::<8>()));
        let base = self.outside.join(name);
        make(&base, 0o711)?;
        make(&base.join("runtime"), 0o755)?;
        for (name, text) in BOOTSTRAPS {
            let file = base.join("runtime").join(name);
            fs::write(&file, text)?;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644))?;
        }
        // Where the libraries of Node.js are shown.
        make(&base.join("runtime/node_modules"), 0o755)?;
        make(&base.join("code"), 0o711)?;
        make(&base.join("rooms"), 0o711)?;
        make(&base.join("nests"), 0o711)?;
        make(&base.join("empty"), 0o755)?;
        // Two at once: the second one's folder stays empty, and goes at once.
        if self.base.set(base.clone()).is_err() {
            let _ = fs::remove_dir_all(&base);
        }
        self.base.get().map(PathBuf::as_path).ok_or_else(|| io::Error::other("no folder"))
    }

    /// Returns the folder with the bootstraps.
    pub(super) fn runtime(&self) -> io::Result<PathBuf> {
        Ok(self.base()?.join("runtime"))
    }

    /// Returns the folder with a package's files.
    pub(super) fn code(&self, package: &Package) -> io::Result<PathBuf> {
        self.unpack(&package.digest, &[package])
    }

    /// Returns the folder with the files of all layers, a later one over an earlier one, as `/opt` shows them.
    pub(super) fn layers(&self, layers: &[LayerReference]) -> io::Result<Option<PathBuf>> {
        if layers.is_empty() {
            return Ok(None);
        }
        let key: Vec<&str> = layers.iter().map(|layer| layer.package.digest.as_str()).collect();
        let packages: Vec<&Package> = layers.iter().map(|layer| layer.package.as_ref()).collect();
        self.unpack(&format!("layers:{}", key.join("+")), &packages).map(Some)
    }

    /// Removes everything.
    pub(crate) fn close(&self) {
        if let Some(base) = self.base.get() {
            let _ = fs::remove_dir_all(base);
        }
    }

    fn unpack(&self, key: &str, packages: &[&Package]) -> io::Result<PathBuf> {
        let slot = {
            let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(unpacked.entry(key.to_owned()).or_default())
        };
        if let Some(folder) = slot.get() {
            return Ok(folder.clone());
        }
        // The name cannot be guessed, so that code is not found by other accounts' handlers even without Landlock.
        let folder = self.base()?.join("code").join(hex::encode(self.random.bytes::<16>()));
        for package in packages {
            if let Err(error) = package.unpack(&folder) {
                let _ = fs::remove_dir_all(&folder);
                return Err(error);
            }
        }
        if slot.set(folder.clone()).is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        Ok(slot.get().cloned().unwrap_or(folder))
    }

    /// Returns the folder that all unpacked code is in.
    pub(super) fn codes(&self) -> io::Result<PathBuf> {
        Ok(self.base()?.join("code"))
    }

    /// Returns a folder in which nothing is.
    pub(super) fn empty(&self) -> io::Result<PathBuf> {
        Ok(self.base()?.join("empty"))
    }

    /// Makes a folder for the rooms of the environments that one parent makes.
    pub(super) fn nest(&self) -> io::Result<PathBuf> {
        let folder = self.base()?.join("nests").join(hex::encode(self.random.bytes::<16>()));
        make(&folder, 0o711)?;
        Ok(folder)
    }

    /// Makes the folder of a new environment; `owner` is the user that it will run as, `nest` its parent's folder.
    pub(super) fn room(&self, owner: Option<u32>, nest: Option<&Path>) -> io::Result<Room> {
        let rooms =
            nest.map_or_else(|| self.base().map(|base| base.join("rooms")), |nest| Ok(nest.to_owned()))?;
        let folder = rooms.join(hex::encode(self.random.bytes::<16>()));
        make(&folder, 0o711)?;
        let room = Room { folder };
        make(&room.root(), 0o755)?;
        make(&room.tmp(), 0o700)?;
        if let Some(owner) = owner {
            chown(room.tmp(), Some(owner), Some(owner))?;
        }
        Ok(room)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        self.close();
    }
}

impl Room {
    /// Where a private file system is put together.
    pub(super) fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    /// The environment's `/tmp`.
    pub(super) fn tmp(&self) -> PathBuf {
        self.folder.join("tmp")
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn make(folder: &Path, mode: u32) -> io::Result<()> {
    fs::create_dir(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(mode))
}

/// Removes what sandboxes left behind that were killed.
fn sweep(outside: &Path) {
    let Ok(entries) = fs::read_dir(outside) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next())
        else {
            continue;
        };
        if process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists() {
            // Another user's folder stays: removing it fails.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
