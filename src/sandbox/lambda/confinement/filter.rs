use std::collections::BTreeMap;
use std::io;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

use super::{Confinement, Exposure, fence};

/// System calls that a handler never needs and that widen what it can reach. `setsid` and `setpgid` are among them so that
/// a handler's processes stay in the group that is killed at its timeout.
const DENIED: &[i64] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_syslog,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    // System V and POSIX queues and shared memory outlive the process.
    libc::SYS_shmget,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
];

/// What reaches files of the host by their names, which Landlock leaves alone: the attributes, the length (before kernel 6.2), watching.
const BY_NAME: &[i64] = &[
    libc::SYS_truncate,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    SETXATTRAT,
    REMOVEXATTRAT,
    libc::SYS_inotify_add_watch,
];
const SETXATTRAT: i64 = 463;
const REMOVEXATTRAT: i64 = 466;

/// Modes, owners and times of files by their names. They answer that all went well and change nothing: whoever copies a file to `/tmp`
/// sets its mode too, and has no use for an error about it.
const PRETENDED: &[i64] = &[libc::SYS_fchmodat, FCHMODAT2, libc::SYS_fchownat, libc::SYS_utimensat];
const FCHMODAT2: i64 = 452;
/// The same, as only the oldest architecture has them.
#[cfg(target_arch = "x86_64")]
const PRETENDED_OLD: &[i64] = &[
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
];
#[cfg(not(target_arch = "x86_64"))]
const PRETENDED_OLD: &[i64] = &[];

/// On `x86_64` a second set of numbers for the same calls (x32); a list that forgot it would be no list.
const X32_BIT: i64 = 0x4000_0000;

/// What a process needs that makes handlers: it puts them into process groups and, where each has files of its own, into name
/// spaces of their own.
const OF_MAKERS: &[i64] = &[libc::SYS_setpgid];
const OF_MAKERS_OF_VIEWS: &[i64] = &[libc::SYS_unshare, libc::SYS_mount];

/// Installs the filter: the denied calls answer EPERM, sockets exist only for TCP and local streams, and no new namespaces.
pub(super) fn install(plan: &Confinement) -> io::Result<()> {
    let mut left: Vec<i64> = vec![];
    if plan.makes_handlers {
        left.extend(OF_MAKERS);
        left.extend(OF_MAKERS_OF_VIEWS.iter().filter(|_| plan.root.is_some()));
    }
    for program in programs(&left, plan.exposure(fence::keeps_signals(plan)))? {
        seccompiler::apply_filter(&program).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Returns the filters of a handler's process, in the order in which they are installed.
pub(super) fn of_handlers(exposure: Exposure) -> io::Result<Vec<BpfProgram>> {
    programs(&[], exposure)
}

fn programs(left: &[i64], exposure: Exposure) -> io::Result<Vec<BpfProgram>> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let by_name = if exposure.paths { BY_NAME } else { &[] };
    let denied = DENIED.iter().chain(by_name).filter(|call| !left.contains(call));
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = denied.map(|call| (*call, vec![])).collect();
    rules.insert(libc::SYS_socket, sockets(exposure).map_err(io::Error::other)?);
    rules.insert(libc::SYS_socketpair, not_in(0, &[libc::AF_UNIX]).map_err(io::Error::other)?);
    for (call, others) in of_others().map_err(io::Error::other)? {
        rules.insert(call, others);
    }
    rules.insert(libc::SYS_clone, vec![namespaces().map_err(io::Error::other)?]);
    // The flags of clone3 lie in memory, where a filter cannot look: "no such call" makes libc fall back to clone.
    let clone3 = [(libc::SYS_clone3, vec![])].into();
    let mut programs = vec![
        compile(with_twins(rules), libc::EPERM, architecture)?,
        compile(with_twins(clone3), libc::ENOSYS, architecture)?,
    ];
    if exposure.owned {
        let pretended = PRETENDED.iter().chain(PRETENDED_OLD).map(|call| (*call, vec![])).collect();
        programs.push(compile(with_twins(pretended), 0, architecture)?);
    }
    Ok(programs)
}

/// Adds to each call the one with the same meaning and another number.
fn with_twins(mut rules: BTreeMap<i64, Vec<SeccompRule>>) -> BTreeMap<i64, Vec<SeccompRule>> {
    if cfg!(target_arch = "x86_64") {
        let twins: Vec<_> = rules.iter().map(|(call, rule)| (call | X32_BIT, rule.clone())).collect();
        rules.extend(twins);
    }
    rules
}

fn compile(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    errno: i32,
    architecture: TargetArch,
) -> io::Result<BpfProgram> {
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(errno.unsigned_abs()),
        architecture,
    )
    .map_err(io::Error::other)?;
    filter.try_into().map_err(io::Error::other)
}

