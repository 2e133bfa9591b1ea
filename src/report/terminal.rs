use super::layout::{pad, width, wrap};
use super::style::{Style, Tone};
use super::view::{Audience, CheckReport, Range, Report, ReportResult, TaskReport, VerdictWord, view};
use super::words::{findings, gates, needed, of_points, on_scale, percent, took};
use crate::score::Scorecard;
use crate::text::count;

/// Columns of the labels before what is said of a check.
const LABELS: usize = 10;

/// Returns a scorecard as text for a terminal, lines ended by `\n`.
pub fn terminal(scorecard: &Scorecard, audience: Audience, style: Style) -> String {
    let report = view(scorecard, audience);
    let mut page = Page { report: &report, style, lines: vec![] };
    page.head();
    for domain in &report.domains {
        let tasks: Vec<_> = report.tasks.iter().filter(|task| task.domain == domain.id).collect();
        if tasks.is_empty() {
            continue;
        }
        page.blank();
        page.ruled(&domain.title, &of_points(domain.score, domain.points), Tone::Title);
        for task in tasks {
            page.blank();
            page.task(task);
        }
    }
    page.blank();
    page.foot();
    page.lines.push(String::new());
    page.lines.join("\n")
}

pub(super) fn mark(verdict: VerdictWord) -> (&'static str, Tone) {
    match verdict {
        VerdictWord::Pass => ("✓", Tone::Good),
        VerdictWord::Fail => ("✗", Tone::Bad),
        VerdictWord::Skipped => ("–", Tone::Quiet),
        VerdictWord::Undetermined => ("?", Tone::Open),
    }
}

pub(super) fn result(report: &Report) -> (&'static str, Tone) {
    match report.result {
        ReportResult::Passed => ("PASSED", Tone::Good),
        ReportResult::Failed => ("NOT PASSED", Tone::Bad),
        ReportResult::Provisional => ("PROVISIONAL", Tone::Open),
    }
}

struct Page<'a> {
    report: &'a Report,
    style: Style,
    lines: Vec<String>,
}

