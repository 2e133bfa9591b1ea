use std::time::Duration;

use super::footing::Footing;
use crate::aws::{Failure, Outcome};
use crate::evidence::{Inspection, TroubleKind};
use crate::inspect::{inspect_without, label};

/// How long a key that was just made may be unknown.
const KNOWN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(1);

/// The readiness check: the candidate's keys are taken, and everything of the stack that an inspection can show is there. Returns what
/// was inspected, or a sentence that says what is not as it must be.
pub(super) async fn presented(footing: &Footing) -> Result<Inspection, String> {
    let account =
        caller(footing).await.map_err(|failure| format!("the candidate's keys are not taken: {failure}"))?;
    if account != footing.ground.account {
        let whose = if account.is_empty() { "nobody" } else { &account };
        return Err(format!("the candidate's keys belong to {whose}"));
    }
    let lease = &footing.lease;
    let mut inspection = inspect_without(&lease.clients, lease.profile.left_out).await;
    label(&mut inspection, &footing.ground.stack);
    // What the target does not have at all, no scenario on it needs.
    let gap = inspection.gaps.iter().find(|gap| gap.trouble.kind != TroubleKind::Unsupported);
    if let Some(gap) = gap {
        return Err(format!("{} could not be read: {}: {}", gap.what, gap.operation, gap.trouble.message));
    }
    Ok(inspection)
}

/// Asks as the candidate whose account it is. On AWS a key takes some seconds until it is known everywhere.
async fn caller(footing: &Footing) -> Result<String, Failure> {
    let clients = footing.ground.lease().clients;
    let began = tokio::time::Instant::now();
    loop {
        let called = clients.sts.get_caller_identity().send().await.during("sts:GetCallerIdentity");
        match called {
            Ok(caller) => return Ok(caller.account().unwrap_or_default().to_owned()),
            Err(_) if clients.eventual() && began.elapsed() < KNOWN => tokio::time::sleep(PAUSE).await,
            Err(failure) => return Err(failure),
        }
    }
}
