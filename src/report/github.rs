use super::view::{Audience, CheckReport, VerdictWord, view};
use super::words::{gates, reason};
use crate::score::Scorecard;

/// Returns what a GitHub workflow prints to put each check that did not pass among the annotations of its run: an error for one
/// that failed, a warning for one that could not be determined.
///
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
pub fn annotations(scorecard: &Scorecard, audience: Audience) -> String {
    let report = view(scorecard, audience);
    let mut out = String::new();
    for sentence in gates(&report) {
        out.push_str(&format!("::error title={}::{}\n", property(&report.title), data(&sentence)));
    }
    for task in &report.tasks {
        for check in &task.checks {
            let Some(command) = command(check) else { continue };
            let title = format!("{}: {}", task.title, check.title);
            let message = reason(check, task, &report);
            let message = if message.is_empty() { "did not pass".to_owned() } else { message };
            out.push_str(&format!("::{command} title={}::{}\n", property(&title), data(&message)));
        }
    }
    out
}

fn command(check: &CheckReport) -> Option<&'static str> {
    match check.verdict {
        VerdictWord::Pass => None,
        VerdictWord::Fail => Some("error"),
        VerdictWord::Undetermined => Some("warning"),
        VerdictWord::Skipped => Some("notice"),
    }
}

/// A command is a line: what would end it, or begin another, is escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_seen_begins_another_command() {
        assert_eq!(data("50 %\n::error::x"), "50 %25%0A::error::x");
        assert_eq!(property("a: b, c"), "a%3A b%2C c");
    }
}
