use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::super::timeline::Timeline;
use super::super::view::{Audience, DomainReport, Report, ReportResult, TaskReport, VerdictWord, view};
use super::super::words::{gates, needed, of_points, on_scale, percent};
use super::diagram::diagram;
use super::parts::{bar, check};
use super::timeline::timeline;
use crate::challenge::{Chart, Points};
use crate::score::Scorecard;
use crate::text::count;

pub(super) const STYLE: &str = include_str!("report.css");

/// Returns a scorecard as one HTML document that needs nothing else: no script, no network.
pub fn html(scorecard: &Scorecard, audience: Audience) -> String {
    html_with(scorecard, audience, PageParts::default())
}

/// What a page shows beside the scorecard.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageParts<'a> {
    /// What happened in the attempt.
    pub line: Option<&'a Timeline>,
    /// How the system hangs together.
    pub chart: Option<&'a Chart>,
    /// Whose attempt it was, where it was taken, and who stands for its record: practice and assessment are never mixed up.
    pub standing: Option<&'a str>,
}

/// The same, with more to see.
pub fn html_with(scorecard: &Scorecard, audience: Audience, parts: PageParts<'_>) -> String {
    let report = view(scorecard, audience);
    let title = format!("{}: {}", word(&report), report.title);
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing that a candidate's code answered may load or run anything, even if it were not escaped.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#tasks" { "To the tasks" }
                header {
                    (head(&report))
                    @for line in parts.standing.into_iter().flat_map(str::lines).filter(|line| !line.is_empty()) {
                        p.release { (line) }
                    }
                }
                main {
                    section aria-labelledby="domains" { (domains(&report)) }
                    @if let Some(chart) = parts.chart.filter(|chart| !chart.boxes.is_empty()) { (diagram(chart, &report)) }
                    @if let Some(line) = parts.line { (timeline(line, &report)) }
                    div #tasks {
                        @for domain in &report.domains {
                            (of_domain(&report, domain))
                        }
                    }
                }
                footer { (foot(&report)) }
            }
        }
    };
    page.into_string()
}

fn word(report: &Report) -> &'static str {
    match report.result {
        ReportResult::Passed => "Passed",
        ReportResult::Failed => "Not passed",
        ReportResult::Provisional => "Provisional",
    }
}

fn head(report: &Report) -> Markup {
    let class = match report.result {
        ReportResult::Passed => "result passed",
        ReportResult::Failed => "result failed",
        ReportResult::Provisional => "result provisional",
    };
    let mark = needed(report.points, report.pass_mark);
    markup! {
        h1 { (report.title) }
        p.release {
            (report.challenge) " " (report.release)
            @if report.audience == Audience::Assessor { " · for the assessor: hidden checks are shown" }
        }
        div class=(class) role="status" {
            strong { (word(report)) }
            p { (of_points(report.score, report.points)) " points" }
            p.note { (mark) " needed to pass (" (percent(report.pass_mark)) ")" }
            p.note { (on_scale(report)) }
        }
        @for sentence in gates(report) {
            p { (sentence) }
        }
        @if report.result == ReportResult::Provisional {
            p { "The result is provisional: it hangs on what could not be seen. Grade again when the trouble is over." }
        }
    }
}

fn domains(report: &Report) -> Markup {
    markup! {
        h2 #domains { "By domain" }
        table.domains {
            @for domain in report.domains.iter().filter(|domain| domain.points > 0) {
                tr {
                    th scope="row" { (domain.title) }
                    td.chart { (bar(domain.score, domain.points)) }
                    td.points { (of_points(domain.score, domain.points)) }
                }
            }
        }
    }
}

fn of_domain(report: &Report, domain: &DomainReport) -> Markup {
    let tasks: Vec<&TaskReport> = report.tasks.iter().filter(|task| task.domain == domain.id).collect();
    markup! {
        @if !tasks.is_empty() {
            section aria-labelledby={ "domain-" (domain.id) } {
                h2 id={ "domain-" (domain.id) } {
                    span { (domain.title) }
                    span.points { (of_points(domain.score, domain.points)) }
                }
                @for task in tasks { (of_task(report, task)) }
            }
        }
    }
}

/// A task that needs work stands open.
fn of_task(report: &Report, task: &TaskReport) -> Markup {
    let whole = task.checks.iter().all(|check| check.verdict == VerdictWord::Pass);
    markup! {
        details.task open[!whole] id={ "task-" (task.id) } {
            summary {
                h3 { (task.title) }
                span.points { (of_points(task.score, task.points)) }
            }
            @if task.hints > 0 { p.hints { (Points(task.hints)) " points went for hints." } }
            ul.checks {
                @for one in &task.checks { (check(one, task, report)) }
            }
        }
    }
}

fn foot(report: &Report) -> Markup {
    let all = || report.tasks.iter().flat_map(|task| &task.checks);
    let of = |verdict: VerdictWord| all().filter(|check| check.verdict == verdict).count();
    markup! {
        p {
            (count(all().count(), "check")) ": " (of(VerdictWord::Pass)) " passed, " (of(VerdictWord::Fail)) " failed, "
            (of(VerdictWord::Skipped)) " skipped, " (of(VerdictWord::Undetermined)) " undetermined."
        }
        p {
            "A check is skipped when one that it builds on did not pass. It is undetermined when the grader could not look; "
            "that costs no points."
        }
    }
}
