use std::collections::HashMap;

use serde_json::Value;

use super::DynamoDb;
use super::shelf::SEPARATOR;
use super::streams::Record;
use crate::sandbox::keeping::{Durable, Keeper, Records};
use crate::sandbox::{AccountId, Scope};

impl Durable for DynamoDb {
    fn name(&self) -> &'static str {
        "dynamodb"
    }

    fn restore(&self, account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut tables: HashMap<(String, String), Vec<u8>> = HashMap::new();
        let mut items: HashMap<(String, String), Vec<Value>> = HashMap::new();
        let mut streams: HashMap<(String, String), Vec<Record>> = HashMap::new();
        for (key, value) in records {
            let mut parts = key.splitn(4, SEPARATOR);
            let (Some(region), Some(kind), Some(table)) = (parts.next(), parts.next(), parts.next()) else {
                return Err("a key without a table".to_owned());
            };
            let owner = (region.to_owned(), table.to_owned());
            if kind == "table" {
                tables.insert(owner, value);
            } else if kind == "stream" {
                let record = serde_json::from_slice(&value)
                    .map_err(|error| format!("a record of the stream of {table}: {error}"))?;
                streams.entry(owner).or_default().push(record);
            } else {
                let item =
                    serde_json::from_slice(&value).map_err(|error| format!("an item of {table}: {error}"))?;
                items.entry(owner).or_default().push(item);
            }
        }
        // Items without a table are of one that was deleted at the very end.
        for ((region, table), record) in tables {
            let scope = Scope { account: account.clone(), region: region.clone() };
            let owner = (region, table.clone());
            let own = items.remove(&owner).unwrap_or_default();
            let stream = streams.remove(&owner).unwrap_or_default();
            self.store(&scope).restore_table(&table, &record, own, stream)?;
        }
        Ok(())
    }
}
