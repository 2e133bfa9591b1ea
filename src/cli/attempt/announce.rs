use std::collections::BTreeMap;
use std::path::Path;

use super::super::screen;
use crate::attempt::Attempt;
use crate::challenge::{Challenge, Chart};
use crate::exam::{Ground, variables};
use crate::source::FileTree;
use crate::text;

/// What the candidate reads: brief, tasks, diagram, the way in. The brief and the diagram are files too.
pub(super) fn announce(
    folder: &Path,
    attempt: &Attempt,
    challenge: &Challenge,
    files: &FileTree,
    ground: &Ground,
) {
    let lease = ground.lease();
    // A name that the brief uses and the stack lacks was a lint error; the text as it is says more than nothing.
    let brief = text::fill(&challenge.brief, &variables(&lease, &ground.stack));
    let brief = brief.unwrap_or_else(|_| challenge.brief.clone());
    let mut told = format!("\n{}\n\nTasks\n", brief.trim_end());
    for task in &challenge.tasks {
        told.push_str(&format!("  {:>3}  {}\n", task.points.0 / 100, task.title));
    }
    let mut written = vec![("brief.md", brief.clone())];
    if let Some(drawn) = files.text("architecture.mmd") {
        told.push_str("\nHow it hangs together\n");
        for line in challenge.chart.lines() {
            told.push_str(&format!("  {line}\n"));
        }
        written.push(("architecture.mmd", Chart::published(drawn)));
    }
    for (name, content) in written {
        let path = folder.join(name);
        if let Err(error) = std::fs::write(&path, content) {
            screen::note(&format!("warning: cannot write {}: {error}", path.display()));
        } else {
            told.push_str(&format!("\nAlso in {}", path.display()));
        }
    }
    told.push_str("\n\nIn the terminal where you work:\n\n");
    told.push_str(&exports(ground));
    told.push_str(&format!(
        "\nThe attempt is {}. `proofmark submit` ends it, `proofmark status` shows the time left.\n",
        attempt.id
    ));
    screen::print(&told);
}

/// What a candidate reads where nothing is asked but answers.
pub(super) fn ask(attempt: &Attempt, challenge: &Challenge) {
    let mut told = format!("\n{}\n", challenge.brief.trim_end());
    let mut task = "";
    for asked in challenge.questions() {
        if task != asked.task {
            task = asked.task;
            let title = challenge.tasks.iter().find(|one| one.id == task).map_or(task, |one| &one.title);
            told.push_str(&format!("\n{title}\n"));
        }
        let key = asked.key();
        told.push_str(&format!("\n  {key}\n"));
        for line in asked.question.ask.trim().lines() {
            told.push_str(&format!("    {line}\n"));
        }
        for id in asked.question.order(attempt.creation.seed, &key) {
            let text = asked.question.choices.get(id).map_or("", String::as_str);
            told.push_str(&format!("      {id}: {text}\n"));
        }
        if asked.question.several {
            told.push_str("      (any number of these; ids between commas)\n");
        }
    }
    told.push_str(&format!(
        "\nThe attempt is {}. `proofmark answer TASK/CHECK ANSWER` answers, as often as you like; `proofmark submit` ends it.\n",
        attempt.id
    ));
    screen::print(&told);
}

/// Returns the environment of a candidate's tools, as a shell reads it.
pub(super) fn exports(ground: &Ground) -> String {
    let environment: BTreeMap<_, _> = ground.lease().environment(&ground.candidate);
    environment.iter().map(|(name, value)| format!("export {name}={value}\n")).collect()
}
