use std::time::Duration;

use crate::aws::{Clients, ErrorClass, Failure, Patience, patiently};

/// Makes a call, and makes it again while the API is being changed by another one: AWS takes one change to an API at a time, and
/// few a second (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
pub(super) async fn calmly<T, F>(clients: &Clients, call: impl FnMut() -> F + Send) -> Result<T, Failure>
where
    T: Send,
    F: Future<Output = Result<T, Failure>> + Send,
{
    let limit = if clients.eventual() { Duration::from_secs(90) } else { Duration::ZERO };
    patiently(Patience { limit, ..Patience::SETTLING }, changing, call).await
}

fn changing(failure: &Failure) -> bool {
    failure.class == ErrorClass::Conflict && failure.says("concurrent modification")
}
