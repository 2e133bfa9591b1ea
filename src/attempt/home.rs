use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::AttemptId;

/// The folder in which attempts are kept. Only its owner can look into it: it holds keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// Opens the folder, and makes it where it is not there.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        private_folder(&root)?;
        Ok(Self { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn database(&self) -> PathBuf {
        self.root.join("attempts.db")
    }

    /// Returns the folder of one attempt.
    pub fn folder(&self, id: &AttemptId) -> PathBuf {
        self.root.join("attempts").join(id.as_str())
    }

    pub fn make_folder(&self, id: &AttemptId) -> io::Result<PathBuf> {
        let folder = self.folder(id);
        private_folder(&folder)?;
        Ok(folder)
    }

    /// Takes the sole right to drive an attempt, as long as what is returned lives; `None` when another process has it.
    pub fn claim(&self, id: &AttemptId) -> io::Result<Option<fs::File>> {
        let folder = self.make_folder(id)?;
        let file =
            fs::OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("host.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Lets one process at a time do what must not be done by two.
    pub(super) fn alone(&self) -> io::Result<fs::File> {
        let file =
            fs::OpenOptions::new().write(true).create(true).truncate(false).open(self.root.join("lock"))?;
        file.lock()?;
        Ok(file)
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Writes a file that only its owner can read: whole, on disk, or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let written = write_draft(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The first trouble is the one to tell.
        let _ = fs::remove_file(&draft);
        return written;
    }
    // The name is on disk once its folder is.
    path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

fn write_draft(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}