/// What a process may do to itself, and with the same user's rights could do to others: environments of one account, and the sandbox
/// where it has no root rights, would be slowed down, moved or starved.
fn of_others() -> Result<Vec<(i64, Vec<SeccompRule>)>, seccompiler::BackendError> {
    let mut out = vec![];
    // The process is the first argument; 0 is the caller.
    for call in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setscheduler,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setattr,
    ] {
        out.push((call, not_in(0, &[0])?));
    }
    // Here it is the second one, and the first says whether that is a process, a group or a user: the last of its values.
    for (call, users) in [(libc::SYS_setpriority, libc::PRIO_USER), (libc::SYS_ioprio_set, 3)] {
        let mut rules = not_in(1, &[0])?;
        rules.push(SeccompRule::new(vec![equal(0, i32::try_from(users).unwrap_or(i32::MAX))?])?);
        out.push((call, rules));
    }
    Ok(out)
}

/// Sockets that are refused: every family but UNIX and IP, and for IP everything but streams. Local ones come in pairs only where
/// others listen at such that a name leads to: a key agent, a container engine, the user's own session.
fn sockets(exposure: Exposure) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let families = [libc::AF_INET, libc::AF_INET6, libc::AF_UNIX];
    let mut rules = not_in(0, if exposure.sockets { &families[..2] } else { &families })?;
    for family in [libc::AF_INET, libc::AF_INET6] {
        // The low four bits are the type; the rest are SOCK_NONBLOCK and SOCK_CLOEXEC.
        rules.push(SeccompRule::new(vec![
            equal(0, family)?,
            SeccompCondition::new(
                1,
                SeccompCmpArgLen::Dword,
                SeccompCmpOp::MaskedEq(0xf),
                number(libc::SOCK_DGRAM),
            )?,
        ])?);
        rules.push(SeccompRule::new(vec![
            equal(0, family)?,
            // Types 3 and above, and 0: raw, rdm, seqpacket, dccp, packet.
            SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(0x1), 0)?,
        ])?);
        for raw in [libc::SOCK_RAW, libc::SOCK_SEQPACKET] {
            rules.push(SeccompRule::new(vec![
                equal(0, family)?,
                SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(0xf), number(raw))?,
            ])?);
        }
        // A stream socket, but of another protocol than TCP (MPTCP and SCTP are outside of Landlock's ports).
        rules.push(SeccompRule::new(vec![
            equal(0, family)?,
            SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, 0)?,
            SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, number(libc::IPPROTO_TCP))?,
        ])?);
    }
    Ok(rules)
}

/// Matches when an argument is none of the values.
fn not_in(argument: u8, values: &[i32]) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let conditions = values
        .iter()
        .map(|value| {
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, number(*value))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(vec![SeccompRule::new(conditions)?])
}

fn equal(argument: u8, value: i32) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, number(value))
}

/// Matches `clone` with a new user namespace, the one that needs no privilege and gives the others.
fn namespaces() -> Result<SeccompRule, seccompiler::BackendError> {
    let flag = number(libc::CLONE_NEWUSER);
    SeccompRule::new(vec![SeccompCondition::new(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(flag),
        flag,
    )?])
}

/// The constants here are small and positive.
fn number(constant: i32) -> u64 {
    u64::from(constant.unsigned_abs())
}
