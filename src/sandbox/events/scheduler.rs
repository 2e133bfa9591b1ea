use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::{Map, json};

use super::delivery::Delivery;
use super::entity::{Bus, Rule, rule_arn};
use super::put_events::{Made, to_targets};
use super::service::Core;
use crate::sandbox::{AccountId, Poller};

/// How often the clock is looked at, which may be advanced by hand.
const LOOK: Duration = Duration::from_millis(100);
/// Of the times that an advance of the clock passes, so many of a rule's are made up for: the first ones.
const MOST: usize = 60;

/// Lets rules fire as long as the service is there.
pub(super) fn start(core: &Arc<Core>) {
    // A service that was made outside of a runtime, as in unit tests, has no schedules.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let core: Weak<Core> = Arc::downgrade(core);
    runtime.spawn(async move {
        // Whoever asks whether everything is done waits for a look at the schedules of the account.
        let mut pollers: HashMap<AccountId, Poller> = HashMap::new();
        loop {
            match pollers.values().next() {
                Some(poller) => poller.rest(LOOK).await,
                None => tokio::time::sleep(LOOK).await,
            }
            let Some(core) = core.upgrade() else { return };
            for account in scheduled(&core) {
                let entry = pollers.entry(account);
                entry.or_insert_with_key(|account| core.parts.activity.poller(account));
            }
            let moments: Vec<(&Poller, u64)> =
                pollers.values().map(|poller| (poller, poller.begins())).collect();
            let fired = look(&core);
            if !fired {
                for (poller, moment) in &moments {
                    poller.found_nothing(*moment);
                }
            }
        }
    });
}

/// The accounts that have rules with schedules.
fn scheduled(core: &Core) -> HashSet<AccountId> {
    let state = core.state();
    let has = |bus: &&Bus| bus.rules.values().any(|rule| rule.times.is_some());
    state.buses.values().filter(has).map(|bus| bus.scope.account.clone()).collect()
}

/// Fires what is due; says whether anything was.
fn look(core: &Arc<Core>) -> bool {
    let now = core.now();
    // A sandbox that is frozen stands still; what it missed is not made up for.
    let awake = core.parts.authority.standing().opens_entrances();
    let mut out = Vec::new();
    for bus in core.state().buses.values_mut() {
        let mut due = Vec::new();
        for rule in bus.rules.values_mut() {
            let times = times(rule, now);
            if awake && rule.is_enabled() {
                due.extend(times.into_iter().map(|time| (rule.name.clone(), time)));
            }
        }
        for (rule, time) in due {
            out.extend(fire(core, bus, &rule, time));
        }
    }
    let fired = !out.is_empty();
    for delivery in out {
        delivery.set_out(core);
    }
    fired
}

/// The times since the last look that a rule should have fired at.
fn times(rule: &mut Rule, now: i64) -> Vec<i64> {
    let mut due = Vec::new();
    let Some(schedule) = rule.times.clone() else { return due };
    // What was due before a restart was due while nobody was there.
    let mut seen = rule.seen.unwrap_or(now);
    while let Some(next) = schedule.next(rule.anchor, seen).filter(|next| *next <= now) {
        if due.len() == MOST {
            seen = now;
            break;
        }
        due.push(next);
        seen = next;
    }
    rule.seen = Some(seen);
    due
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html>
fn fire(core: &Core, bus: &Bus, rule: &str, time: i64) -> Vec<Delivery> {
    let made = Made {
        id: core.parts.random.uuid(),
        kind: "Scheduled Event",
        source: "aws.events",
        scope: &bus.scope,
        time,
        resources: json!([rule_arn(&bus.scope, &bus.name, rule)]),
        detail: Map::new(),
    };
    to_targets(bus, rule, &made.event(), time, 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn rule(schedule: &str) -> Rule {
        let mut rule = Rule {
            name: "r".into(),
            pattern: None,
            schedule: Some(schedule.into()),
            state: "ENABLED".into(),
            description: None,
            role: None,
            tags: BTreeMap::new(),
            targets: BTreeMap::new(),
            anchor: 0,
            seen: Some(0),
            parsed: None,
            times: None,
        };
        rule.parse();
        rule
    }

    #[test]
    fn a_rule_fires_once_for_each_time_that_passed() {
        let mut rule = rule("rate(1 minute)");
        assert!(times(&mut rule, 59_999).is_empty());
        assert_eq!(times(&mut rule, 60_000), [60_000]);
        assert!(times(&mut rule, 60_100).is_empty());
        assert_eq!(times(&mut rule, 185_000), [120_000, 180_000]);
    }

    #[test]
    fn of_a_long_advance_the_first_times_are_made_up_for() {
        let mut rule = rule("rate(1 minute)");
        let due = times(&mut rule, 86_400_000);
        assert_eq!((due.len(), due.last()), (MOST, Some(&3_600_000)));
        assert!(times(&mut rule, 86_400_500).is_empty());
    }

    #[test]
    fn what_was_due_before_a_restart_is_not_made_up_for() {
        let mut rule = rule("rate(1 minute)");
        rule.seen = None;
        assert!(times(&mut rule, 600_500).is_empty());
        assert_eq!(times(&mut rule, 660_000), [660_000]);
    }
}
