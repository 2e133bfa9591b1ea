use super::Sqs;
use super::queue::{Facts, Message, Queue};
use crate::sandbox::keeping::{Durable, Keeper, Records};
use crate::sandbox::{AccountId, Scope};

/// Between the parts of a key.
const SEPARATOR: char = '\u{1f}';

impl Sqs {
    /// Keeps what changed without a call of a client's.
    pub(super) fn keep(&self, account: &AccountId) {
        if let Some(keeper) = self.keeper.get()
            && let Err(error) = keeper.save("sqs", account)
        {
            tracing::error!(error = %error.message, "queues were not kept");
        }
    }
}

impl Durable for Sqs {
    fn name(&self) -> &'static str {
        "sqs"
    }

    fn records(&self, account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let state = self.state();
        let mut records = Vec::new();
        let to_json = |error: serde_json::Error| error.to_string();
        for ((scope, name), queue) in state.queues.iter().filter(|((scope, _), _)| scope.account == *account)
        {
            let key = format!("{}{SEPARATOR}{name}", scope.region);
            records.push((key.clone(), serde_json::to_vec(&queue.facts).map_err(to_json)?));
            for (number, message) in &queue.messages {
                let message = serde_json::to_vec(message).map_err(to_json)?;
                records.push((format!("{key}{SEPARATOR}{number:020}"), message));
            }
        }
        Ok(Some(records))
    }

    fn restore(&self, account: &AccountId, mut records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut state = self.state();
        // Queues before their messages.
        records.sort_by_key(|(key, _)| key.matches(SEPARATOR).count());
        for (key, value) in records {
            let unreadable = |error: serde_json::Error| format!("{key}: {error}");
            let mut parts = key.splitn(3, SEPARATOR);
            let (Some(region), Some(name)) = (parts.next(), parts.next()) else {
                return Err("a key without a queue".to_owned());
            };
            let owner = (Scope { account: account.clone(), region: region.to_owned() }, name.to_owned());
            match parts.next() {
                None => {
                    let facts: Facts = serde_json::from_slice(&value).map_err(unreadable)?;
                    state.queues.insert(owner, Queue::new(facts));
                }
                Some(number) => {
                    let message: Message = serde_json::from_slice(&value).map_err(unreadable)?;
                    let number: u64 = number.parse().map_err(|_| "a message without a number".to_owned())?;
                    if let Some(queue) = state.queues.get_mut(&owner) {
                        queue.facts.next = queue.facts.next.max(number + 1);
                        queue.messages.insert(number, message);
                    }
                }
            }
        }
        Ok(())
    }
}
