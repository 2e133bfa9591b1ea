use std::collections::BTreeSet;

use super::super::Failure;
use super::desk::{Desk, stuck};
use crate::context::Context;
use crate::exam::gone;
use crate::target::{Pool, PoolError, Turn};

/// Returns the attempts that a pool names and that never came to be: their process died before it had noted them.
pub(crate) async fn vanished(context: &Context, pool: &Pool) -> Result<BTreeSet<String>, Failure> {
    let stuck = |error| stuck(context, &error);
    let turns = pool.turns().map_err(|problem: PoolError| stuck(problem.into()))?;
    if turns.values().all(|turn| Turn::attempt(turn).is_none()) {
        return Ok(BTreeSet::new());
    }
    let desk = Desk::open(context).await?;
    gone(&desk.home, &desk.store, pool).await.map_err(stuck)
}
