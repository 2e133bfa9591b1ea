use super::entity::Bus;
use super::service::Events;
use crate::sandbox::keeping::{Durable, Keeper, Records};
use crate::sandbox::{AccountId, Scope};

/// Between the parts of a key.
const SEPARATOR: char = '\u{1f}';

impl Durable for Events {
    fn name(&self) -> &'static str {
        "events"
    }

    fn records(&self, account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let state = self.0.state();
        let own = state.buses.iter().filter(|((scope, _), _)| scope.account == *account);
        let record = |((scope, name), bus): (&(Scope, String), &Bus)| {
            let bus = serde_json::to_vec(bus).map_err(|error| error.to_string())?;
            Ok((format!("{}{SEPARATOR}{name}", scope.region), bus))
        };
        own.map(record).collect::<Result<Records, String>>().map(Some)
    }

    fn restore(&self, account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut state = self.0.state();
        for (key, value) in records {
            let (region, name) = key.split_once(SEPARATOR).ok_or("a key without a bus")?;
            let mut bus: Bus = serde_json::from_slice(&value).map_err(|error| format!("{name}: {error}"))?;
            bus.parse();
            let scope = Scope { account: account.clone(), region: region.to_owned() };
            state.buses.insert((scope, name.to_owned()), bus);
        }
        Ok(())
    }
}
