use jiff::Timestamp;
use maud::{Markup, html as markup};

use super::super::timeline::{Moment, Timeline, TimelineEvent};
use super::super::view::Report;

/// Draws what happened when, a lane a task: a strip for the eye, and a list that says the same in words.
pub(super) fn timeline(line: &Timeline, report: &Report) -> Markup {
    let lanes: Vec<(Option<&str>, &str)> = report
        .tasks
        .iter()
        .map(|task| (Some(task.id.as_str()), task.title.as_str()))
        .chain([(None, "The whole, or none of these")])
        .filter(|(task, _)| line.moments.iter().any(|moment| belongs(moment, *task)))
        .collect();
    let passes = line.moments.iter().any(|moment| matches!(moment.event, TimelineEvent::Passed { .. }));
    markup! {
        section aria-labelledby="timeline" {
            h2 #timeline { span { "Time line" } span.points { (clock(line, line.ended)) } }
            table.lanes {
                @for (task, title) in &lanes {
                    tr {
                        th scope="row" { (title) }
                        td { (lane(line, *task)) }
                    }
                }
            }
            p.note {
                "Above the line: calls that changed something, by what they were made on. "
                @if passes { "Below: checks that passed when somebody looked." }
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

/// Whether a moment stands in a task's lane; `None`: in that of the whole.
fn belongs(moment: &Moment, task: Option<&str>) -> bool {
    match (&moment.event, task) {
        (TimelineEvent::Change { tasks, .. }, Some(task)) => tasks.iter().any(|one| one == task),
        (TimelineEvent::Change { tasks, .. }, None) => tasks.is_empty(),
        (TimelineEvent::Passed { check }, Some(task)) => {
            check.split_once('/').is_some_and(|(of, _)| of == task)
        }
        (TimelineEvent::Passed { .. }, None) | (TimelineEvent::Note { .. }, Some(_)) => false,
        (TimelineEvent::Note { .. }, None) => true,
    }
}

fn lane(line: &Timeline, task: Option<&str>) -> Markup {
    let own = || line.moments.iter().filter(|moment| belongs(moment, task));
    let of = |wanted: fn(&TimelineEvent) -> bool| own().filter(|moment| wanted(&moment.event)).count();
    let changes = of(|event| matches!(event, TimelineEvent::Change { .. }));
    let passes = of(|event| matches!(event, TimelineEvent::Passed { .. }));
    let label = format!("{changes} changes and {passes} passed checks in {}", clock(line, line.ended));
    markup! {
        svg.strip viewBox="0 0 1000 32" preserveAspectRatio="none" role="img" aria-label=(label) {
            rect.whole x="0" y="15" width="1000" height="2" {}
            @for moment in own() {
                @let (class, y) = place(&moment.event);
                rect class=(class) x=(format!("{:.1}", along(line, moment.at))) y=(y) width="4" height="12" rx="2" {}
            }
        }
    }
}

/// Changes stand above the line, passes below, words on it.
fn place(event: &TimelineEvent) -> (&'static str, u32) {
    match event {
        TimelineEvent::Change { denied: false, .. } => ("change", 2),
        TimelineEvent::Change { denied: true, .. } => ("denied", 2),
        TimelineEvent::Passed { .. } => ("passed", 18),
        TimelineEvent::Note { .. } => ("word", 10),
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
        TimelineEvent::Change { call, on, denied, tasks } => markup! {
            code { (call) } @if !on.is_empty() { " on " code { (on) } } @if *denied { " (refused)" }
            @for task in report.tasks.iter().filter(|task| tasks.contains(&task.id)) {
                br; span.points { "for: " (task.title) }
            }
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
