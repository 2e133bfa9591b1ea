use indexmap::IndexMap;

use super::view::ReportResult;
use super::view::{Audience, view};
use crate::challenge::Points;
use crate::score::Scorecard;

/// One candidate's line in a cohort's table.
#[derive(Debug, Clone)]
pub struct CohortRow<'a> {
    pub candidate: &'a str,
    pub attempt: &'a str,
    pub scorecard: &'a Scorecard,
}

/// Returns the grades of a cohort as CSV (RFC 4180): a line a candidate, a column a domain and a task. Scores that are open have a
/// lower and an upper end.
pub fn cohort_csv(rows: &[CohortRow<'_>]) -> String {
    let mut columns: IndexMap<String, usize> = IndexMap::new();
    for row in rows {
        let domains = row.scorecard.domains.iter().map(|domain| format!("domain {}", domain.id));
        let tasks = row.scorecard.tasks.iter().map(|task| format!("task {}", task.id));
        for name in domains.chain(tasks) {
            let next = columns.len();
            columns.entry(name).or_insert(next);
        }
    }
    let fixed = [
        "candidate",
        "attempt",
        "challenge",
        "release",
        "result",
        "points",
        "points if open ones passed",
        "of",
        "scaled",
        "scaled if open ones passed",
    ];
    let head = fixed.into_iter().chain(columns.keys().map(String::as_str));
    let mut out = line(head);
    for row in rows {
        out.push_str(&one(row, &columns));
    }
    out
}

fn one(row: &CohortRow<'_>, columns: &IndexMap<String, usize>) -> String {
    let report = view(row.scorecard, Audience::Assessor);
    let result = match report.result {
        ReportResult::Passed => "passed",
        ReportResult::Failed => "failed",
        ReportResult::Provisional => "provisional",
    };
    let points = |hundredths: u32| Points(hundredths).to_string();
    let mut cells = vec![
        row.candidate.to_owned(),
        row.attempt.to_owned(),
        report.challenge.clone(),
        report.release.clone(),
        result.to_owned(),
        points(report.score.low),
        points(report.score.high),
        points(report.points),
        report.scaled.low.to_string(),
        report.scaled.high.to_string(),
    ];
    let first = cells.len();
    cells.resize(first + columns.len(), String::new());
    let domains = report.domains.iter().map(|domain| (format!("domain {}", domain.id), domain.score.low));
    let tasks = report.tasks.iter().map(|task| (format!("task {}", task.id), task.score.low));
    for (name, score) in domains.chain(tasks) {
        if let Some(cell) = columns.get(&name).and_then(|at| cells.get_mut(first + at)) {
            *cell = points(score);
        }
    }
    line(cells.iter().map(String::as_str))
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    format!("{}\r\n", cells.map(quoted).collect::<Vec<_>>().join(","))
}

/// A cell that a spreadsheet would take for a formula stays text.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_it_holds() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("-2\n"), "\"'-2\n\"");
    }
}
