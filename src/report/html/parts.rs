use maud::{Markup, html as markup};

use super::super::view::{Audience, CheckReport, Range, Report, TaskReport, VerdictWord};
use super::super::words::{findings, of_points, took};

/// Draws how much of the points is sure, and how much open.
pub(in crate::report) fn bar(score: Range, points: u32) -> Markup {
    let part = |value: u32| f64::from(value) * 100.0 / f64::from(points.max(1));
    let (low, high) = (part(score.low), part(score.high));
    markup! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=(of_points(score, points)) {
            rect.whole width="100" height="8" rx="1" {}
            rect.open width=(format!("{high:.2}")) height="8" rx="1" {}
            rect.sure width=(format!("{low:.2}")) height="8" rx="1" {}
        }
    }
}

/// One check: its verdict, what was expected and seen, how it was checked, and what to do.
pub(super) fn check(check: &CheckReport, task: &TaskReport, report: &Report) -> Markup {
    let (class, mark, word) = match check.verdict {
        VerdictWord::Pass => ("pass", "✓", "passed"),
        VerdictWord::Fail => ("fail", "✗", "failed"),
        VerdictWord::Skipped => ("skipped", "–", "skipped"),
        VerdictWord::Undetermined => ("undetermined", "?", "not seen"),
    };
    markup! {
        li class=(class) {
            p.check {
                span.verdict { span aria-hidden="true" { (mark) " " } (word) }
                (check.title)
                @if check.hidden && report.audience == Audience::Assessor { span.points { " hidden" } }
                @if check.attempts > 1 { span.points { " (" (check.attempts) " attempts, " (took(check.elapsed_ms)) ")" } }
            }
            @if check.verdict != VerdictWord::Pass {
                dl {
                    @for (label, words) in findings(check, task, report) { (line(label, &words)) }
                    @for (at, step) in check.to_pass.iter().enumerate() {
                        dt { @if at == 0 { "to pass" } }
                        dd.step { code { (step) } }
                    }
                    @if check.verdict != VerdictWord::Skipped { (advice(check)) }
                }
            } @else if !check.how.is_empty() {
                details.how {
                    summary { "How it was checked" }
                    dl { (advice(&CheckReport { hint: None, ..check.clone() })) }
                }
            }
        }
    }
}

fn line(label: &str, words: &str) -> Markup {
    let class = match label {
        "expected" | "missing" => "wanted",
        "seen" | "too much" | "lacks" | "answer" | "changed" => "got",
        _ => "said",
    };
    markup! {
        dt { (label) }
        dd class=(class) {
            @if class == "said" { (words) } @else { code { (words) } }
        }
    }
}

fn advice(check: &CheckReport) -> Markup {
    let ours = (check.verdict == VerdictWord::Undetermined)
        .then_some("nothing: this is our trouble, and costs no points");
    let why = if ours.is_some() { None } else { check.why.as_deref() };
    let todo = ours.or(check.hint.as_deref());
    markup! {
        @for (at, how) in check.how.iter().enumerate() {
            dt { @if at == 0 { "checked" } }
            dd { code { (how) } }
        }
        @for (label, words) in [("why", why), ("to do", todo)] {
            @if let Some(words) = words {
                dt { (label) }
                dd { (words) }
            }
        }
    }
}
