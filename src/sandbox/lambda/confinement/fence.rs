use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, NetPort, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus, Scope, path_beneath_rules,
};

use super::Confinement;

/// The newest Landlock interface that is asked for; an older kernel enforces what it knows.
const WANTED: ABI = ABI::V6;

/// Returns the interface that a plan is fenced by, at most.
fn version(plan: &Confinement) -> ABI {
    plan.landlock.map_or(WANTED, |version| ABI::from(i32::from(version)).min(WANTED))
}

/// Fences the process in: only the paths and TCP ports of its plan, no signals and no abstract sockets to the outside.
/// Returns whether the kernel enforces anything at all. Paths that are not there are left out.
pub(super) fn raise(plan: &Confinement) -> io::Result<bool> {
    let (readable, writable) = plan.open_paths();
    // Whoever has a fence around files may mount nothing. A process that makes handlers has to, where each of them has files of its own; what
    // it sees is a private file system all the same.
    let files = !(plan.makes_handlers && plan.root.is_some());
    // The ports of a handler are not known before it is made.
    let ports = !plan.makes_handlers;
    let version = version(plan);
    let scopes = Scope::from_all(version);
    let mut net = AccessNet::from_all(version);
    if !ports {
        net.remove(AccessNet::ConnectTcp);
    }
    let mut set = Ruleset::default();
    if !scopes.is_empty() {
        set = set.scope(scopes).map_err(io::Error::other)?;
    }
    if files {
        set = set.handle_access(AccessFs::from_all(version)).map_err(io::Error::other)?;
    }
    if !net.is_empty() {
        set = set.handle_access(net).map_err(io::Error::other)?;
    }
    let mut set = set.create().map_err(io::Error::other)?;
    if files {
        set = set
            .add_rules(path_beneath_rules(&readable, reading() & AccessFs::from_all(version)))
            .and_then(|set| {
                set.add_rules(path_beneath_rules(&writable, writing() & AccessFs::from_all(version)))
            })
            .map_err(io::Error::other)?;
    }
    if net.contains(AccessNet::ConnectTcp) {
        let rules = plan
            .ports
            .iter()
            .map(|port| Ok::<_, landlock::RulesetError>(NetPort::new(*port, AccessNet::ConnectTcp)));
        set = set.add_rules(rules).map_err(io::Error::other)?;
    }
    let status = set.restrict_self().map_err(io::Error::other)?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

pub(super) fn reading() -> BitFlags<AccessFs> {
    AccessFs::from_read(WANTED)
}

/// A handler may not make device files even where it may write.
pub(super) fn writing() -> BitFlags<AccessFs> {
    AccessFs::from_all(WANTED) & !(AccessFs::MakeChar | AccessFs::MakeBlock)
}

/// Whether signals and abstract sockets stay inside.
pub(super) fn keeps_signals(plan: &Confinement) -> bool {
    !Scope::from_all(version(plan)).is_empty() && supported().2
}

/// Everything that a fence of the newest kind keeps in: files, ports, scopes.
pub(super) fn everything() -> (BitFlags<AccessFs>, BitFlags<AccessNet>, BitFlags<Scope>) {
    (AccessFs::from_all(WANTED), AccessNet::from_all(WANTED), Scope::from_all(WANTED))
}

/// What a right to a file, not to a folder, can consist of.
pub(super) fn of_files() -> BitFlags<AccessFs> {
    AccessFs::from_file(WANTED)
}

/// Returns which of (files, TCP ports, signals) this kernel can fence, by its Landlock version.
pub(super) fn supported() -> (bool, bool, bool) {
    // A ruleset that is only created restricts nothing, and tells by its hard requirement what the kernel knows.
    use landlock::{CompatLevel, Compatible};
    let hard = || Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let files = hard().handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok();
    let ports = hard().handle_access(AccessNet::ConnectTcp).and_then(Ruleset::create).is_ok();
    let signals = hard().scope(Scope::Signal).and_then(Ruleset::create).is_ok();
    (files, ports, signals)
}
