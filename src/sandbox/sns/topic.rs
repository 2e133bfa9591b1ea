use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::filter::Filter;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::{AccountId, Scope};

/// How the name of a first-in-first-out topic ends.
pub(super) const FIFO: &str = ".fifo";

/// A topic. Times are milliseconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Topic {
    pub(super) scope: Scope,
    pub(super) name: String,
    /// As they were set; what is not there has its default.
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    /// Subscriptions that were taken back.
    pub(super) deleted: u64,
    /// The number that the next message of a FIFO topic gets.
    pub(super) next: u64,
    /// Of a FIFO topic: when a deduplication id was last used, and for which message.
    pub(super) deduplication: HashMap<String, (i64, String, u64)>,
    /// The topic policy, parsed.
    #[serde(skip)]
    pub(super) policy: Option<Arc<Policy>>,
}

/// A subscription to a topic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Subscription {
    pub(super) arn: String,
    pub(super) topic: String,
    pub(super) owner: AccountId,
    /// ARN of whoever subscribed.
    pub(super) principal: String,
    pub(super) protocol: String,
    pub(super) endpoint: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// What confirms it, as long as nobody has.
    pub(super) token: Option<String>,
    /// What confirmed it, which confirms it again.
    #[serde(default)]
    pub(super) confirmed_by: Option<String>,
    #[serde(skip)]
    pub(super) filter: Option<Arc<Filter>>,
}

impl Topic {
    pub(super) fn arn(&self) -> String {
        arn(&self.scope, &self.name)
    }

    pub(super) fn is_fifo(&self) -> bool {
        self.name.ends_with(FIFO)
    }

    pub(super) fn policy_text(&self) -> String {
        self.attributes.get("Policy").cloned().unwrap_or_else(|| default_policy(&self.scope, &self.name))
    }

    pub(super) fn parse_policy(&mut self) {
        self.policy = Policy::parse(&self.policy_text(), PolicyKind::Resource).ok().map(Arc::new);
    }
}

impl Subscription {
    pub(super) fn is_pending(&self) -> bool {
        self.token.is_some()
    }

    pub(super) fn is_raw(&self) -> bool {
        self.attributes.get("RawMessageDelivery").is_some_and(|raw| raw == "true")
    }

    /// Reads the filter policy anew; one that was taken once can be read again.
    pub(super) fn parse_filter(&mut self) {
        let text = self.attributes.get("FilterPolicy");
        let body = self.attributes.get("FilterPolicyScope").is_some_and(|scope| scope == "MessageBody");
        self.filter = text.and_then(|text| Filter::parse(text, body).ok()).map(Arc::new);
    }

    /// Where messages go that cannot be delivered.
    pub(super) fn dead_letters(&self) -> Option<String> {
        let policy: Value = serde_json::from_str(self.attributes.get("RedrivePolicy")?).ok()?;
        policy.get("deadLetterTargetArn")?.as_str().map(str::to_owned)
    }
}

pub(super) fn arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:sns:{}:{}:{name}", scope.region, scope.account)
}

/// Takes a topic's ARN apart.
pub(super) fn parse_arn(arn: &str) -> Option<(Scope, String)> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", "aws", "sns", region, account, name] = parts[..] else { return None };
    let account = AccountId::parse(account)?;
    (!name.is_empty()).then(|| (Scope { account, region: region.to_owned() }, name.to_owned()))
}

/// The policy of a topic that has none of its own: services that act for the owner may use it.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>
fn default_policy(scope: &Scope, name: &str) -> String {
    let actions = [
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ];
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": actions.map(|action| format!("SNS:{action}")),
            "Resource": arn(scope, name),
            "Condition": { "StringEquals": { "AWS:SourceOwner": scope.account } },
        }],
    })
    .to_string()
}
