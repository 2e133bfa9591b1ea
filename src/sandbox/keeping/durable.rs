use super::Keeper;
use crate::sandbox::AccountId;

/// Records of one service: what stands after its name and the account in their keys, and what they hold.
pub type Records = Vec<(String, Vec<u8>)>;

/// A service whose state outlives the process.
pub trait Durable: Send + Sync {
    /// What its records' keys begin with; never changes between releases.
    fn name(&self) -> &'static str;

    /// Returns all that must be kept of an account, contents put into the keeper; `None` from a service that writes each change
    /// by itself. Asked after every call that changes something; only what differs from before is written.
    fn records(&self, _account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        Ok(None)
    }

    /// Takes back what was kept of an account, into a service that has nothing yet of it. Fails with what cannot be read.
    fn restore(&self, account: &AccountId, records: Records, keeper: &Keeper) -> Result<(), String>;
}
