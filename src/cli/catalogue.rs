use std::path::{Path, PathBuf};

use super::{Failure, screen};
use crate::challenge::Challenge;
use crate::context::Context;
use crate::source::{self, Diagnostic, FileTree};
use crate::text;

/// Returns the folder of a challenge: a path to one, or a name below `challenges`.
pub(super) fn find(challenges: &Path, name: &str) -> Result<PathBuf, Failure> {
    for folder in [PathBuf::from(name), challenges.join(name)] {
        if folder.join("challenge.yaml").is_file() {
            return Ok(folder);
        }
    }
    let known = names(challenges)?;
    let mut failure = Failure::usage(format!("there is no challenge `{name}` in {}", challenges.display()));
    if let Some(meant) = text::closest(name, known.iter().map(String::as_str)) {
        failure = failure.hint(format!("did you mean `{meant}`?"));
    }
    Err(failure
        .hint("`proofmark list` shows what is there; a path to a folder with a challenge.yaml works too"))
}

/// Returns the names of the challenges in a folder, in order.
pub(super) fn names(challenges: &Path) -> Result<Vec<String>, Failure> {
    let entries = std::fs::read_dir(challenges).map_err(|problem| {
        Failure::usage(format!("cannot read the folder of challenges {}: {problem}", challenges.display()))
            .hint("name it with --challenges, or run from the folder that holds `challenges/`")
    })?;
    let mut names: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("challenge.yaml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// Reads the files of a challenge.
pub(super) fn read(folder: &Path) -> Result<FileTree, Failure> {
    source::read_folder(folder).map_err(|problem| Failure::environment(problem.to_string()))
}

/// Loads a challenge; everything that is wrong with it is in the failure.
pub(super) fn load(context: &Context, folder: &Path) -> Result<Challenge, Failure> {
    let files = read(folder)?;
    Challenge::load(&files).map_err(|problems| invalid(context, &problems, &files))
}

/// Draws the problems of a definition.
pub(super) fn invalid(context: &Context, problems: &[Diagnostic], files: &FileTree) -> Failure {
    Failure::definition(source::render(problems, files, screen::style(context)))
}
