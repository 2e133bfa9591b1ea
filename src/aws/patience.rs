use std::time::Duration;

use super::{ErrorClass, Failure};

/// How long to try again, and when.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The sum of all waits.
    pub limit: Duration,
    pub first: Duration,
    pub longest: Duration,
}

impl Patience {
    /// For what takes AWS a while to settle: a role that was just made, an API that is being changed.
    pub const SETTLING: Self = Self {
        limit: Duration::from_mins(1),
        first: Duration::from_millis(500),
        longest: Duration::from_secs(5),
    };

    /// Returns the waits one after the other, each twice as long as the one before, until the limit is used up.
    pub fn waits(self) -> impl Iterator<Item = Duration> {
        let mut next = self.first;
        let mut left = self.limit;
        std::iter::from_fn(move || {
            let wait = next.min(left);
            left -= wait;
            next = (next * 2).min(self.longest);
            (!wait.is_zero()).then_some(wait)
        })
    }
}

/// Makes a call, and makes it again while it is throttled or `passing` says that its failure will pass.
pub async fn patiently<T, F>(
    patience: Patience,
    passing: impl Fn(&Failure) -> bool + Send,
    mut call: impl FnMut() -> F + Send,
) -> Result<T, Failure>
where
    T: Send,
    F: Future<Output = Result<T, Failure>> + Send,
{
    for wait in patience.waits() {
        match call().await {
            Err(failure) if failure.class == ErrorClass::Throttled || passing(&failure) => {
                tracing::debug!(%failure, ?wait, "again");
                tokio::time::sleep(wait).await;
            }
            result => return result,
        }
    }
    call().await
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Patience = Patience {
        limit: Duration::from_millis(3),
        first: Duration::from_millis(1),
        longest: Duration::from_millis(1),
    };

    #[test]
    fn waits_grow_and_end_at_the_limit() {
        let waits: Vec<_> = Patience::SETTLING.waits().collect();
        assert_eq!(waits[..3], [500, 1000, 2000].map(Duration::from_millis));
        assert_eq!(waits.iter().sum::<Duration>(), Patience::SETTLING.limit);
    }

    #[tokio::test]
    async fn only_a_failure_that_passes_is_tried_again() {
        for (class, expected) in [(ErrorClass::Conflict, 4), (ErrorClass::Denied, 1)] {
            let mut calls = 0;
            let result: Result<(), _> = patiently(
                QUICK,
                |failure| failure.class == ErrorClass::Conflict,
                || {
                    calls += 1;
                    async move { Err(Failure::new(class, "x:Y", "no")) }
                },
            )
            .await;
            assert!(result.is_err());
            assert_eq!(calls, expected, "{class:?}");
        }
    }
}
