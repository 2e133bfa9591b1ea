use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::Instrument as _;

/// Reads that are under way at once for one survey.
pub(crate) const READS: usize = 8;

/// Does one thing for each item, at most `limit` at a time, and returns the results in the items' order. A panic in one is passed on.
pub(crate) async fn each<I, T, F>(items: Vec<I>, limit: usize, work: impl Fn(I) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let permits = Arc::new(Semaphore::new(limit.max(1)));
    let mut tasks = JoinSet::new();
    for (index, item) in items.into_iter().enumerate() {
        let future = work(item);
        let permits = Arc::clone(&permits);
        let task = async move {
            // The semaphore is never closed; without a permit the work is done all the same.
            let _permit = permits.acquire_owned().await.ok();
            (index, future.await)
        };
        tasks.spawn(task.in_current_span());
    }
    let mut results = Vec::with_capacity(tasks.len());
    while let Some(joined) = tasks.join_next().await {
        match joined {
            Ok(result) => results.push(result),
            Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn results_keep_the_order_and_no_more_than_the_limit_run_at_once() {
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let results = each((0..20_u64).collect(), 3, |number| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20 - number)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                number * 2
            }
        })
        .await;
        assert_eq!(results, (0..20).map(|number| number * 2).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }
}
