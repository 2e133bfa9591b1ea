use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::super::confinement::{Confinement, Descent, Level, Limits, Mount};
use super::housing::{LIMIT_OF_FAMILY, SYSTEM, libraries_of};
use super::interpreter::Interpreter;
use super::parent::Birth;

/// Where a parent with a private file system sees what its descendants must not: a folder that each of them covers.
const HIDDEN: &str = "/nest";
const MEBIBYTE: u64 = 1024 * 1024;
/// The most that a function can have, in MB.
const MOST: u64 = 10_240;

/// What a parent is made of, and how its descendants are made from the plan of an environment.
pub(super) struct Nursery<'a> {
    pub level: Level,
    pub interpreter: &'a Interpreter,
    pub libraries: Option<&'a Path>,
    /// Folders of the host: the bootstraps, all unpacked code, the rooms of its descendants, an empty one, one for its root.
    pub runtime: &'a Path,
    pub codes: &'a Path,
    pub nest: &'a Path,
    pub empty: &'a Path,
    pub root: &'a Path,
    pub user: Option<u32>,
}

impl Nursery<'_> {
    /// Whether this machine keeps processes of one user from each other, so that some can be made by one.
    pub(super) fn is_safe(level: Level) -> bool {
        level.landlock && level.ports && level.signals
    }

    /// Makes the plan of the parent itself.
    pub(super) fn plan(&self) -> Confinement {
        let private = self.level.private_files;
        let hidden = |name: &str| Path::new(HIDDEN).join(name);
        let mount =
            |source: &Path, target: PathBuf, writable| Mount { source: source.to_owned(), target, writable };
        let runtime = mount(self.runtime, "/var/runtime".into(), false);
        let folder = if private { runtime.target.clone() } else { runtime.source.clone() };
        let mut mounts: Vec<Mount> = SYSTEM.iter().map(Mount::same).collect();
        let more = self.interpreter.folders.iter();
        mounts.extend(more.filter(|folder| !folder.starts_with("/usr")).map(Mount::same));
        mounts.push(runtime);
        mounts.extend(self.libraries.map(|libraries| libraries_of(self.interpreter, libraries)));
        mounts.push(mount(Path::new("/dev/null"), "/dev/null".into(), true));
        mounts.push(mount(self.codes, hidden("code"), false));
        mounts.push(mount(self.nest, hidden("rooms"), true));
        if private {
            // To say who it is in a name space of users of its own, which is written there.
            mounts.push(mount(Path::new("/proc"), hidden("proc"), true));
            for place in ["/var/task", "/opt", "/tmp"] {
                mounts.push(mount(self.empty, place.into(), false));
            }
        }
        let file = folder.join("parent.py").to_string_lossy().into_owned();
        let mut command = self.interpreter.command(&folder, Path::new(""), 0);
        if let Some(last) = command.last_mut() {
            *last = file;
        }
        Confinement {
            command,
            folder,
            root: private.then(|| self.root.to_owned()),
            mounts,
            uid: self.user,
            ports: vec![],
            limits: Limits {
                data: MOST * MEBIBYTE * 2 + self.interpreter.slack,
                file: MOST * MEBIBYTE,
                files: 1024,
                processes: LIMIT_OF_FAMILY,
                cpu: 4 * 3600,
            },
            parent: std::process::id(),
            makes_handlers: true,
            landlock: None,
        }
    }

    /// Where the libraries lie, as the parent sees them.
    pub(super) fn seen_libraries(&self) -> Option<PathBuf> {
        let mount = libraries_of(self.interpreter, self.libraries?);
        Some(if self.level.private_files { mount.target } else { mount.source })
    }

    /// What its interpreter starts with; nothing of any function, and no keys.
    pub(super) fn variables() -> Vec<(String, String)> {
        [
            ("HOME", "/home/sbx_user1051"),
            ("TZ", ":UTC"),
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// A birth with nothing of a function, to be tried out.
    pub(super) fn trial(&self, room: &Path) -> Option<Birth> {
        let mut plan = self.plan();
        plan.mounts.retain(|mount| !mount.target.starts_with(HIDDEN));
        plan.mounts.retain(|mount| mount.source != self.empty);
        let mount = |source: &Path, target: &str, writable| Mount {
            source: source.to_owned(),
            target: target.into(),
            writable,
        };
        plan.mounts.push(mount(self.codes, "/var/task", false));
        plan.mounts.push(mount(room, "/tmp", true));
        birth(&plan, self.codes, self.nest, vec![])
    }

    /// What a descendant needs to lock itself in.
    pub(super) fn descent(&self) -> Result<Descent, String> {
        let exposure = self.plan().exposure(self.level.signals);
        Descent::of_handlers(exposure).map_err(|error| error.to_string())
    }
}

/// Makes, of an environment's plan, the order to its parent. `codes` and `nest` are the folders of the host that the parent sees;
/// `None` where the plan needs others.
pub(super) fn birth(
    plan: &Confinement,
    codes: &Path,
    nest: &Path,
    variables: Vec<(String, String)>,
) -> Option<Birth> {
    let inside = |source: &Path| {
        let code = source.strip_prefix(codes).map(|rest| Path::new(HIDDEN).join("code").join(rest));
        code.or_else(|_| source.strip_prefix(nest).map(|rest| Path::new(HIDDEN).join("rooms").join(rest)))
            .ok()
    };
    let mut binds = vec![];
    if plan.root.is_some() {
        for mount in &plan.mounts {
            if ["/var/task", "/opt", "/tmp"].iter().any(|place| mount.target == Path::new(place)) {
                binds.push((inside(&mount.source)?, mount.target.clone()));
            }
        }
    }
    let (readable, writable) = plan.open_paths();
    Some(Birth {
        variables: variables.into_iter().collect::<HashMap<_, _>>(),
        folder: plan.folder.clone(),
        binds,
        cover: plan.root.is_some().then(|| HIDDEN.into()),
        readable,
        writable,
        ports: plan.ports.clone(),
        limits: plan.limits,
    })
}
