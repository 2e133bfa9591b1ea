use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::aws::Clients;
use crate::context::Clock;
use crate::evidence::{Gap, Inspection, Trouble, TroubleKind};
use crate::inspect::{inspect_without, label};
use crate::provision::Stack;
use crate::target::{Lease, temper};

/// How often an account is looked at in all whose parts cannot be read.
const AGAIN: u32 = 3;

/// The latest inspection, shared by all checks: those that settle at the same time look once for all.
#[derive(Debug)]
pub(super) struct Inspections {
    lease: Lease,
    stack: Stack,
    clock: Arc<dyn Clock>,
    latest: Mutex<Look>,
}

#[derive(Debug)]
struct Look {
    began: Duration,
    inspection: Arc<Inspection>,
}

impl Inspections {
    /// Looks for the first time. A target that does not let us finish in time is a gap, as one that does not answer is.
    pub(super) async fn begin(lease: Lease, stack: Stack, clock: Arc<dyn Clock>, limit: Duration) -> Self {
        let began = clock.elapsed();
        let inspection = tokio::time::timeout(limit, tempered(&lease, &stack, AGAIN)).await;
        let inspection = Arc::new(inspection.unwrap_or_else(|_| unfinished(limit)));
        Self { lease, stack, clock, latest: Mutex::new(Look { began, inspection }) }
    }

    /// Takes over what was inspected before.
    pub(super) fn of(lease: Lease, stack: Stack, clock: Arc<dyn Clock>, inspection: Inspection) -> Self {
        let latest = Mutex::new(Look { began: clock.elapsed(), inspection: Arc::new(inspection) });
        Self { lease, stack, clock, latest }
    }

    pub(super) async fn latest(&self) -> Arc<Inspection> {
        Arc::clone(&self.latest.lock().await.inspection)
    }

    /// Returns an inspection that began after this call: somebody else's if there is one by the time it is our turn.
    /// One that saw less than the one before does not take its place.
    pub(super) async fn renewed(&self) -> Arc<Inspection> {
        let asked = self.clock.elapsed();
        let mut latest = self.latest.lock().await;
        if latest.began < asked {
            let began = self.clock.elapsed();
            let inspection = tempered(&self.lease, &self.stack, 1).await;
            if inspection.gaps.len() <= latest.inspection.gaps.len() {
                *latest = Look { began, inspection: Arc::new(inspection) };
            }
        }
        Arc::clone(&latest.inspection)
    }
}

/// Inspects a world that was just put up, so that a grade can tell later what was changed in it.
pub async fn inspect_before(clients: &Clients, stack: &Stack) -> Inspection {
    look(clients, stack, &[]).await
}

#[tracing::instrument(name = "inspect", skip_all)]
async fn look(clients: &Clients, stack: &Stack, left_out: &[(&str, &str)]) -> Inspection {
    let mut inspection = inspect_without(clients, left_out).await;
    label(&mut inspection, stack);
    inspection
}

/// Looks, and notes what this target does otherwise than AWS. What a bad moment hid is looked for again, so many times in all.
async fn tempered(lease: &Lease, stack: &Stack, times: u32) -> Inspection {
    // Boxed: whoever waits for an inspection holds it on several levels.
    let again = || Box::pin(look(&lease.clients, stack, lease.profile.left_out));
    let passing = |gap: &Gap| matches!(gap.trouble.kind, TroubleKind::Throttled | TroubleKind::Unreachable);
    let mut inspection = again().await;
    for _ in 1..times {
        if !lease.clients.eventual() || !inspection.gaps.iter().any(passing) {
            break;
        }
        let next = again().await;
        if next.gaps.len() < inspection.gaps.len() {
            inspection = next;
        }
    }
    Box::pin(temper(lease, &mut inspection)).await;
    inspection
}

fn unfinished(limit: Duration) -> Inspection {
    let message = format!("the inspection did not end within {} s", limit.as_secs());
    let gap = Gap {
        what: "AWS".to_owned(),
        operation: "inspection".to_owned(),
        trouble: Trouble { kind: TroubleKind::Unreachable, message },
    };
    Inspection { gaps: vec![gap], ..Inspection::default() }
}
