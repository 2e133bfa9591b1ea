use std::convert::Infallible;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, geteuid, getppid, setgroups, setresgid, setresuid};

use super::{Confinement, Level, fence, filter, view};

/// Confines the process and replaces it with the command. Returns only to say what failed; the process is then half
/// confined and must end.
pub fn become_handler(plan: &Confinement) -> io::Result<Infallible> {
    let (program, arguments) =
        plan.command.split_first().ok_or_else(|| io::Error::other("no command to run"))?;
    close_inherited()?;
    limit(plan)?;
    if let Some(root) = &plan.root {
        view::enter(root, &plan.mounts).map_err(|error| named("private file system", &error))?;
    }
    if let Some(uid) = plan.uid {
        setgroups(&[])?;
        let gid = Gid::from_raw(uid);
        setresgid(gid, gid, gid)?;
        let uid = Uid::from_raw(uid);
        setresuid(uid, uid, uid)?;
    }
    if geteuid().is_root() {
        return Err(io::Error::other("handlers never run as root"));
    }
    // After the change of user, which would clear it.
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    if u32::try_from(getppid().as_raw()).ok() != Some(plan.parent) {
        return Err(io::Error::other("the sandbox is gone"));
    }
    prctl::set_no_new_privs()?;
    let fenced = fence::raise(plan).map_err(|error| named("landlock", &error))?;
    if !fenced && plan.root.is_none() {
        return Err(io::Error::other("this kernel offers neither Landlock nor a private file system"));
    }
    std::env::set_current_dir(&plan.folder)?;
    filter::install(plan).map_err(|error| named("seccomp", &error))?;
    Err(named(program, &Command::new(program).args(arguments).exec()))
}

/// Finds out how well this process could be kept in. Makes namespaces of its own, so run it in a process of its own.
pub fn probe(root: &Path) -> Level {
    let (landlock, ports, signals) = fence::supported();
    let own_user = geteuid().is_root();
    let private_files = view::enter(root, &[]).is_ok();
    Level { private_files, landlock, ports, signals, own_user }
}

/// Closes what the sandbox's own parents left open: a file that a shell opened as root is no business of a handler.
fn close_inherited() -> io::Result<()> {
    let mut open = vec![];
    for entry in std::fs::read_dir("/proc/self/fd")? {
        open.extend(
            entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<i32>().ok())
                .filter(|number| *number > 2),
        );
    }
    for number in open {
        // The folder's own is gone already.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}

fn limit(plan: &Confinement) -> io::Result<()> {
    let limits = &plan.limits;
    for (resource, value) in [
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_DATA, limits.data),
        (Resource::RLIMIT_FSIZE, limits.file),
        (Resource::RLIMIT_NOFILE, limits.files),
        (Resource::RLIMIT_NPROC, limits.processes),
        (Resource::RLIMIT_CPU, limits.cpu),
        (Resource::RLIMIT_MEMLOCK, 64 * 1024),
        (Resource::RLIMIT_MSGQUEUE, 0),
    ] {
        // Where the process has a lower hard limit already, that one stands.
        let (_, hard) = nix::sys::resource::getrlimit(resource)?;
        setrlimit(resource, value.min(hard), value.min(hard))?;
    }
    Ok(())
}

fn named(what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
