use std::io;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, NetPort, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};

/// The newest Landlock interface that is asked for; an older kernel enforces what it knows.
const WANTED: ABI = ABI::V6;

/// Fences the process in: only these paths, only these TCP ports, no signals and no abstract sockets to the outside.
/// Returns whether the kernel enforces anything at all. Paths that are not there are left out.
pub(super) fn raise(readable: &[PathBuf], writable: &[PathBuf], ports: &[u16]) -> io::Result<bool> {
    let read = AccessFs::from_read(WANTED);
    let write = AccessFs::from_all(WANTED);
    // A handler may not make device files even where it may write.
    let write = write & !(AccessFs::MakeChar | AccessFs::MakeBlock);
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(WANTED))
        .and_then(|set| set.handle_access(AccessNet::from_all(WANTED)))
        .and_then(|set| set.scope(Scope::from_all(WANTED)))
        .and_then(Ruleset::create)
        .and_then(|set| set.add_rules(path_beneath_rules(readable, read)))
        .and_then(|set| set.add_rules(path_beneath_rules(writable, write)))
        .and_then(|set| {
            set.add_rules(
                ports
                    .iter()
                    .map(|port| Ok::<_, landlock::RulesetError>(NetPort::new(*port, AccessNet::ConnectTcp))),
            )
        });
    let status = ruleset.and_then(landlock::RulesetCreated::restrict_self).map_err(io::Error::other)?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
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
