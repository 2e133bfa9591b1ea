use super::view::{Audience, CheckReport, Report, TaskReport, VerdictWord, view};
use super::words::{findings, gates, reason};
use crate::score::Scorecard;

/// Returns a scorecard as JUnit XML: a suite a task, a case a check. A check that failed is a `failure`, one that could not be
/// determined an `error`, so that a pipeline can tell the two apart.
///
/// <https://github.com/testmoapp/junitxml> describes what readers agree on.
pub fn junit(scorecard: &Scorecard, audience: Audience) -> String {
    let report = view(scorecard, audience);
    let all: Vec<&CheckReport> = report.tasks.iter().flat_map(|task| &task.checks).collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites name=\"{}\" {}>\n",
        attribute(&format!("{} {}", report.challenge, report.release)),
        counts(&all)
    ));
    for (index, task) in report.tasks.iter().enumerate() {
        // The schema has properties in suites only; a gate is told with the first one.
        let gates = if index == 0 { gates(&report) } else { Vec::new() };
        suite(task, &report, &gates, &mut out);
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(task: &TaskReport, report: &Report, gates: &[String], out: &mut String) {
    let checks: Vec<&CheckReport> = task.checks.iter().collect();
    let skipped = checks.iter().filter(|check| check.verdict == VerdictWord::Skipped).count();
    out.push_str(&format!(
        "  <testsuite name=\"{}\" {} skipped=\"{skipped}\">\n",
        attribute(&task.title),
        counts(&checks)
    ));
    if !gates.is_empty() {
        out.push_str("    <properties>\n");
        for sentence in gates {
            out.push_str(&format!("      <property name=\"gate\" value=\"{}\"/>\n", attribute(sentence)));
        }
        out.push_str("    </properties>\n");
    }
    for check in checks {
        out.push_str(&format!(
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
            attribute(&format!("{}.{}", report.challenge, task.id)),
            attribute(&check.title),
            seconds(check.elapsed_ms)
        ));
        let element = match check.verdict {
            VerdictWord::Pass => {
                out.push_str("/>\n");
                continue;
            }
            VerdictWord::Fail => "failure",
            VerdictWord::Skipped => "skipped",
            VerdictWord::Undetermined => "error",
        };
        let message = attribute(&reason(check, task, report));
        out.push_str(&format!(">\n      <{element} message=\"{message}\""));
        if element == "skipped" {
            out.push_str("/>\n");
        } else {
            let kind = if element == "error" { "undetermined" } else { "failed" };
            out.push_str(&format!(" type=\"{kind}\">{}</{element}>\n", content(&told(check, task, report))));
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n");
}

fn counts(checks: &[&CheckReport]) -> String {
    let of = |verdict: VerdictWord| checks.iter().filter(|check| check.verdict == verdict).count();
    let time: u64 = checks.iter().map(|check| check.elapsed_ms).sum();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\"",
        checks.len(),
        of(VerdictWord::Fail),
        of(VerdictWord::Undetermined),
        seconds(time)
    )
}

fn told(check: &CheckReport, task: &TaskReport, report: &Report) -> String {
    let mut lines: Vec<String> =
        findings(check, task, report).into_iter().map(|(label, words)| format!("{label}: {words}")).collect();
    lines.extend(check.how.iter().map(|how| format!("checked: {how}")));
    lines.extend(check.why.iter().map(|why| format!("why: {why}")));
    lines.extend(check.hint.iter().map(|hint| format!("to do: {hint}")));
    lines.join("\n")
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

fn attribute(text: &str) -> String {
    content(text).replace('"', "&quot;").replace(['\n', '\r', '\t'], " ")
}

/// Escapes text, and leaves out what XML 1.0 cannot hold in any form.
/// <https://www.w3.org/TR/xml/#charsets>
fn content(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\r' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(content("a<b>&\u{0}\u{1b}c"), "a&lt;b&gt;&amp;\u{fffd}\u{fffd}c");
        assert_eq!(attribute("say \"x\"\nagain"), "say &quot;x&quot; again");
        assert_eq!(seconds(4149), "4.149");
    }
}
