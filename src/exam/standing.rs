use super::Ground;
use crate::aws::{Clients, Endpoint, Outcome};
use crate::evidence::{Inspection, TroubleKind};
use crate::inspect::{inspect, label};

/// The readiness check: the candidate's keys are taken, and everything of the stack that an inspection can show is there. Returns what
/// was inspected, or a sentence that says what is not as it must be.
pub async fn presented(ground: &Ground) -> Result<Inspection, String> {
    let lease = ground.lease();
    let grader = &lease.clients.endpoint;
    let candidate = Endpoint::with_keys(
        grader.url.as_deref(),
        grader.region.clone(),
        &ground.candidate.access_key_id,
        &ground.candidate.secret_access_key,
        grader.settling,
    );
    let called =
        Clients::new(&candidate).sts.get_caller_identity().send().await.during("sts:GetCallerIdentity");
    let caller = called.map_err(|failure| format!("the candidate's keys are not taken: {failure}"))?;
    if caller.account() != Some(ground.account.as_str()) {
        return Err(format!("the candidate's keys belong to {}", caller.account().unwrap_or("nobody")));
    }
    let mut inspection = inspect(&lease.clients).await;
    label(&mut inspection, &ground.stack);
    // What the target does not have at all, no scenario on it needs.
    let gap = inspection.gaps.iter().find(|gap| gap.trouble.kind != TroubleKind::Unsupported);
    if let Some(gap) = gap {
        return Err(format!("{} could not be read: {}: {}", gap.what, gap.operation, gap.trouble.message));
    }
    Ok(inspection)
}
