use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Failure;
use crate::context::Context;
use crate::evidence::{Inspection, Variant};
use crate::provision::Stack;
use crate::target::Entrance;

/// A stack that stands, as `grade` and `teardown` find it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// Format of this file.
    pub(super) version: u32,
    pub(super) name: String,
    /// Folder of the challenge.
    pub(super) challenge: PathBuf,
    pub(super) target: RecordedTarget,
    pub(super) stack: Stack,
    /// What stood when it was put up, where a check compares with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Inspection>,
    /// What the variant that stands was drawn from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) variant: Option<Variant>,
}

/// Where the stack stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RecordedTarget {
    #[serde(flatten)]
    pub(super) entrance: Entrance,
    /// The grader's key, for an embedded sandbox only: it dies with it. Other targets use the credentials at hand.
    pub(super) grader: Option<RecordedKey>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RecordedKey {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: String,
}

impl std::fmt::Debug for RecordedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordedKey").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Record {
    /// Writes the record where only its owner can read it; a reader sees all of it or nothing.
    pub(super) fn save(&self, context: &Context) -> Result<(), Failure> {
        let path = path(context, &self.name);
        let written = serde_json::to_vec_pretty(self)
            .map_err(io::Error::other)
            .and_then(|bytes| write_private(&path, &bytes));
        written.map_err(|problem| {
            Failure::environment(format!("cannot note the stack in {}: {problem}", path.display()))
                .hint("XDG_STATE_HOME names another folder")
        })
    }

    /// Reads a stack's record.
    pub(super) fn load(context: &Context, name: &str) -> Result<Self, Failure> {
        let path = path(context, name);
        let bytes = fs::read(&path).map_err(|problem| match problem.kind() {
            io::ErrorKind::NotFound => Failure::usage(format!("no stack `{name}` stands"))
                .hint("`proofmark provision CHALLENGE` puts one up; `--stack` names another"),
            _ => Failure::environment(format!("cannot read {}: {problem}", path.display())),
        })?;
        serde_json::from_slice(&bytes).map_err(|problem| {
            Failure::environment(format!("{} is not a stack's record: {problem}", path.display()))
                .hint("delete it, and provision again")
        })
    }

    /// Whether a record of that name is there.
    pub(super) fn exists(context: &Context, name: &str) -> bool {
        path(context, name).exists()
    }

    /// Removes the record; one that is gone already is fine.
    pub(super) fn forget(context: &Context, name: &str) {
        // A leftover is found and named by the next command.
        let _ = fs::remove_file(path(context, name));
    }
}

fn path(context: &Context, name: &str) -> PathBuf {
    context.environment.state_dir().join("stacks").join(format!("{name}.json"))
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let temporary = path.with_extension("json.new");
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}
