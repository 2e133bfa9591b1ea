use jiff::Timestamp;
use maud::{Markup, html as markup};

use super::super::timeline::{Moment, Timeline, TimelineEvent};
use super::super::view::Report;

/// Draws what happened when: a strip for the eye, and a list that says the same in words.
pub(super) fn timeline(line: &Timeline, report: &Report) -> Markup {
    let changes =
        line.moments.iter().filter(|moment| matches!(moment.event, TimelineEvent::Change { .. })).count();
    let passes =
        line.moments.iter().filter(|moment| matches!(moment.event, TimelineEvent::Passed { .. })).count();
    let label = format!("{changes} changes and {passes} passed checks in {}", clock(line, line.ended));
    markup! {
        section aria-labelledby="timeline" {
            h2 #timeline { span { "Time line" } span.points { (clock(line, line.ended)) } }
            svg.strip viewBox="0 0 1000 64" preserveAspectRatio="none" role="img" aria-label=(label) {
                rect.whole x="0" y="30" width="1000" height="4" {}
                @for moment in &line.moments {
                    @let (class, y) = place(&moment.event);
                    rect class=(class) x=(format!("{:.1}", along(line, moment.at))) y=(y) width="4" height="20" rx="2" {}
                }
            }
            details.moments {
                summary { "All of it in words" }
                table {
                    thead { tr { th scope="col" { "After" } th scope="col" { "What" } } }
                    tbody {
                        @for moment in &line.moments {
                            tr { td { (clock(line, moment.at)) } td { (words(moment, report)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Changes stand above the line, passes below, words on it.
fn place(event: &TimelineEvent) -> (&'static str, u32) {
    match event {
        TimelineEvent::Change { denied: false, .. } => ("change", 6),
        TimelineEvent::Change { denied: true, .. } => ("denied", 6),
        TimelineEvent::Passed { .. } => ("passed", 38),
        TimelineEvent::Note { .. } => ("word", 22),
    }
}

fn along(line: &Timeline, at: Timestamp) -> f64 {
    let whole = line.ended.duration_since(line.started).as_secs_f64().max(1.0);
    (at.duration_since(line.started).as_secs_f64() / whole).clamp(0.0, 1.0) * 996.0
}

/// Minutes and seconds since the start: `7:05`.
fn clock(line: &Timeline, at: Timestamp) -> String {
    let seconds = at.duration_since(line.started).as_secs().max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn words(moment: &Moment, report: &Report) -> Markup {
    match &moment.event {
        TimelineEvent::Change { call, on, denied } => markup! {
            code { (call) } @if !on.is_empty() { " on " code { (on) } } @if *denied { " (refused)" }
        },
        TimelineEvent::Passed { check } => markup! { "passed: " (title(check, report)) },
        TimelineEvent::Note { words } => markup! { (words) },
    }
}

/// The title of a check as this reader may see it: hidden ones have lost their ids in the report.
fn title<'a>(key: &str, report: &'a Report) -> &'a str {
    let found = key.split_once('/').and_then(|(task, id)| {
        let task = report.tasks.iter().find(|other| other.id == task)?;
        task.checks.iter().find(|check| check.id == id)
    });
    found.map_or("a hidden check", |check| &check.title)
}
