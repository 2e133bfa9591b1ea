use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a confined process may see and use. Travels as one JSON argument; secrets go through the environment instead.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Confinement {
    /// Program and arguments, as seen from inside.
    pub command: Vec<String>,
    /// The working folder, as seen from inside.
    pub folder: PathBuf,
    /// An empty folder for the root of a private file system; `None` runs in the host's, fenced by Landlock alone.
    pub root: Option<PathBuf>,
    pub mounts: Vec<Mount>,
    /// The user and group to become; `None` keeps the caller's, which must then not be root.
    pub uid: Option<u32>,
    /// TCP ports that may be connected to.
    pub ports: Vec<u16>,
    pub limits: Limits,
    /// The process that started this one: when it is gone, so is the handler.
    pub parent: u32,
    /// It runs no handler, but makes processes that do, each of which locks itself in further before it does. What they need for
    /// that is left to it.
    #[serde(default)]
    pub makes_handlers: bool,
    /// The version of Landlock's interface to stop at, where the kernel has a newer one; `None` takes what there is.
    #[serde(default)]
    pub landlock: Option<u8>,
}

impl Confinement {
    /// Returns the paths that stay open, as the process sees them: those to read, and those to write.
    pub fn open_paths(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let seen =
            |mount: &Mount| if self.root.is_some() { mount.target.clone() } else { mount.source.clone() };
        let (writable, readable): (Vec<_>, Vec<_>) = self.mounts.iter().partition(|mount| mount.writable);
        let mut readable: Vec<PathBuf> = readable.into_iter().map(seen).collect();
        // A private root holds nothing but the mounts, so its folders may be listed.
        readable.extend(self.root.is_some().then(|| PathBuf::from("/")));
        (readable, writable.into_iter().map(seen).collect())
    }

    /// Returns what is left to the filter of system calls; `scoped` says whether Landlock keeps signals and abstract sockets inside.
    pub fn exposure(&self, scoped: bool) -> Exposure {
        let paths = self.root.is_none();
        Exposure { paths, owned: paths && self.uid.is_none(), sockets: paths || !scoped }
    }
}

/// What of the host a process could still reach by its name, since Landlock fences the opening of files and neither their attributes nor
/// the sockets among them (<https://docs.kernel.org/userspace-api/landlock.html>, "Filesystem actions").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Paths of the host.
    pub paths: bool,
    /// Among these, files of the user who runs the process.
    pub owned: bool,
    /// Local sockets that others listen at.
    pub sockets: bool,
}

/// A file or folder that stays visible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// Where it is on the host.
    pub source: PathBuf,
    /// Where it is seen, in a private file system; without one it is used where it is.
    pub target: PathBuf,
    pub writable: bool,
}

impl Mount {
    /// Something that is seen where it is on the host, read-only.
    pub fn same(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { source: path.clone(), target: path, writable: false }
    }
}

/// Resource limits, each of one process unless it says otherwise.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Limits {
    /// Private writable memory, in bytes.
    pub data: u64,
    /// The largest file that may be written, in bytes.
    pub file: u64,
    /// Open files.
    pub files: u64,
    /// Processes and threads of the whole user.
    pub processes: u64,
    /// In seconds of processor time.
    pub cpu: u64,
}

/// How well handlers are kept in, as the kernel of this machine allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Handlers see a file system of their own: `/var/task`, `/opt` and `/tmp` are where AWS has them.
    pub private_files: bool,
    /// Landlock fences the file system.
    pub landlock: bool,
    /// Landlock fences TCP ports too (kernel 6.7).
    pub ports: bool,
    /// Landlock keeps signals inside (kernel 6.12).
    pub signals: bool,
    /// Handlers run as a user of their own.
    pub own_user: bool,
}

impl Level {
    /// Whether a handler is kept from the host's files at all. Where it is not, handlers must not run.
    pub fn is_safe(self) -> bool {
        self.landlock || self.private_files
    }

    /// Returns what is left of this where the kernel knows Landlock only up to a version of its interface.
    #[must_use]
    pub fn up_to(self, version: u8) -> Self {
        Self {
            landlock: self.landlock && version >= 1,
            ports: self.ports && version >= 4,
            signals: self.signals && version >= 6,
            ..self
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = vec!["seccomp", "rlimits"];
        parts.extend(self.landlock.then_some("landlock"));
        parts.extend((self.landlock && !self.ports).then_some("no port filter (kernel before 6.7)"));
        parts.extend(self.private_files.then_some("private file system"));
        parts.extend(self.own_user.then_some("own user"));
        parts.extend((!self.own_user && !self.signals).then_some("signals not fenced (kernel before 6.12)"));
        f.write_str(&parts.join(", "))
    }
}
