use super::layout::{pad, width, wrap};
use super::style::{Style, Tone};
use super::terminal::{mark, result};
use super::view::{Audience, CheckReport, Range, Report, TaskReport, view};
use super::words::{earned, reason};
use crate::challenge::Points;
use crate::score::Scorecard;

/// Returns scorecards of one challenge side by side: points by task, and the checks whose verdicts differ, with the reason.
/// Tasks and checks are those of the first. It is for assessors: nothing is hidden.
pub fn compare(cards: &[(&str, &Scorecard)], style: Style) -> String {
    let reports: Vec<(&str, Report)> =
        cards.iter().map(|(label, card)| (*label, view(card, Audience::Assessor))).collect();
    let Some((_, first)) = reports.first() else { return String::new() };
    let mut table = Table::of(&reports, style);
    table.row(
        "",
        Tone::Plain,
        &reports.iter().map(|(label, _)| ((*label).to_owned(), Tone::Title)).collect::<Vec<_>>(),
        "",
    );
    let results =
        reports.iter().map(|(_, report)| result(report)).map(|(word, tone)| (word.to_lowercase(), tone));
    table.row("Result", Tone::Plain, &results.collect::<Vec<_>>(), "");
    let totals: Vec<_> = reports.iter().map(|(_, report)| score_cell(report.score, report.points)).collect();
    table.row("Points", Tone::Plain, &totals, &format!("of {}", Points(first.points)));
    for domain in &first.domains {
        let tasks: Vec<_> = first.tasks.iter().filter(|task| task.domain == domain.id).collect();
        if tasks.is_empty() {
            continue;
        }
        table.lines.push(String::new());
        table.lines.push(style.paint(Tone::Title, &domain.title));
        for task in tasks {
            table.task(task);
        }
    }
    table.lines.push(String::new());
    table.lines.join("\n")
}

fn score_cell(score: Range, points: u32) -> (String, Tone) {
    let tone = match score {
        Range { low, .. } if low == points => Tone::Good,
        Range { high: 0, .. } => Tone::Bad,
        _ => Tone::Open,
    };
    (earned(score), tone)
}

/// Columns between a title and what stands beside it.
const GAP: usize = 2;

struct Table<'a> {
    reports: &'a [(&'a str, Report)],
    style: Style,
    /// Columns of the titles, and of each report.
    title: usize,
    cell: usize,
    lines: Vec<String>,
}

impl<'a> Table<'a> {
    fn of(reports: &'a [(&'a str, Report)], style: Style) -> Self {
        let labels = reports.iter().map(|(label, _)| width(label));
        let scores =
            reports.iter().flat_map(|(_, report)| report.tasks.iter().map(|task| width(&earned(task.score))));
        let cell = labels.chain(scores).max().unwrap_or_default().max("not passed".len()) + 2;
        let title = style.columns().saturating_sub(cell * reports.len() + "  of 100.00".len()).max(30);
        Self { reports, style, title, cell, lines: vec![] }
    }

    fn row(&mut self, left: &str, tone: Tone, cells: &[(String, Tone)], right: &str) {
        let indent = left.len() - left.trim_start().len();
        // A title that fills its column would run into the next one.
        let mut lines = wrap(left, self.title - indent - GAP).into_iter();
        let first = lines.next().unwrap_or_default();
        let painted = |line: &str| {
            pad("", indent)
                + &self.style.paint(tone, line)
                + &pad("", self.title.saturating_sub(indent + width(line)))
        };
        let cells: String = cells
            .iter()
            .map(|(text, tone)| {
                self.style.paint(*tone, text) + &pad("", self.cell.saturating_sub(width(text)))
            })
            .collect();
        let row = format!("{}{cells}{}", painted(&first), self.style.paint(Tone::Quiet, right));
        let rest: Vec<String> = lines.map(|line| painted(&line).trim_end().to_owned()).collect();
        self.lines.push(row.trim_end().to_owned());
        self.lines.extend(rest);
    }

    fn task(&mut self, task: &TaskReport) {
        let twins: Vec<_> = self
            .reports
            .iter()
            .map(|(_, report)| report.tasks.iter().find(|other| other.id == task.id))
            .collect();
        let cells: Vec<_> = twins
            .iter()
            .map(|twin| {
                twin.map_or_else(|| ("–".to_owned(), Tone::Quiet), |twin| score_cell(twin.score, twin.points))
            })
            .collect();
        self.row(&format!("  {}", task.title), Tone::Plain, &cells, &format!("of {}", Points(task.points)));
        for check in &task.checks {
            let same: Vec<_> = twins
                .iter()
                .map(|twin| twin.and_then(|twin| twin.checks.iter().find(|other| other.id == check.id)))
                .collect();
            if same.iter().any(|other| other.map(|other| other.verdict) != Some(check.verdict)) {
                self.check(task, check, &same);
            }
        }
    }

    fn check(&mut self, task: &TaskReport, check: &CheckReport, same: &[Option<&CheckReport>]) {
        let cells: Vec<_> = same
            .iter()
            .map(|other| other.map_or(("–", Tone::Quiet), |other| mark(other.verdict)))
            .map(|(mark, tone)| (mark.to_owned(), tone))
            .collect();
        self.row(&format!("    {}", check.title), Tone::Plain, &cells, "");
        let mut told = Vec::new();
        for ((label, report), other) in self.reports.iter().zip(same) {
            let reason = other.map(|other| reason(other, task, report)).unwrap_or_default();
            if !reason.is_empty() && !told.contains(&reason) {
                for line in wrap(&format!("{label}: {reason}"), self.style.columns() - 6) {
                    self.lines.push(format!("      {}", self.style.paint(Tone::Quiet, &line)));
                }
                told.push(reason);
            }
        }
    }
}
