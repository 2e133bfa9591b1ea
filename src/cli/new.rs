use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::ChallengesFolder;
use super::draft::{Project, draft};
use super::run::block_on;
use super::{Exit, Failure, screen};
use crate::context::Context;
use crate::source::FileTree;

/// The files of a new challenge: a small one that works, so that an author changes instead of beginning with nothing.
const FILES: [(&str, &str); 11] = [
    ("challenge.yaml", include_str!("scaffold/challenge.yaml")),
    ("brief.md", include_str!("scaffold/brief.md")),
    ("architecture.mmd", include_str!("scaffold/architecture.mmd")),
    ("candidate-policy.json", include_str!("scaffold/candidate-policy.json")),
    ("scenario/template.yaml", include_str!("scaffold/scenario/template.yaml")),
    ("scenario/functions/count/app.py", include_str!("scaffold/scenario/functions/count/app.py")),
    ("faults/no-invoke-permission.yaml", include_str!("scaffold/faults/no-invoke-permission.yaml")),
    ("faults/role-too-wide.yaml", include_str!("scaffold/faults/role-too-wide.yaml")),
    (
        "solutions/managed-policy/solution.yaml",
        include_str!("scaffold/solutions/managed-policy/solution.yaml"),
    ),
    (
        "near-misses/any-action-on-the-table/near-miss.yaml",
        include_str!("scaffold/near-misses/any-action-on-the-table/near-miss.yaml"),
    ),
    (".gitignore", "__pycache__/\n"),
];

/// What stands for the challenge's id in them.
const ID: &str = "CHALLENGE_ID";

/// Begin a new challenge: a small one that lints and proves at once
#[derive(Debug, Args)]
pub(super) struct NewArguments {
    /// Its name: small letters, digits and hyphens
    name: String,

    /// A template, SAM or CloudFormation, of a project that works: the challenge's healthy world. The code that it names is copied
    #[arg(long, value_name = "TEMPLATE")]
    from: Option<PathBuf>,

    #[command(flatten)]
    folder: ChallengesFolder,
}

pub(super) fn new(context: &Context, arguments: &NewArguments) -> Result<Exit, Failure> {
    let name = &arguments.name;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) || name.len() > 32 {
        return Err(Failure::usage(format!("`{name}` cannot name a challenge"))
            .hint("small letters, digits and hyphens, beginning with a letter, 32 at most"));
    }
    let folder = arguments.folder.challenges.join(name);
    if folder.exists() {
        return Err(Failure::usage(format!("{} is there already", folder.display()))
            .hint("nothing was written: choose another name"));
    }
    let files = match &arguments.from {
        Some(template) => {
            let project = Project::read(context, template)?;
            project.tell();
            block_on(draft(context, name, &project))?
        }
        None => scaffold(name),
    };
    lay_out(&folder, &files).map_err(|problem| {
        Failure::environment(format!("cannot write the challenge to {}: {problem}", folder.display()))
    })?;
    // Small changes to somebody's own application are many, and the first draft asks little.
    let mutants = if arguments.from.is_some() { " --no-mutants" } else { "" };
    screen::print(&format!(
        "{} files in {}\n\nNext:\n  proofmark lint {name}      every problem, with its place\n  proofmark prove {name}{mutants}     whether the rubric is right\n  proofmark provision {name} the broken start, to work on as a candidate\n",
        files.iter().count(),
        folder.display()
    ));
    Ok(Exit::Done)
}

fn scaffold(name: &str) -> FileTree {
    let mut files = FileTree::new();
    for (path, text) in FILES {
        files.insert(path, text.replace(ID, name).into_bytes());
    }
    files
}

fn lay_out(folder: &Path, files: &FileTree) -> io::Result<()> {
    for (path, contents) in files.iter() {
        let path = folder.join(path);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        // Never over a file that somebody else put there in the meantime.
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
        file.write_all(contents)?;
    }
    Ok(())
}
