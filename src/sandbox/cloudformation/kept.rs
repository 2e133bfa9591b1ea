use super::record::Record;
use super::service::CloudFormation;
use crate::sandbox::keeping::{Durable, Keeper, Records};
use crate::sandbox::{AccountId, Scope};

/// Between region and id.
const SEPARATOR: char = '\u{1f}';

impl Durable for CloudFormation {
    fn name(&self) -> &'static str {
        "cloudformation"
    }

    fn records(&self, account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let state = self.core().state();
        let records = state.of_account(account).map(|(scope, record)| {
            let value = serde_json::to_vec(record).map_err(|error| error.to_string())?;
            Ok((format!("{}{SEPARATOR}{}", scope.region, record.id), value))
        });
        records.collect::<Result<_, String>>().map(Some)
    }

    fn restore(&self, account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut read = Vec::new();
        for (key, value) in records {
            let (region, _) = key.split_once(SEPARATOR).ok_or("a key without a region")?;
            let record: Record = serde_json::from_slice(&value).map_err(|error| format!("{key}: {error}"))?;
            read.push((Scope { account: account.clone(), region: region.to_owned() }, record));
        }
        read.sort_by_key(|(_, record)| record.deleted);
        let mut state = self.core().state();
        for (scope, mut record) in read {
            if record.is_busy() {
                // Nobody works on it any more. What was made of it may stand; deleting it is what is left to do.
                let verb = record.status.trim_end_matches("_IN_PROGRESS").to_owned();
                let reason = "the sandbox was stopped while the stack was under way".to_owned();
                let (at, id) = (self.core().clock.now(), self.core().random.uuid());
                record.enter(&format!("{verb}_FAILED"), Some(reason), at, id);
            }
            if record.deleted.is_some() {
                state.entomb(&scope, record);
            } else {
                state.insert(&scope, record);
            }
        }
        Ok(())
    }
}
