use std::collections::BTreeSet;

use crate::attempt::{Archive, Attempt, Event, State};
use crate::challenge::Challenge;
use crate::report::{Concern, Moment, Timeline, TimelineEvent};
use crate::text::show_duration;

/// Returns what happened in a graded attempt, from its ledger and the audit log; `None` where the ledger does not tell its ends.
pub(super) fn course(attempt: &Attempt, challenge: &Challenge, archive: &Archive) -> Option<Timeline> {
    let started = attempt.time_of(|event| matches!(event, Event::Finished { state: State::Running, .. }))?;
    let ended = attempt.time_of(|event| matches!(event, Event::Begun { state: State::Frozen, .. }))?;
    // The scenario's own user; functions and services act under roles.
    let candidate = |caller: &str| caller.contains(":user/") && caller.ends_with("-candidate");
    let log = archive.audit.clone().unwrap_or_default();
    let concern = Concern::of(challenge, &archive.evidence);
    let mut line = Timeline::of(&log, &concern, candidate, started, ended);
    let mut passed = BTreeSet::new();
    for entry in &attempt.ledger.entries {
        let at = entry.facts.time.wall.max(started).min(ended);
        if let Event::Looked { passed: now } = &entry.facts.event {
            // What passes for the first time is told, and what passes again after it was broken is not.
            let new = now.iter().filter(|check| passed.insert((*check).clone()));
            line.add(new.map(|check| Moment { at, event: TimelineEvent::Passed { check: check.clone() } }));
        }
        let words = told(&entry.facts.event);
        line.add(words.map(|words| Moment { at, event: TimelineEvent::Note { words } }));
    }
    Some(line)
}

/// What a ledger's entry says to whoever reads a report; most say nothing to them.
fn told(event: &Event) -> Option<String> {
    Some(match event {
        Event::Submitted => "handed in".to_owned(),
        Event::Credited { given, why } => format!("{} given back: {why}", show_duration(*given)),
        Event::Extended { given, why } => format!("{} more: {why}", show_duration(*given)),
        Event::Hinted { check, .. } => format!("a hint was taken: {check}"),
        Event::Looked { passed } => {
            format!("looked at: {} passed", crate::text::count(passed.len(), "check"))
        }
        _ => return None,
    })
}
