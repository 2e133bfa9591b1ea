use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::changes::{Change, of_code, of_resources};
use super::page::page;
use crate::challenge::Chart;
use crate::evidence::{Inspection, Observation, Transcript, redact, redact_text};
use crate::report::html::{PageParts, html_with};
use crate::report::json::json;
use crate::report::markdown::{code, result, text};
use crate::report::timeline::{Timeline, TimelineEvent};
use crate::report::view::{Audience, Report, VerdictWord, view};
use crate::report::words::{needed, of_points, on_scale, percent};
use crate::score::Scorecard;
use crate::source::FileTree;

/// Code of functions: by function, and by path in its package. What is no text is not in it.
pub type Code = BTreeMap<String, BTreeMap<String, String>>;

/// What a portfolio is made of.
#[derive(Debug)]
pub struct Portfolio<'a> {
    pub scorecard: &'a Scorecard,
    /// What the candidate was asked, in Markdown.
    pub brief: &'a str,
    /// Says where the attempt was taken, in a sentence: practice and assessment are never mixed up.
    pub standing: &'a str,
    pub line: Option<&'a Timeline>,
    /// By `task/check`, as the evidence has them.
    pub transcripts: &'a BTreeMap<String, Transcript>,
    /// The architecture diagram, as Mermaid source.
    pub diagram: Option<&'a str>,
    pub chart: &'a Chart,
    /// Ids of the tasks that did not work at the beginning.
    pub broken: &'a BTreeSet<String>,
    /// What stood at the beginning, where that is known, and in the end.
    pub before: Option<&'a Inspection>,
    pub after: &'a Inspection,
    pub code_before: &'a Code,
    pub code_after: &'a Code,
    /// The credential's files, where there is one: they go into a folder of their own.
    pub credential: Option<&'a FileTree>,
}

/// Returns the files that a candidate may show to anyone: what was asked, what was done, and what proves it. Nothing in it is a
/// secret, belongs to a hidden check, or answers one.
pub fn portfolio(portfolio: &Portfolio<'_>) -> FileTree {
    let report = view(portfolio.scorecard, Audience::Candidate);
    let mut files = FileTree::new();
    let mut put = |path: &str, text: String| files.insert(path, text.into_bytes());
    let (resources, sources) =
        (of_resources(portfolio), of_code(portfolio.code_before, portfolio.code_after));
    put("README.md", readme(portfolio, &report));
    put("index.html", page(portfolio, &report, &resources, &sources));
    put("brief.md", redact_text(portfolio.brief));
    let parts =
        PageParts { line: portfolio.line, chart: Some(portfolio.chart), standing: Some(portfolio.standing) };
    put("report.html", redact_text(&html_with(portfolio.scorecard, Audience::Candidate, parts)));
    put("report.json", format!("{:#}\n", redact(&json(portfolio.scorecard, Audience::Candidate))));
    put("changes.md", changes(portfolio.line, &resources, &sources));
    for task in &report.tasks {
        if let Some(proof) = proof(portfolio, &report, &task.id) {
            put(&format!("proof/{}.md", task.id), proof);
        }
    }
    if let Some(diagram) = portfolio.diagram {
        put("architecture.mmd", Chart::published(diagram));
    }
    if let Some(credential) = portfolio.credential {
        for (path, bytes) in credential.iter() {
            files.insert(format!("credential/{path}"), bytes);
        }
    }
    files
}

