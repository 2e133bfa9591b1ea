use std::sync::{Arc, Weak};
use std::time::Duration;

use super::DynamoDb;

/// How often the clock is looked at, which may be advanced by hand.
const LOOK: Duration = Duration::from_millis(250);
/// How often items are looked for whose time is over, in milliseconds; and at once when the clock was advanced by more than a
/// busy machine loses between two looks.
const ROUND: i64 = 60_000;
const JUMP: i64 = 5_000;

impl DynamoDb {
    /// Deletes items whose time to live has passed, as long as the service is there.
    pub fn expire_items(self: &Arc<Self>) {
        let own: Weak<Self> = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut looked = None;
            let mut done = 0;
            loop {
                tokio::time::sleep(LOOK).await;
                let Some(own) = own.upgrade() else { return };
                let now = own.now().as_millisecond();
                let jumped = looked.is_some_and(|before| now - before > JUMP);
                looked = Some(now);
                // A sandbox that is frozen stays as it is.
                if (jumped || now - done > ROUND) && own.authority().standing().opens_entrances() {
                    done = now;
                    for store in own.stores() {
                        store.expire();
                    }
                }
            }
        });
    }
}
