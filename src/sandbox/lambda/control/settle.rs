use std::sync::Arc;
use std::time::Duration;

use super::super::entity::{FunctionName, Progress, Snapshot};
use super::service::Core;
use crate::sandbox::ServiceError;

/// How long a call waits for a change that is under way before it answers as Lambda does. A change settles within
/// milliseconds unless a library has to be fetched first.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a call waits that only looks.
const MOMENT: Duration = Duration::from_secs(1);

impl Core {
    /// Prepares what a function needs to run, in the background, and then ends its `Pending` or `InProgress`.
    pub(super) fn settle(self: &Arc<Self>, name: FunctionName, snapshot: &Arc<Snapshot>) {
        let core = Arc::clone(self);
        let snapshot = Arc::clone(snapshot);
        tokio::spawn(async move {
            let progress = match core.engine.prepare(&name.scope.account, &snapshot).await {
                Ok(()) => Progress::Done,
                Err(reason) => Progress::Failed(reason),
            };
            core.end(&name, &snapshot.build, &progress);
        });
    }

    fn end(&self, name: &FunctionName, build: &str, progress: &Progress) {
        self.registry.with(&name.scope, |region| {
            let Some(function) = region.functions.get_mut(&name.name) else {
                return;
            };
            let numbers: Vec<u64> = function.versions.keys().copied().collect();
            for number in numbers {
                if let Some(version) = function.versions.get_mut(&number)
                    && version.state == Progress::Under
                {
                    let version = Arc::make_mut(version);
                    version.state = progress.clone();
                    version.revision = self.random.uuid();
                }
            }
            if function.latest.build == build {
                let latest = Arc::make_mut(&mut function.latest);
                if latest.state != Progress::Done {
                    latest.state = progress.clone();
                }
                latest.update = progress.clone();
                latest.revision = self.random.uuid();
            }
        });
        self.settled.send_modify(|count| *count += 1);
    }

    /// Waits until no change of the function is under way. One that takes long is answered in Lambda's words.
    pub(super) async fn wait_for_update(&self, name: &FunctionName) -> Result<(), ServiceError> {
        self.wait_at_most(name, PATIENCE).await
    }

    /// Gives a change that is under way the moment that it usually takes, before a caller is shown how far it is: who polls
    /// for `Active` then sees it at once, and not a second later.
    pub(super) async fn let_settle(&self, name: &FunctionName) {
        let _ = self.wait_at_most(name, MOMENT).await;
    }

    async fn wait_at_most(&self, name: &FunctionName, patience: Duration) -> Result<(), ServiceError> {
        let mut settled = self.settled.subscribe();
        let busy = || -> Result<Option<ServiceError>, ServiceError> {
            self.registry.with(&name.scope, |region| {
                let function = region.function(name)?;
                let conflict = |message: String| Some(ServiceError::new(409, "ResourceConflictException", message));
                Ok(if function.latest.state == Progress::Under {
                    conflict("The operation cannot be performed at this time. The function is currently in the following state: Pending".to_owned())
                } else if function.latest.update == Progress::Under {
                    conflict(format!(
                        "The operation cannot be performed at this time. An update is in progress for resource: {}",
                        function.name.unqualified_arn()
                    ))
                } else {
                    None
                })
            })
        };
        let waited = tokio::time::timeout(patience, async {
            while busy()?.is_some() {
                if settled.changed().await.is_err() {
                    break;
                }
            }
            Ok(())
        });
        match waited.await {
            Ok(outcome) => outcome,
            Err(_) => busy()?.map_or(Ok(()), Err),
        }
    }
}
