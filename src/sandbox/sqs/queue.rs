use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::policy::Policy;
use crate::sandbox::Scope;

/// How the name of a first-in-first-out queue ends, in this case only.
pub(super) const FIFO: &str = ".fifo";

/// A queue. Times are milliseconds since 1970.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) facts: Facts,
    /// The queue policy, parsed.
    pub(super) policy: Option<Arc<Policy>>,
    /// By number, which is the order of their coming.
    pub(super) messages: BTreeMap<u64, Message>,
    /// Of a FIFO queue: when a deduplication id was last used, and for which message.
    pub(super) deduplication: HashMap<String, (i64, u64, String)>,
    pub(super) purged: i64,
}

/// What a queue is, apart from its messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) scope: Scope,
    pub(super) name: String,
    pub(super) created: i64,
    pub(super) modified: i64,
    /// As they were set; what is not there has its default.
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    /// The number that the next message gets.
    pub(super) next: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) attributes: Map<String, Value>,
    /// `AWSTraceHeader`, if it was sent along.
    pub(super) trace: Option<String>,
    pub(super) sender: String,
    pub(super) sent: i64,
    /// Before that nobody receives it: because of a delay, or because somebody has it.
    pub(super) visible: i64,
    pub(super) received: u32,
    pub(super) first_received: Option<i64>,
    /// Of the last receive.
    pub(super) receipt: Option<String>,
    pub(super) group: Option<String>,
    pub(super) deduplication: Option<String>,
    /// The queue that it was in before it was moved to this one for failing too often.
    pub(super) source: Option<String>,
}

/// What `RedrivePolicy` says.
#[derive(Debug, Clone)]
pub(super) struct Redrive {
    pub(super) target: String,
    pub(super) most: u32,
}

impl Queue {
    pub(super) fn new(facts: Facts) -> Self {
        let mut queue = Self {
            facts,
            policy: None,
            messages: BTreeMap::new(),
            deduplication: HashMap::new(),
            purged: i64::MIN,
        };
        queue.parse_policy();
        queue
    }

    pub(super) fn parse_policy(&mut self) {
        let text = self.facts.attributes.get("Policy").filter(|text| !text.is_empty());
        self.policy =
            text.and_then(|text| Policy::parse(text, crate::policy::PolicyKind::Resource).ok()).map(Arc::new);
    }

    pub(super) fn arn(&self) -> String {
        arn(&self.facts.scope, &self.facts.name)
    }

    pub(super) fn is_fifo(&self) -> bool {
        self.facts.name.ends_with(FIFO)
    }

    /// A number of the attributes, or its default.
    pub(super) fn number(&self, name: &str) -> i64 {
        let default = super::attributes::default_of(name).unwrap_or("0");
        let text = self.facts.attributes.get(name).map_or(default, String::as_str);
        text.parse().unwrap_or(0)
    }

    pub(super) fn redrive(&self) -> Option<Redrive> {
        let text = self.facts.attributes.get("RedrivePolicy").filter(|text| !text.is_empty())?;
        let read: Value = serde_json::from_str(text).ok()?;
        let most = match read.get("maxReceiveCount")? {
            Value::String(text) => text.parse().ok()?,
            number => u32::try_from(number.as_u64()?).ok()?,
        };
        Some(Redrive { target: read.get("deadLetterTargetArn")?.as_str()?.to_owned(), most })
    }

    /// Forgets what is older than the queue keeps messages, and deduplication ids of more than five minutes ago.
    pub(super) fn expire(&mut self, now: i64) {
        let oldest = now - self.number("MessageRetentionPeriod") * 1000;
        self.messages.retain(|_, message| message.sent >= oldest);
        self.deduplication.retain(|_, (used, ..)| now - *used < 300_000);
    }

    /// Numbers of the messages that can be received now, the oldest first. Of a group of a FIFO queue none is there while one of
    /// its messages is with somebody, and a later one never comes before an earlier one.
    pub(super) fn receivable(&self, now: i64, most: usize) -> Vec<u64> {
        let mut shut: HashSet<&str> = HashSet::new();
        let mut numbers = Vec::new();
        for (number, message) in &self.messages {
            let group = message.group.as_deref().filter(|_| self.is_fifo());
            if message.visible > now {
                shut.extend(group);
                continue;
            }
            if group.is_some_and(|group| shut.contains(group)) {
                continue;
            }
            numbers.push(*number);
            if numbers.len() == most {
                break;
            }
        }
        numbers
    }

    /// Visible, with somebody, delayed.
    pub(super) fn counts(&self, now: i64) -> (usize, usize, usize) {
        let mut counts = (0, 0, 0);
        for message in self.messages.values() {
            match (message.visible > now, message.receipt.is_some()) {
                (false, _) => counts.0 += 1,
                (true, true) => counts.1 += 1,
                (true, false) => counts.2 += 1,
            }
        }
        counts
    }
}

pub(super) fn arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:sqs:{}:{}:{name}", scope.region, scope.account)
}

/// Takes an ARN of a queue apart.
pub(super) fn parse_arn(arn: &str) -> Option<(Scope, String)> {
    let mut parts = arn.strip_prefix("arn:aws:sqs:")?.split(':');
    let region = parts.next()?.to_owned();
    let account = crate::sandbox::AccountId::parse(parts.next()?)?;
    let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
    parts.next().is_none().then_some((Scope { account, region }, name))
}
