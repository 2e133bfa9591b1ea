use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::super::confinement::{Confinement, Level, Limits, Mount};
use super::super::entity::Family;
use super::interpreter::Interpreter;
use super::workshop::Room;
use crate::context::Context;

/// What handlers may always read: programs, libraries, and what libraries look at when they start.
pub(super) const SYSTEM: [&str; 16] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/lib32",
    "/etc/ld.so.cache",
    "/etc/ssl",
    "/etc/pki",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/os-release",
    "/etc/alternatives",
    "/etc/nsswitch.conf",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
];
/// Users that no system gives to anybody, up to 2^31.
const HIGH_USERS: std::ops::Range<u32> = 0x7000_0000..0x7fff_0000;
/// Where a container maps few users only: those that systemd keeps for services without a user.
const LOW_USERS: std::ops::Range<u32> = 61_184..65_519;
const MEBIBYTE: u64 = 1024 * 1024;
/// Processes and threads of one user that several environments share.
pub(super) const LIMIT_OF_FAMILY: u64 = 8192;

/// Decides how environments are kept in, and gives each a user of its own where it can.
pub(super) struct Housing {
    executable: PathBuf,
    level: OnceLock<Level>,
    next_user: AtomicU32,
    users: std::ops::Range<u32>,
    /// No private file systems, even where there could be some.
    plain: bool,
}

/// What an environment is made of.
pub(super) struct Furniture<'a> {
    pub interpreter: &'a Interpreter,
    pub code: &'a Path,
    pub layers: Option<&'a Path>,
    pub runtime: &'a Path,
    pub libraries: Option<&'a Path>,
    pub room: &'a Room,
    pub ports: Vec<u16>,
    /// MB.
    pub memory: u32,
    /// MB.
    pub ephemeral: u32,
    pub user: Option<u32>,
    /// No other environment has this user.
    pub alone: bool,
}

/// Where things are, as the process sees them.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub task: PathBuf,
    pub opt: PathBuf,
    pub runtime: PathBuf,
    pub libraries: Option<PathBuf>,
    pub tmp: PathBuf,
}

impl Housing {
    pub(super) fn new(context: &Context) -> Self {
        let users = if maps_all_users() { HIGH_USERS } else { LOW_USERS };
        let spread = u64::from(users.end - users.start);
        let start = users.start + u32::try_from(context.random.below(spread)).unwrap_or(0);
        Self {
            executable: context.executable.clone(),
            level: OnceLock::new(),
            next_user: AtomicU32::new(start),
            users,
            plain: context.environment.get("PROOFMARK_ISOLATION") == Some("landlock"),
        }
    }

    /// Returns what this machine allows, once it was tried out.
    pub(super) fn known_level(&self) -> Option<Level> {
        self.level.get().copied()
    }

    /// Tries out what this machine allows.
    pub(super) fn level(&self, folder: &Path) -> Result<Level, String> {
        let output = Command::new(&self.executable)
            .args(["confine", "--probe"])
            .arg(folder)
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot run {}: {error}", self.executable.display()))?;
        let mut level: Level = serde_json::from_slice(&output.stdout).map_err(|_| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("{} cannot confine handlers: {}", self.executable.display(), said.trim())
        })?;
        level.private_files &= !self.plain;
        if !level.is_safe() {
            return Err("this kernel offers neither Landlock nor private file systems, so handlers cannot be kept from the \
                        host's files and are not run"
                .to_owned());
        }
        Ok(*self.level.get_or_init(|| level))
    }

    pub(super) fn executable(&self) -> &Path {
        &self.executable
    }

    /// Returns a user that no other environment has; `None` where we are not root and cannot give any.
    pub(super) fn user(&self, level: Level) -> Option<u32> {
        level.own_user.then(|| {
            let next = self.next_user.fetch_add(1, Ordering::Relaxed);
            let spread = self.users.end - self.users.start;
            self.users.start + next.wrapping_sub(self.users.start) % spread
        })
    }

    /// Makes the plan of an environment.
    pub(super) fn plan(level: Level, furniture: &Furniture<'_>) -> (Confinement, Seen) {
        let code = Mount { source: furniture.code.to_owned(), target: "/var/task".into(), writable: false };
        let runtime =
            Mount { source: furniture.runtime.to_owned(), target: "/var/runtime".into(), writable: false };
        let tmp = Mount { source: furniture.room.tmp(), target: "/tmp".into(), writable: true };
        let null = Mount { source: "/dev/null".into(), target: "/dev/null".into(), writable: true };
        let opt = furniture.layers.map(|layers| Mount {
            source: layers.to_owned(),
            target: "/opt".into(),
            writable: false,
        });
        let libraries = furniture.libraries.map(|folder| libraries_of(furniture.interpreter, folder));
        let place =
            |mount: &Mount| if level.private_files { mount.target.clone() } else { mount.source.clone() };
        let seen = Seen {
            task: place(&code),
            opt: opt.as_ref().map_or_else(|| PathBuf::from("/opt"), place),
            libraries: libraries.as_ref().map(place),
            runtime: place(&runtime),
            tmp: place(&tmp),
        };
        let mut mounts: Vec<Mount> = SYSTEM.iter().map(Mount::same).collect();
        // What lies under /usr is there already.
        let more = furniture.interpreter.folders.iter();
        mounts.extend(more.filter(|folder| !folder.starts_with("/usr")).map(Mount::same));
        mounts.extend([code, runtime, tmp, null]);
        mounts.extend(libraries.clone());
        mounts.extend(opt);
        // A layer may bring the program that runs the function.
        let of_layer = furniture.layers.filter(|layers| layers.join("bootstrap").is_file());
        let own = furniture.code.join("bootstrap").is_file();
        let place = if of_layer.is_some() && !own { &seen.opt } else { &seen.task };
        let bootstrap = place.join("bootstrap");
        let data = u64::from(furniture.memory) * MEBIBYTE;
        let plan = Confinement {
            command: furniture.interpreter.command(&seen.runtime, &bootstrap, furniture.memory),
            folder: seen.task.clone(),
            root: level.private_files.then(|| furniture.room.root()),
            mounts,
            uid: furniture.user,
            ports: furniture.ports.clone(),
            limits: Limits {
                // The watchdog ends what uses more than `MemorySize`; this stops what allocates faster than it looks. Node
                // reserves more than it uses.
                data: data * 2 + furniture.interpreter.slack,
                file: u64::from(furniture.ephemeral) * MEBIBYTE,
                files: 1024,
                // Lambda allows 1,024; here a fork bomb shares its machine. Without a user of its own, all of ours count too.
                processes: if furniture.alone { 512 } else { LIMIT_OF_FAMILY },
                cpu: 4 * 3600,
            },
            parent: std::process::id(),
            makes_handlers: false,
            landlock: None,
        };
        (plan, seen)
    }
}

/// Shows libraries where Lambda has them.
pub(super) fn libraries_of(interpreter: &Interpreter, folder: &Path) -> Mount {
    let target = match interpreter.family {
        Family::Node => "/var/runtime/node_modules".into(),
        _ => format!("/var/lang/lib/python{}/site-packages", interpreter.version).into(),
    };
    Mount { source: folder.to_owned(), target, writable: false }
}

/// Whether this user namespace knows the users that we would give; a container's often has 65,536 only.
fn maps_all_users() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.lines().any(|line| {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        matches!(numbers[..], [first, _, count] if first == 0 && count > u64::from(HIGH_USERS.end))
    })
}
