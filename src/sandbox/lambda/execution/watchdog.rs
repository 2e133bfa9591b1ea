use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::Pid;

/// More processes than this in one environment are a fork bomb. Lambda allows 1,024 processes and threads.
const PROCESSES: usize = 512;
/// Files in one `/tmp`.
const FILES: usize = 200_000;
const KIBIBYTE: u64 = 1024;

/// What an environment's processes use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Bytes of memory.
    pub memory: u64,
    pub processes: usize,
}

impl Usage {
    pub(super) fn is_within(self, memory_limit: u64) -> bool {
        self.memory <= memory_limit && self.processes <= PROCESSES
    }
}

/// Looks at the head of a group alone: cheap enough for after every invocation.
pub(super) fn of_head(group: Pid) -> Usage {
    Usage { memory: resident(&group.to_string()).unwrap_or(0), processes: 1 }
}

/// Looks at every process of a group. Blocks for as long as it takes to read `/proc`.
pub(super) fn of_group(group: Pid) -> Usage {
    let mut usage = Usage::default();
    let Ok(entries) = fs::read_dir("/proc") else {
        return of_head(group);
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        else {
            continue;
        };
        if group_of(process) != Some(group.as_raw()) {
            continue;
        }
        usage.processes += 1;
        let memory = if process == group.to_string() { resident(process) } else { private(process) };
        usage.memory += memory.unwrap_or(0);
    }
    usage
}

/// Returns the bytes that a folder takes on disk; one with more files than any handler needs counts as endless.
pub(crate) fn of_folder(folder: &Path) -> u64 {
    let mut total = 0;
    let mut files = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            files += 1;
            if files > FILES {
                return u64::MAX;
            }
            // Not followed: a link may lead anywhere.
            if let Ok(metadata) = entry.metadata() {
                total += metadata.blocks() * 512;
                if metadata.is_dir() {
                    folders.push(entry.path());
                }
            }
        }
    }
    total
}

/// The process group, the fifth field of `stat`; the second, the name in brackets, may hold anything.
fn group_of(process: &str) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(2)?.parse().ok()
}

fn resident(process: &str) -> Option<u64> {
    fields(process, &["VmRSS:"])
}

/// What is a process's own: the pages that it shares with its parent count there.
fn private(process: &str) -> Option<u64> {
    fields(process, &["RssAnon:"])
}

fn fields(process: &str, names: &[&str]) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| names.iter().any(|name| line.starts_with(name)))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kibibytes| kibibytes * KIBIBYTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_group_is_seen() {
        let group = nix::unistd::getpgrp();
        let usage = of_group(group);
        assert!(usage.processes >= 1 && usage.memory > 1024 * 1024, "{usage:?}");
        assert!(!usage.is_within(1024));
    }
}