fn readme(portfolio: &Portfolio<'_>, report: &Report) -> String {
    let mut out = format!(
        "# {}\n\n**{}**: {} points, {} needed ({}); {}.\n\n{}\n\n",
        text(&report.title),
        result(report),
        of_points(report.score, report.points),
        needed(report.points, report.pass_mark),
        percent(report.pass_mark),
        on_scale(report),
        text(portfolio.standing),
    );
    let broken = report.tasks.iter().filter(|task| portfolio.broken.contains(&task.id));
    let broken: Vec<String> = broken.map(|task| format!("- {}\n", text(&task.title))).collect();
    if !broken.is_empty() {
        out.push_str(&format!("## What did not work at the beginning\n\n{}\n", broken.concat()));
    }
    out.push_str("## What was done\n\n");
    for task in &report.tasks {
        let whole = task.checks.iter().all(|check| check.verdict == VerdictWord::Pass);
        let mark = if whole { "done" } else { "open" };
        out.push_str(&format!("- {} ({mark}, {})\n", text(&task.title), of_points(task.score, task.points)));
    }
    out.push_str("\n| Domain | Points |\n|---|---|\n");
    for domain in report.domains.iter().filter(|domain| domain.points > 0) {
        out.push_str(&format!("| {} | {} |\n", text(&domain.title), of_points(domain.score, domain.points)));
    }
    out.push_str("\n## What is here\n\n- [index.html](index.html): all of it on one page\n- [brief.md](brief.md): what was asked\n");
    out.push_str("- [report.html](report.html), [report.json](report.json): every check and its verdict\n");
    out.push_str("- [changes.md](changes.md): what was changed of resources and code, and by which calls\n");
    out.push_str("- `proof/`: what the system answered when it was tried\n");
    if portfolio.credential.is_some() {
        out.push_str("- `credential/`: the credential; `proofmark verify credential/*.png` checks it\n");
    }
    if let Some(diagram) = portfolio.diagram {
        out.push_str(&format!(
            "\n## Architecture\n\n```mermaid\n{}\n```\n",
            Chart::published(diagram).trim()
        ));
    }
    out
}

/// What the candidate changed: resources, code, and the calls by which that was done, in the order in which each resource was first
/// touched.
fn changes(line: Option<&Timeline>, resources: &[Change], sources: &[Change]) -> String {
    let mut out = String::from("# What was changed\n");
    for (title, changes) in [("Resources", resources), ("Code", sources)] {
        if !changes.is_empty() {
            out.push_str(&format!("\n## {title}\n"));
        }
        for change in changes {
            let fence = fence_of(&change.difference);
            let (what, how) = (code(&change.what), change.how);
            out.push_str(&format!("\n### {what}: {how}\n\n{fence}diff\n{}\n{fence}\n", change.difference));
        }
    }
    let Some(line) = line else { return out };
    let mut by_resource: Vec<(&str, Vec<String>)> = Vec::new();
    for moment in &line.moments {
        let TimelineEvent::Change { call, on, denied: false, .. } = &moment.event else { continue };
        let minute = moment.at.duration_since(line.started).as_secs().max(0) / 60;
        let told = format!("- {} after {minute} min\n", code(&redact_text(call)));
        match by_resource.iter_mut().find(|(resource, _)| resource == on) {
            Some((_, calls)) => calls.push(told),
            None => by_resource.push((on, vec![told])),
        }
    }
    if !by_resource.is_empty() {
        out.push_str("\n## Calls\n");
    }
    for (resource, calls) in by_resource {
        let resource = if resource.is_empty() { "the account" } else { resource };
        out.push_str(&format!("\n### {}\n\n{}", code(&redact_text(resource)), calls.concat()));
    }
    out
}

/// Returns a fence that nothing in a text ends.
fn fence_of(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// What proves the passed checks of a task: what was sent and what came back. Of hidden checks nothing is told.
fn proof(portfolio: &Portfolio<'_>, report: &Report, task: &str) -> Option<String> {
    let task = report.tasks.iter().find(|other| other.id == task)?;
    let shown = task.checks.iter().filter(|check| !check.hidden && check.verdict == VerdictWord::Pass);
    let mut out = String::new();
    for check in shown {
        let Some(transcript) = portfolio.transcripts.get(&format!("{}/{}", task.id, check.id)) else {
            continue;
        };
        out.push_str(&format!("\n## {}\n\n", text(&check.title)));
        // Tried again and again, it is the last time that counts.
        let last = transcript.exchanges.iter().map(|exchange| exchange.attempt).max();
        let mut told = BTreeSet::new();
        for exchange in transcript.exchanges.iter().filter(|exchange| Some(exchange.attempt) == last) {
            if told.insert(&exchange.request) {
                out.push_str(&format!("{}\n\n", code(&redact_text(&exchange.request))));
            }
        }
        if let Observation::Seen(seen) = &transcript.observation {
            out.push_str(&fenced(&redact(seen)));
        }
    }
    (!out.is_empty()).then(|| format!("# {}\n{out}", text(&task.title)))
}

/// JSON in a block; what a function answered cannot end it, since a line of JSON never begins with a backtick.
fn fenced(value: &Value) -> String {
    format!("```json\n{}\n```\n", format!("{value:#}").replace("\n`", "\n `"))
}
