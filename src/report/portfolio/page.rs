use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::changes::Change;
use super::folder::Portfolio;
use crate::evidence::redact_text;
use crate::report::html::{bar, diagram};
use crate::report::view::{Report, ReportResult, VerdictWord};
use crate::report::words::{needed, of_points, on_scale, percent};

const STYLE: &str = concat!(include_str!("../html/report.css"), include_str!("portfolio.css"));

/// Returns the portfolio's first page: all of it, in one file that needs nothing else.
pub(super) fn page(
    portfolio: &Portfolio<'_>,
    report: &Report,
    resources: &[Change],
    sources: &[Change],
) -> String {
    let (word, class) = match report.result {
        ReportResult::Passed => ("Passed", "result passed"),
        ReportResult::Failed => ("Not passed", "result failed"),
        ReportResult::Provisional => ("Provisional", "result provisional"),
    };
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:";
                title { (report.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#work" { "To the work" }
                header {
                    h1 { (report.title) }
                    p.release { (report.challenge) " " (report.release) }
                    div class=(class) {
                        strong { (word) }
                        p { (of_points(report.score, report.points)) " points" }
                        p.note { (needed(report.points, report.pass_mark)) " needed to pass (" (percent(report.pass_mark)) ")" }
                        p.note { (on_scale(report)) }
                    }
                    p { (portfolio.standing) }
                    @if let Some(image) = badge(portfolio) {
                        p { a href=(image) { img.badge src=(image) alt="The badge, with the credential in it" width="240" height="240"; } }
                    }
                }
                main {
                    section aria-labelledby="domains" {
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
                    @if !portfolio.chart.boxes.is_empty() { (diagram(portfolio.chart, report)) }
                    section #work aria-labelledby="tasks" {
                        h2 #tasks { "What was asked" }
                        p { a href="brief.md" { "The brief" } " says all of it. What did not work at the beginning is marked." }
                        ul.tasks {
                            @for task in &report.tasks {
                                @let whole = task.checks.iter().all(|check| check.verdict == VerdictWord::Pass);
                                li {
                                    span.verdict.pass[whole].fail[!whole] { @if whole { "✓ works" } @else { "✗ open" } }
                                    " " (task.title) " "
                                    span.points { (of_points(task.score, task.points)) @if portfolio.broken.contains(&task.id) { " · broken at the beginning" } }
                                }
                            }
                        }
                    }
                    (changed("resources", "What was changed: resources", resources))
                    (changed("code", "What was changed: code", sources))
                    section aria-labelledby="proof" {
                        h2 #proof { "What proves it" }
                        ul {
                            li { a href="report.html" { "The report" } ": every check, its verdict, and how it was made" }
                            li { a href="changes.md" { "All changes" } ", with the calls by which they were made" }
                            @for task in &report.tasks {
                                @if portfolio.transcripts.keys().any(|key| proves(key, &task.id, report)) {
                                    li { a href=(format!("proof/{}.md", task.id)) { (task.title) } ": what the system answered when it was tried" }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    redact_text(&page.into_string())
}

/// Whether a transcript is one of a passed check that everybody may see.
fn proves(key: &str, task: &str, report: &Report) -> bool {
    let own = report.tasks.iter().filter(|one| one.id == task).flat_map(|one| &one.checks);
    let mut shown = own.filter(|check| !check.hidden && check.verdict == VerdictWord::Pass);
    shown.any(|check| key == format!("{task}/{}", check.id))
}

fn badge(portfolio: &Portfolio<'_>) -> Option<String> {
    let mut names = portfolio.credential?.iter().map(|(path, _)| path);
    names
        .find(|path| std::path::Path::new(path).extension().is_some_and(|ending| ending == "svg"))
        .map(|path| format!("credential/{path}"))
}

fn changed(id: &str, title: &str, changes: &[Change]) -> Markup {
    markup! {
        @if !changes.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { span { (title) } span.points { (changes.len()) } }
                @for change in changes {
                    details.task open[changes.len() < 6] {
                        summary { h3 { (change.what) } span.points { (change.how) } }
                        pre.difference tabindex="0" {
                            @for line in change.difference.lines() {
                                @let class = match line.chars().next() {
                                    Some('+') => "more",
                                    Some('-') => "less",
                                    Some('@') => "place",
                                    _ => "same",
                                };
                                span class=(class) { (line) "\n" }
                            }
                        }
                    }
                }
            }
        }
    }
}