impl Page<'_> {
    fn head(&mut self) {
        let Report { title, challenge, release, score, points, pass_mark, .. } = self.report;
        let style = self.style;
        self.lines.extend(wrap(title, style.columns()).iter().map(|line| style.paint(Tone::Title, line)));
        self.lines.push(style.paint(Tone::Quiet, &format!("{challenge} {release}")));
        self.blank();
        let (word, tone) = result(self.report);
        let needed = format!("{} needed to pass ({})", needed(*points, *pass_mark), percent(*pass_mark));
        self.lines.push(format!(
            "  {}  {} points, {needed}",
            style.paint(tone, word),
            of_points(*score, *points)
        ));
        self.lines.push(style.paint(Tone::Quiet, &format!("  {}", on_scale(self.report))));
        for sentence in gates(self.report) {
            let lines = wrap(&sentence, self.style.columns() - 2);
            self.lines.extend(lines.iter().map(|line| format!("  {line}")));
        }
        self.blank();
        self.domains();
    }

    fn domains(&mut self) {
        let domains = || self.report.domains.iter().filter(|domain| domain.points > 0);
        let rows: Vec<_> = domains().map(|domain| (domain, of_points(domain.score, domain.points))).collect();
        let titles = rows.iter().map(|(domain, _)| width(&domain.title)).max().unwrap_or_default();
        let scores = rows.iter().map(|(_, score)| width(score)).max().unwrap_or_default();
        let cells = self.style.columns().saturating_sub(titles + scores + 6).min(24);
        let lines = rows.iter().map(|(domain, score)| {
            let bar = self.bar(domain.score, domain.points, cells);
            format!("  {}  {bar}  {score}", pad(&domain.title, titles))
        });
        let lines: Vec<_> = lines.collect();
        self.lines.extend(lines);
    }

    /// Full where points are sure, shaded where they are open.
    fn bar(&self, score: Range, points: u32, cells: usize) -> String {
        let filled = |part: u32| {
            let part = u64::from(part) * u64::try_from(cells).unwrap_or_default() / u64::from(points.max(1));
            usize::try_from(part).unwrap_or_default()
        };
        let (low, high) = (filled(score.low), filled(score.high));
        [
            self.style.paint(Tone::Good, &"█".repeat(low)),
            self.style.paint(Tone::Open, &"▒".repeat(high.saturating_sub(low))),
            self.style.paint(Tone::Quiet, &"░".repeat(cells.saturating_sub(high.max(low)))),
        ]
        .concat()
    }

    fn task(&mut self, task: &TaskReport) {
        let tone = match task.score {
            Range { low, .. } if low == task.points => Tone::Good,
            Range { high, .. } if high == 0 && task.points > 0 => Tone::Bad,
            _ => Tone::Open,
        };
        self.ruled_in(2, &task.title, &of_points(task.score, task.points), tone);
        for check in &task.checks {
            self.check(task, check);
        }
    }

    fn check(&mut self, task: &TaskReport, check: &CheckReport) {
        let (mark, tone) = mark(check.verdict);
        let mut title = check.title.clone();
        if check.hidden && self.report.audience == Audience::Assessor {
            title.push_str(" [hidden]");
        }
        if check.attempts > 1 {
            let end = if check.verdict == VerdictWord::Pass {
                "passed on attempt"
            } else {
                "given up after attempt"
            };
            title = format!("{title} ({end} {}, {})", check.attempts, took(check.elapsed_ms));
        }
        let mut first = true;
        for line in wrap(&title, self.style.columns() - 8) {
            let mark = if first { self.style.paint(tone, mark) } else { " ".to_owned() };
            self.lines.push(format!("    {mark} {line}"));
            first = false;
        }
        if check.verdict == VerdictWord::Pass {
            return;
        }
        let mut before = "";
        for (label, words) in findings(check, task, self.report) {
            let tone = match label {
                "expected" | "missing" => Tone::Good,
                "not seen" | "skipped" | "costs" => Tone::Quiet,
                "answer" => Tone::Plain,
                _ => Tone::Bad,
            };
            // One label for a list of the same kind.
            let shown = if label == before
                && matches!(label, "lacks" | "too much" | "missing" | "changed" | "costs")
            {
                ""
            } else {
                label
            };
            self.labelled(shown, &words, tone, Tone::Plain);
            before = label;
        }
        if check.verdict == VerdictWord::Skipped {
            return;
        }
        for (at, line) in check.how.iter().enumerate() {
            self.labelled(if at == 0 { "checked" } else { "" }, line, Tone::Quiet, Tone::Quiet);
        }
        if check.verdict == VerdictWord::Undetermined {
            self.labelled(
                "to do",
                "nothing: this is our trouble, and costs no points",
                Tone::Quiet,
                Tone::Plain,
            );
            return;
        }
        for (label, words) in [("why", &check.why), ("to do", &check.hint)] {
            if let Some(words) = words {
                self.labelled(label, words, Tone::Quiet, Tone::Plain);
            }
        }
    }

    fn labelled(&mut self, label: &str, words: &str, tone: Tone, body: Tone) {
        const INDENT: usize = 8;
        let columns = self.style.columns() - INDENT - LABELS;
        for (at, line) in wrap(words, columns).into_iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            let label = self.style.paint(tone, &pad(label, LABELS));
            self.lines.push(format!("{}{label}{}", " ".repeat(INDENT), self.style.paint(body, &line)));
        }
    }

    fn foot(&mut self) {
        let all = || self.report.tasks.iter().flat_map(|task| &task.checks);
        let of = |verdict: VerdictWord| all().filter(|check| check.verdict == verdict).count();
        let mut parts =
            vec![format!("{} passed", of(VerdictWord::Pass)), format!("{} failed", of(VerdictWord::Fail))];
        for (verdict, word) in
            [(VerdictWord::Skipped, "skipped"), (VerdictWord::Undetermined, "undetermined")]
        {
            if of(verdict) > 0 {
                parts.push(format!("{} {word}", of(verdict)));
            }
        }
        let words = format!("{}: {}", count(all().count(), "check"), parts.join(", "));
        self.lines.extend(wrap(&words, self.style.columns()));
        if self.report.result == ReportResult::Provisional {
            let words = "The result is provisional: it hangs on what could not be seen. Grade again when the trouble is over.";
            self.lines.extend(wrap(words, self.style.columns()));
        }
        if let Some(isolation) = &self.report.isolation {
            let words = format!("Functions were kept in by: {isolation}.");
            let lines = wrap(&words, self.style.columns());
            self.lines.extend(lines.iter().map(|line| self.style.paint(Tone::Quiet, line)));
        }
    }

    fn ruled(&mut self, left: &str, right: &str, tone: Tone) {
        let (columns, style) = (self.style.columns(), self.style);
        let mut lines = wrap(left, columns.saturating_sub(width(right) + 4));
        let last = lines.pop().unwrap_or_default();
        self.lines.extend(lines.iter().map(|line| style.paint(tone, line)));
        let rule = "─".repeat(columns.saturating_sub(width(&last) + width(right) + 2));
        let rule = style.paint(Tone::Quiet, &rule);
        self.lines.push(format!("{} {rule} {}", style.paint(tone, &last), style.paint(tone, right)));
    }

    /// A title with something at the right margin; a long title goes on below.
    fn ruled_in(&mut self, indent: usize, left: &str, right: &str, tone: Tone) {
        let columns = self.style.columns() - indent;
        let mut lines = wrap(left, columns.saturating_sub(width(right) + 2)).into_iter();
        let first = lines.next().unwrap_or_default();
        let gap = " ".repeat(columns.saturating_sub(width(&first) + width(right)));
        let (margin, style) = (" ".repeat(indent), self.style);
        let right = style.paint(tone, right);
        self.lines.push(format!("{margin}{}{gap}{right}", style.paint(Tone::Title, &first)));
        self.lines.extend(lines.map(|line| format!("{margin}{}", style.paint(Tone::Title, &line))));
    }

    fn blank(&mut self) {
        self.lines.push(String::new());
    }
}
