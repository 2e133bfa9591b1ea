use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::admin::OWN;
use super::keeping::{Durable, Keeper, Records};
use super::{AccountId, Authority, SandboxClock, Standing};

/// What the sandbox itself must know again after a restart.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Own {
    pub(super) admin_token: String,
    /// The access key that was printed at the first start.
    pub(super) first_key: String,
    /// How far the clock is ahead, in milliseconds.
    pub(super) ahead: u64,
    /// [`Standing`], by its number.
    pub(super) standing: u8,
}

/// Keeps it.
pub(super) struct OwnRecord {
    pub(super) own: Mutex<Option<Own>>,
    pub(super) clock: Arc<SandboxClock>,
    pub(super) authority: Arc<Authority>,
    /// Whether the sandbox begins frozen, however it stood before.
    pub(super) frozen: bool,
}

impl OwnRecord {
    pub(super) fn get(&self) -> Option<Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, own: Own) {
        *self.own.lock().unwrap_or_else(PoisonError::into_inner) = Some(own);
    }
}

impl Durable for OwnRecord {
    fn name(&self) -> &'static str {
        OWN
    }

    fn records(&self, _account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let Some(own) = self.get() else { return Ok(Some(Vec::new())) };
        let ahead = u64::try_from(self.clock.ahead().as_millis()).unwrap_or(u64::MAX);
        let own = Own { ahead, standing: self.authority.standing().number(), ..own };
        let record = serde_json::to_vec(&own).map_err(|error| error.to_string())?;
        Ok(Some(vec![("own".to_owned(), record)]))
    }

    fn restore(&self, _account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        for (_, record) in records {
            let own: Own = serde_json::from_slice(&record).map_err(|error| error.to_string())?;
            self.clock.advance(Duration::from_millis(own.ahead));
            if !self.frozen {
                self.authority.set_standing(Standing::of_number(own.standing));
            }
            self.set(own);
        }
        Ok(())
    }
}
