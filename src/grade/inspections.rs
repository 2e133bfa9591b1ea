use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::aws::Clients;
use crate::context::Clock;
use crate::evidence::{Gap, Inspection, Trouble, TroubleKind};
use crate::inspect::inspect;

/// The latest inspection, shared by all checks: those that settle at the same time look once for all.
#[derive(Debug)]
pub(super) struct Inspections {
    latest: Mutex<Look>,
}

#[derive(Debug, Clone)]
struct Look {
    began: Duration,
    inspection: Arc<Inspection>,
}

impl Inspections {
    /// Looks for the first time. A target that does not let us finish in time is a gap, as one that does not answer is.
    pub(super) async fn begin(clients: &Clients, clock: &dyn Clock, limit: Duration) -> Self {
        let began = clock.elapsed();
        let inspection =
            tokio::time::timeout(limit, inspect(clients)).await.unwrap_or_else(|_| unfinished(limit));
        Self { latest: Mutex::new(Look { began, inspection: Arc::new(inspection) }) }
    }

    pub(super) async fn latest(&self) -> Arc<Inspection> {
        Arc::clone(&self.latest.lock().await.inspection)
    }

    /// Returns an inspection that began after this call: somebody else's if there is one by the time it is our turn.
    pub(super) async fn renewed(&self, clients: &Clients, clock: &dyn Clock) -> Arc<Inspection> {
        let asked = clock.elapsed();
        let mut latest = self.latest.lock().await;
        if latest.began < asked {
            let began = clock.elapsed();
            *latest = Look { began, inspection: Arc::new(inspect(clients).await) };
        }
        Arc::clone(&latest.inspection)
    }
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
