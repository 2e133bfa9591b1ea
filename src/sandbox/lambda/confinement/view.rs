use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{chdir, getegid, geteuid, pivot_root};

use super::Mount;

/// Gives the process a file system of its own that holds the mounts and nothing else. Needs root, or a kernel that lets
/// anybody make user namespaces.
pub(super) fn enter(root: &Path, mounts: &[Mount]) -> io::Result<()> {
    let (uid, gid) = (geteuid(), getegid());
    let private = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS;
    if uid.is_root() {
        unshare(private)?;
    } else {
        unshare(private | CloneFlags::CLONE_NEWUSER)?;
        // Each id maps to itself: the handler is who it was, without any right that the namespace gave to build the view.
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"))?;
        fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"))?;
    }
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), root, Some("tmpfs"), flags, Some("size=1m,mode=755"))?;
    for entry in mounts {
        bind(root, entry)?;
    }
    chdir(root)?;
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    chdir("/")?;
    mount(none, "/", none, flags | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY, Some("size=1m,mode=755"))?;
    Ok(())
}

fn bind(root: &Path, entry: &Mount) -> io::Result<()> {
    let target = inside(root, &entry.target);
    // `/bin` is often a symbolic link to `usr/bin`: a copy of the link does.
    if entry.source == entry.target
        && let Ok(link) = fs::read_link(&entry.source)
        && link.is_relative()
    {
        return symlink(link, target);
    }
    let Ok(metadata) = fs::metadata(&entry.source) else {
        return Ok(());
    };
    if metadata.is_dir() {
        fs::create_dir_all(&target)?;
    } else {
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::File::create(&target)?;
    }
    let none: Option<&str> = None;
    mount(Some(&entry.source), &target, none, MsFlags::MS_BIND | MsFlags::MS_REC, none)?;
    // Flags that the mount already has must stay: in a user namespace they are locked.
    let mut flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_NOSUID;
    // /dev/null and its like are devices, and only those are given.
    if metadata.is_dir() {
        flags |= MsFlags::MS_NODEV;
    }
    if !entry.writable {
        flags |= MsFlags::MS_RDONLY;
    }
    let now = statvfs(&target)?.flags();
    for (has, keep) in [
        (FsFlags::ST_RDONLY, MsFlags::MS_RDONLY),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ] {
        if now.contains(has) {
            flags |= keep;
        }
    }
    mount(none, &target, none, flags, none)?;
    Ok(())
}

fn inside(root: &Path, target: &Path) -> PathBuf {
    root.join(target.strip_prefix("/").unwrap_or(target))
}
