use std::collections::BTreeMap;
use std::path::Path;

use super::super::screen;
use super::diagram;
use crate::attempt::Attempt;
use crate::challenge::Challenge;
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
        for line in diagram::lines(drawn) {
            told.push_str(&format!("  {line}\n"));
        }
        written.push(("architecture.mmd", drawn.to_owned()));
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

/// Returns the environment of a candidate's tools, as a shell reads it.
pub(super) fn exports(ground: &Ground) -> String {
    let environment: BTreeMap<_, _> = ground.lease().environment(&ground.candidate);
    environment.iter().map(|(name, value)| format!("export {name}={value}\n")).collect()
}
