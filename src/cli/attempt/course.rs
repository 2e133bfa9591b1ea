use super::super::Failure;
use super::desk::{Desk, stuck};
use crate::attempt::{Attempt, Event, State};
use crate::context::Context;
use crate::exam::load_archive;
use crate::report::{Moment, Timeline, TimelineEvent};
use crate::text::show_duration;

/// Returns what happened in a graded attempt, from its ledger and the audit log; `None` where the ledger does not tell its ends.
pub(super) fn course(context: &Context, desk: &Desk, attempt: &Attempt) -> Result<Option<Timeline>, Failure> {
    let started = attempt.time_of(|event| matches!(event, Event::Finished { state: State::Running, .. }));
    let ended = attempt.time_of(|event| matches!(event, Event::Begun { state: State::Frozen, .. }));
    let (Some(started), Some(ended)) = (started, ended) else { return Ok(None) };
    let archive = load_archive(&desk.home, attempt).map_err(|error| stuck(context, &error))?;
    // The scenario's own user; functions and services act under roles.
    let candidate = |caller: &str| caller.contains(":user/") && caller.ends_with("-candidate");
    let log = archive.audit.unwrap_or_default();
    let mut line = Timeline::of(&log, candidate, started, ended);
    let entries = &attempt.ledger.entries;
    line.add(entries.iter().filter_map(|entry| {
        let words = told(&entry.facts.event)?;
        let at = entry.facts.time.wall.max(started).min(ended);
        Some(Moment { at, event: TimelineEvent::Note { words } })
    }));
    Ok(Some(line))
}

/// What a ledger's entry says to whoever reads a report; most say nothing to them.
fn told(event: &Event) -> Option<String> {
    Some(match event {
        Event::Submitted => "handed in".to_owned(),
        Event::Credited { given, why } => format!("{} given back: {why}", show_duration(*given)),
        Event::Extended { given, why } => format!("{} more: {why}", show_duration(*given)),
        Event::Hinted { .. } => "a hint was taken".to_owned(),
        _ => return None,
    })
}
