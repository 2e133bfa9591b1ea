use super::view::{Audience, CheckReport, Report, ReportResult, TaskReport, VerdictWord, view};
use super::words::{findings, gates, needed, of_points, on_scale, percent};
use crate::score::Scorecard;

/// Returns a scorecard as GitHub-flavoured Markdown.
pub fn markdown(scorecard: &Scorecard, audience: Audience) -> String {
    let report = view(scorecard, audience);
    let mut out = format!(
        "# {}\n\n{} {}\n\n**{}**: {} points, {} needed to pass ({}); {}.\n",
        text(&report.title),
        text(&report.challenge),
        text(&report.release),
        result(&report),
        of_points(report.score, report.points),
        needed(report.points, report.pass_mark),
        percent(report.pass_mark),
        on_scale(&report),
    );
    if report.result == ReportResult::Provisional {
        out.push_str(
            "\nThe result is provisional: it hangs on what could not be seen. Grade again when the trouble is over.\n",
        );
    }
    for sentence in gates(&report) {
        out.push_str(&format!("\n{}\n", text(&sentence)));
    }
    out.push_str("\n| Domain | Points |\n|---|---|\n");
    for domain in report.domains.iter().filter(|domain| domain.points > 0) {
        out.push_str(&format!("| {} | {} |\n", text(&domain.title), of_points(domain.score, domain.points)));
    }
    for domain in &report.domains {
        let mut tasks = report.tasks.iter().filter(|task| task.domain == domain.id).peekable();
        if tasks.peek().is_some() {
            out.push_str(&format!("\n## {}\n", text(&domain.title)));
        }
        for task in tasks {
            one_task(task, &report, &mut out);
        }
    }
    out
}

pub(super) fn result(report: &Report) -> &'static str {
    match report.result {
        ReportResult::Passed => "Passed",
        ReportResult::Failed => "Not passed",
        ReportResult::Provisional => "Provisional",
    }
}

fn one_task(task: &TaskReport, report: &Report, out: &mut String) {
    out.push_str(&format!("\n### {} ({})\n\n", text(&task.title), of_points(task.score, task.points)));
    for check in &task.checks {
        let hidden = if check.hidden && report.audience == Audience::Assessor { " *(hidden)*" } else { "" };
        out.push_str(&format!("- {} {}{hidden}\n", mark(check.verdict), text(&check.title)));
        details(check, task, report, out);
    }
}

fn mark(verdict: VerdictWord) -> &'static str {
    match verdict {
        VerdictWord::Pass => "✓",
        VerdictWord::Fail => "**✗**",
        VerdictWord::Skipped => "–",
        VerdictWord::Undetermined => "**?**",
    }
}

fn details(check: &CheckReport, task: &TaskReport, report: &Report, out: &mut String) {
    if check.verdict == VerdictWord::Pass {
        return;
    }
    for (label, words) in findings(check, task, report) {
        let words =
            if matches!(label, "not seen" | "skipped" | "costs") { text(&words) } else { code(&words) };
        out.push_str(&format!("  - {label}: {words}\n"));
    }
    for step in &check.to_pass {
        out.push_str(&format!("  - to pass: {}\n", code(step)));
    }
    if check.verdict == VerdictWord::Skipped {
        return;
    }
    for how in &check.how {
        out.push_str(&format!("  - checked: {}\n", code(how)));
    }
    if check.verdict == VerdictWord::Undetermined {
        out.push_str("  - to do: nothing: this is our trouble, and costs no points\n");
        return;
    }
    for (label, words) in [("why", &check.why), ("to do", &check.hint)] {
        if let Some(words) = words {
            out.push_str(&format!("  - {label}: {}\n", text(words)));
        }
    }
}

/// Escapes what Markdown or HTML would take for markup: answers of a candidate's code stand in a report.
pub(super) fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention or a line of its own would be more than text.
            '@' => out.push_str("@\u{200b}"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Sets words as code: a fence longer than any run of backticks in them.
pub(super) fn code(words: &str) -> String {
    let words: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = words.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A space keeps a backtick at the edge from being taken for the fence.
    let pad =
        if words.starts_with('`') || words.ends_with('`') || words.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{words}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_function_answered_stays_text() {
        assert_eq!(text("<b>*x* @team"), "&lt;b&gt;\\*x\\* @\u{200b}team");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("one\n# two"), "`one # two`");
    }
}
