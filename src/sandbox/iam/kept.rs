use super::Iam;
use super::state::{Account, KeyOwner, SessionRecord};
use crate::sandbox::AccountId;
use crate::sandbox::keeping::{Durable, Keeper, Records, join, split};

/// What stands before the parts of the account itself, before who owns a key and before a session.
const ACCOUNT: &str = "account/";
const OWNER: &str = "owner/";
const SESSION: &str = "session/";

impl Durable for Iam {
    fn name(&self) -> &'static str {
        "iam"
    }

    fn records(&self, account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let state = self.read();
        let now = self.now();
        let mut records = match state.accounts.get(account.as_str()) {
            Some(account) => split(ACCOUNT, account)?,
            None => Vec::new(),
        };
        let own = account.as_str();
        for (key, owner) in state.key_owners.iter().filter(|(_, owner)| owner.account == own) {
            records.push((format!("{OWNER}{key}"), to_json(owner)?));
        }
        for (key, session) in
            state.sessions.iter().filter(|(_, session)| session.account == own && session.expires > now)
        {
            records.push((format!("{SESSION}{key}"), to_json(session)?));
        }
        Ok(Some(records))
    }

    fn restore(&self, account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut state = self.write();
        let mut own = Vec::new();
        for (key, value) in records {
            let read = |error: serde_json::Error| format!("{key}: {error}");
            if let Some(rest) = key.strip_prefix(ACCOUNT) {
                own.push((rest.to_owned(), value));
            } else if let Some(id) = key.strip_prefix(OWNER) {
                let owner: KeyOwner = serde_json::from_slice(&value).map_err(read)?;
                state.key_owners.insert(id.to_owned(), owner);
            } else if let Some(id) = key.strip_prefix(SESSION) {
                let session: SessionRecord = serde_json::from_slice(&value).map_err(read)?;
                state.sessions.insert(id.to_owned(), session);
            }
        }
        if !own.is_empty() {
            let read: Account = join(own)?;
            state.accounts.insert(account.as_str().to_owned(), read);
        }
        Ok(())
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<Vec<u8>, String> {
    serde_json::to_vec(value).map_err(|error| error.to_string())
}
