use std::sync::Arc;

use super::delivery::Delivery;
use super::service::Core;
use crate::sandbox::AccountId;
use crate::sandbox::keeping::{Durable, Keeper, Records};

/// What the records' keys begin with.
pub(super) const NAME: &str = "events-pending";

/// Takes events that had not arrived back when a state is opened again.
pub(super) struct PendingDeliveries {
    pub(super) core: Arc<Core>,
}

impl Durable for PendingDeliveries {
    fn name(&self) -> &'static str {
        NAME
    }

    fn restore(&self, _account: &AccountId, records: Records, keeper: &Keeper) -> Result<(), String> {
        // What is opened as evidence only is not to change.
        if !keeper.is_durable() {
            return Ok(());
        }
        for (key, value) in records {
            let delivery: Delivery =
                serde_json::from_slice(&value).map_err(|error| format!("{key}: {error}"))?;
            delivery.resume(&self.core);
        }
        Ok(())
    }
}
