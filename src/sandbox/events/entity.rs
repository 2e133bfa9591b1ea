use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::schedule::Schedule;
use crate::policy::{Policy, PolicyKind};
use crate::sandbox::{AccountId, EventPattern, Scope};

pub(super) const DEFAULT: &str = "default";

/// An event bus. Times are milliseconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Bus {
    pub(super) scope: Scope,
    pub(super) name: String,
    pub(super) created: i64,
    pub(super) modified: i64,
    /// `Description`, `KmsKeyIdentifier`, `DeadLetterConfig`, as they were set.
    pub(super) settings: Map<String, Value>,
    pub(super) policy: Option<Value>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) rules: BTreeMap<String, Rule>,
    #[serde(skip)]
    pub(super) parsed: Option<Arc<Policy>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) pattern: Option<String>,
    pub(super) schedule: Option<String>,
    /// `ENABLED`, `DISABLED` and the like.
    pub(super) state: String,
    pub(super) description: Option<String>,
    pub(super) role: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    /// By id, as they were put.
    pub(super) targets: BTreeMap<String, Map<String, Value>>,
    /// When it was made or switched on: rates are counted from there.
    pub(super) anchor: i64,
    /// Up to when its schedule was looked at.
    #[serde(skip)]
    pub(super) seen: Option<i64>,
    #[serde(skip)]
    pub(super) parsed: Option<Arc<EventPattern>>,
    #[serde(skip)]
    pub(super) times: Option<Arc<Schedule>>,
}

impl Bus {
    pub(super) fn new(scope: &Scope, name: &str, now: i64) -> Self {
        Self {
            scope: scope.clone(),
            name: name.to_owned(),
            created: now,
            modified: now,
            settings: Map::new(),
            policy: None,
            tags: BTreeMap::new(),
            rules: BTreeMap::new(),
            parsed: None,
        }
    }

    pub(super) fn arn(&self) -> String {
        bus_arn(&self.scope, &self.name)
    }

    /// Reads policy, patterns and schedules anew; what was taken once can be read again.
    pub(super) fn parse(&mut self) {
        let text = self.policy.as_ref().map(Value::to_string);
        self.parsed = text.and_then(|text| Policy::parse(&text, PolicyKind::Resource).ok()).map(Arc::new);
        for rule in self.rules.values_mut() {
            rule.parse();
        }
    }
}

impl Rule {
    pub(super) fn parse(&mut self) {
        self.parsed = self.pattern.as_deref().and_then(|text| EventPattern::parse(text).ok()).map(Arc::new);
        self.times = self.schedule.as_deref().and_then(Schedule::parse).map(Arc::new);
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.state.starts_with("ENABLED")
    }
}

pub(super) fn bus_arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:events:{}:{}:event-bus/{name}", scope.region, scope.account)
}

pub(super) fn rule_arn(scope: &Scope, bus: &str, rule: &str) -> String {
    let place = if bus == DEFAULT { rule.to_owned() } else { format!("{bus}/{rule}") };
    format!("arn:aws:events:{}:{}:rule/{place}", scope.region, scope.account)
}

/// What an ARN of this service names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    Bus(Scope, String),
    /// Bus, rule.
    Rule(Scope, String, String),
}

impl Named {
    pub(super) fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.strip_prefix("arn:aws:events:")?.splitn(3, ':');
        let region = parts.next()?.to_owned();
        let scope = Scope { account: AccountId::parse(parts.next()?)?, region };
        let rest = parts.next()?;
        if let Some(bus) = rest.strip_prefix("event-bus/") {
            return Some(Self::Bus(scope, bus.to_owned()));
        }
        let place = rest.strip_prefix("rule/")?;
        let (bus, rule) = place.rsplit_once('/').unwrap_or((DEFAULT, place));
        Some(Self::Rule(scope, bus.to_owned(), rule.to_owned()))
    }
}

/// The bus that a call names: by name, by ARN, or the default one.
pub(super) fn bus_named(given: Option<&Value>, scope: &Scope) -> (Scope, String) {
    let given = given.and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or(DEFAULT);
    match Named::of(given) {
        Some(Named::Bus(owner, name)) => (owner, name),
        _ => (scope.clone(), given.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_read_as_they_are_written() {
        let scope = Scope { account: AccountId::fallback(), region: "eu-west-1".into() };
        let rule = |bus: &str| Named::Rule(scope.clone(), bus.to_owned(), "nightly".to_owned());
        for bus in [DEFAULT, "shop"] {
            assert_eq!(Named::of(&rule_arn(&scope, bus, "nightly")), Some(rule(bus)));
        }
        assert_eq!(Named::of(&bus_arn(&scope, "shop")), Some(Named::Bus(scope.clone(), "shop".into())));
        assert_eq!(Named::of("arn:aws:sqs:eu-west-1:123456789012:q"), None);
    }
}
