use std::collections::HashMap;

use super::ApiGateway;
use super::state::Region;
use crate::sandbox::keeping::{Durable, Keeper, Records, join, split};
use crate::sandbox::{AccountId, Scope};

/// Between a region and the rest of a key.
const SEPARATOR: char = '\u{1f}';

impl Durable for ApiGateway {
    fn name(&self) -> &'static str {
        "apigateway"
    }

    fn records(&self, account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let mut records = Vec::new();
        for (scope, region) in self.state().of_account(account) {
            records.extend(split(&format!("{}{SEPARATOR}", scope.region), &region)?);
        }
        Ok(Some(records))
    }

    fn restore(&self, account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut regions: HashMap<String, Records> = HashMap::new();
        for (key, value) in records {
            let (region, rest) = key.split_once(SEPARATOR).ok_or("a key without a region")?;
            regions.entry(region.to_owned()).or_default().push((rest.to_owned(), value));
        }
        for (name, records) in regions {
            let read: Region = join(records)?;
            let scope = Scope { account: account.clone(), region: name };
            self.state().with(&scope, |region| *region = read);
        }
        Ok(())
    }
}
