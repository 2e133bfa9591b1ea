use super::service::Sns;
use super::topic::{Subscription, Topic};
use crate::sandbox::AccountId;
use crate::sandbox::keeping::{Durable, Keeper, Records};

/// Between the parts of a key.
const SEPARATOR: char = '\u{1f}';

/// Kinds of records.
const TOPIC: &str = "topic";
const SUBSCRIPTION: &str = "subscription";

impl Durable for Sns {
    fn name(&self) -> &'static str {
        "sns"
    }

    fn records(&self, account: &AccountId, _keeper: &Keeper) -> Result<Option<Records>, String> {
        let state = self.0.state();
        let mut records = Vec::new();
        let to_json = |error: serde_json::Error| error.to_string();
        for (arn, topic) in state.topics.iter().filter(|(_, topic)| topic.scope.account == *account) {
            records.push((format!("{TOPIC}{SEPARATOR}{arn}"), serde_json::to_vec(topic).map_err(to_json)?));
        }
        for (arn, own) in state.subscriptions.iter().filter(|(_, own)| own.owner == *account) {
            let record = serde_json::to_vec(own).map_err(to_json)?;
            records.push((format!("{SUBSCRIPTION}{SEPARATOR}{arn}"), record));
        }
        Ok(Some(records))
    }

    fn restore(&self, _account: &AccountId, records: Records, _keeper: &Keeper) -> Result<(), String> {
        let mut state = self.0.state();
        for (key, value) in records {
            let unreadable = |error: serde_json::Error| format!("{key}: {error}");
            match key.split_once(SEPARATOR) {
                Some((TOPIC, arn)) => {
                    let mut topic: Topic = serde_json::from_slice(&value).map_err(unreadable)?;
                    topic.parse_policy();
                    state.topics.insert(arn.to_owned(), topic);
                }
                Some((SUBSCRIPTION, arn)) => {
                    let mut own: Subscription = serde_json::from_slice(&value).map_err(unreadable)?;
                    own.parse_filter();
                    state.subscriptions.insert(arn.to_owned(), own);
                }
                _ => return Err(format!("{key}: neither a topic nor a subscription")),
            }
        }
        Ok(())
    }
}
