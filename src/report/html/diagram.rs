use maud::{Markup, html as markup};

use super::super::drawing::{Drawing, Figure, OF_ARROW, OF_BOX, ROOMY, broken};
use super::super::view::{Report, VerdictWord};
use crate::challenge::{Arrow, Chart, Shape, Shows};

/// How a part of the system stands, as the checks say that tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// No check tells of it.
    Untold,
    Works,
    Broken,
    /// Nobody could look, or what comes before it does not work.
    Unseen,
}

impl Standing {
    fn class(self) -> &'static str {
        match self {
            Self::Untold => "untold",
            Self::Works => "works",
            Self::Broken => "broken",
            Self::Unseen => "unseen",
        }
    }

    /// Nothing is said by colour alone.
    fn mark(self) -> &'static str {
        match self {
            Self::Untold => "",
            Self::Works => "✓",
            Self::Broken => "✗",
            Self::Unseen => "?",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Untold => "not checked by itself",
            Self::Works => "works",
            Self::Broken => "does not work",
            Self::Unseen => "not seen",
        }
    }
}

/// Draws how the system hangs together, and which parts of it work: once for the eye, once in words.
pub(in crate::report) fn diagram(chart: &Chart, report: &Report) -> Markup {
    let stands = |from: &str, to: Option<&str>| {
        let shows = chart.shows.iter().find(|shows| shows.from == from && shows.to.as_deref() == to);
        shows.map_or(Standing::Untold, |shows| standing(shows, report))
    };
    let told: Vec<(String, Standing)> = chart
        .boxes
        .iter()
        .map(|(id, part)| (part.label.replace('\n', ", "), stands(id, None)))
        .filter(|(_, standing)| *standing != Standing::Untold)
        .collect();
    let down = told.iter().filter(|(_, standing)| *standing == Standing::Broken).count();
    let label = format!(
        "Architecture diagram: {} parts, of {} that are checked {} do not work",
        chart.boxes.len(),
        told.len(),
        down
    );
    markup! {
        section aria-labelledby="architecture" {
            h2 #architecture { "Architecture" }
            (drawn(chart, &label, stands))
            @if !told.is_empty() {
                ul.parts {
                    @for (label, standing) in &told {
                        li class=(standing.class()) { span aria-hidden="true" { (standing.mark()) " " } (label) ": " (standing.words()) }
                    }
                }
            }
        }
    }
}

/// Draws how the system hangs together as it is meant to be, and tells it in words for those who do not see it.
pub(super) fn plan(chart: &Chart) -> Markup {
    let name = |id: &str| chart.boxes.get(id).map_or(id.to_owned(), |part| part.label.replace('\n', " "));
    let words = |arrow: &Arrow| {
        let to = if arrow.head { "to" } else { "with" };
        let by = if arrow.label.is_empty() {
            String::new()
        } else {
            format!(" ({})", arrow.label.replace('\n', ", "))
        };
        format!("{} {to} {}{by}", name(&arrow.from), name(&arrow.to))
    };
    markup! {
        (drawn(chart, "Architecture diagram", |_, _| Standing::Untold))
        details.told {
            summary { "The diagram in words" }
            ul { @for arrow in &chart.arrows { li { (words(arrow)) } } }
        }
    }
}

fn drawn(chart: &Chart, label: &str, stands: impl Fn(&str, Option<&str>) -> Standing) -> Markup {
    let drawing = Drawing::of(chart);
    markup! {
        div.diagram tabindex="0" role="region" aria-label="Architecture diagram, can be scrolled" {
            svg viewBox=(format!("0 0 {} {}", drawing.width, drawing.height)) width=(drawing.width)
                style=(format!("min-width:{}px", drawing.width.min(ROOMY))) role="img" aria-label=(label) {
                @for line in &drawing.lines {
                    @let arrow = &chart.arrows[line.arrow];
                    @let standing = stands(&arrow.from, Some(&arrow.to));
                    g class=(format!("arrow {}", standing.class())) {
                        path d=(line.path) class=[arrow.dotted.then_some("dotted")] {}
                        @if let Some(head) = &line.head { polygon points=(head) {} }
                    }
                }
                @for figure in &drawing.figures {
                    @let part = &chart.boxes[figure.index];
                    @let standing = stands(&figure.id, None);
                    g class=(format!("box {}", standing.class())) {
                        (outline(part.shape, figure))
                        (text(&broken(&part.label, OF_BOX), figure.x, figure.y, ""))
                        @if !standing.mark().is_empty() {
                            circle.badge cx=(figure.x + figure.width / 2) cy=(figure.y - figure.height / 2) r="9" {}
                            text.badge x=(figure.x + figure.width / 2) y=(figure.y - figure.height / 2 + 4) { (standing.mark()) }
                        }
                    }
                }
                @for line in &drawing.lines {
                    @if let Some((x, y)) = line.label {
                        (text(&broken(&chart.arrows[line.arrow].label, OF_ARROW), x, y, "label"))
                    }
                }
            }
        }
    }
}

/// A part works when all of its checks passed, and does not when one failed.
fn standing(shows: &Shows, report: &Report) -> Standing {
    let checks = report.tasks.iter().flat_map(|task| task.checks.iter().map(move |check| (task, check)));
    let verdicts: Vec<VerdictWord> = checks
        .filter(|(task, check)| {
            shows.keys.iter().any(|key| match key.split_once('/') {
                Some((of, id)) => *of == task.id && *id == check.id,
                None => *key == task.id,
            })
        })
        .map(|(_, check)| check.verdict)
        .collect();
    match verdicts.as_slice() {
        [] => Standing::Untold,
        all if all.contains(&VerdictWord::Fail) => Standing::Broken,
        all if all.iter().all(|verdict| *verdict == VerdictWord::Pass) => Standing::Works,
        _ => Standing::Unseen,
    }
}

fn text(lines: &[String], x: i32, y: i32, class: &str) -> Markup {
    let first = y - i32::try_from(lines.len()).unwrap_or(1).saturating_sub(1) * 8 + 4;
    markup! {
        text class=(class) x=(x) {
            @for (at, line) in (0..).zip(lines) { tspan x=(x) y=(first + at * 16) { (line) } }
        }
    }
}

fn outline(shape: Shape, figure: &Figure) -> Markup {
    let Figure { width, height, .. } = *figure;
    let (left, top) = (figure.x - width / 2, figure.y - height / 2);
    let (right, bottom) = (left + width, top + height);
    markup! {
        @match shape {
            Shape::Rectangle => rect x=(left) y=(top) width=(width) height=(height) rx="6" {},
            Shape::Round => rect x=(left) y=(top) width=(width) height=(height) rx=(height / 2) {},
            Shape::Queue => {
                rect x=(left) y=(top) width=(width) height=(height) rx="2" {}
                path d=(format!("M{} {top}V{bottom}M{} {top}V{bottom}", left + 6, right - 6)) {}
            },
            Shape::Hexagon => polygon points=(format!(
                "{},{top} {},{top} {right},{y} {},{bottom} {},{bottom} {left},{y}", left + 12, right - 12, right - 12, left + 12, y = figure.y
            )) {},
            Shape::Drum => {
                path d=(format!(
                    "M{left} {}A{rx} 6 0 0 1 {right} {}V{}A{rx} 6 0 0 1 {left} {}Z", top + 6, top + 6, bottom - 6, bottom - 6, rx = width / 2
                )) {}
                path d=(format!("M{left} {}A{rx} 6 0 0 0 {right} {}", top + 6, top + 6, rx = width / 2)) {}
            },
        }
    }
}
