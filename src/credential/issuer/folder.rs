use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why an issuer's folder could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// There is no issuer there.
    #[error("there is no issuer in {0}")]
    Absent(String),
    #[error("there is an issuer in {0} already")]
    Present(String),
    /// A key is not to be had: lost, wrong, or open to others.
    #[error("{0}")]
    Key(String),
    /// The folder could not be read or written.
    #[error("{0}")]
    Folder(String),
    /// What was asked for cannot be done.
    #[error("{0}")]
    Refused(String),
}

/// The files of an issuer: read and written whole, never half, and by one process at a time.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held as long as the folder is in use.
    _lock: File,
}

impl Folder {
    /// Makes the folder where it is missing, and waits until nobody else uses it.
    pub(super) fn open(path: &Path) -> Result<Self, IssuerError> {
        let lock = || {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
            let lock = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(path.join("lock"))?;
            lock.lock()?;
            Ok(lock)
        };
        let lock = lock().map_err(|error: io::Error| trouble("use", path, &error))?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }

    /// Reads JSON; `None` where there is no such file.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, IssuerError> {
        let path = self.path.join(name);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(trouble("read", &path, &error)),
        };
        let read = serde_json::from_slice(&text);
        read.map(Some).map_err(|error| IssuerError::Folder(format!("{} is damaged: {error}", path.display())))
    }

    /// Writes JSON that its owner alone can read: all of it, or nothing.
    pub(super) fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), IssuerError> {
        let path = self.path.join(name);
        let text =
            serde_json::to_string_pretty(value).map_err(|error| IssuerError::Folder(error.to_string()))?;
        whole(&path, format!("{text}\n").as_bytes()).map_err(|error| trouble("write", &path, &error))
    }

    /// Returns the names of the files in a folder, in order, without their ending.
    pub(super) fn names(&self, folder: &str, ending: &str) -> Result<Vec<String>, IssuerError> {
        let path = self.path.join(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            Err(error) => return Err(trouble("read", &path, &error)),
        };
        let names = entries.filter_map(Result::ok).filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect();
        names.sort();
        Ok(names)
    }

    /// Reads a private key's text. A file that others can read is refused: what it holds is no secret any more.
    pub(super) fn secret(&self, name: &str) -> Result<String, IssuerError> {
        let path = self.path.join(name);
        let shown = path.display();
        let metadata = fs::metadata(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => IssuerError::Key(format!(
                "the private key {shown} is lost: bring it back from where it is kept, or make a new one (`proofmark issuer rotate`)"
            )),
            _ => trouble("read", &path, &error),
        })?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(IssuerError::Key(format!(
                "the private key {shown} is open to others (mode {mode:04o}): `chmod 600 {shown}`, and where anyone else may have read it, `proofmark issuer rotate --compromised`"
            )));
        }
        let text = fs::read_to_string(&path).map_err(|error| trouble("read", &path, &error))?;
        Ok(text.trim().to_owned())
    }

    pub(super) fn keep_secret(&self, name: &str, text: &str) -> Result<(), IssuerError> {
        let path = self.path.join(name);
        whole(&path, format!("{text}\n").as_bytes()).map_err(|error| trouble("write", &path, &error))
    }
}

/// Writes a file of mode 0600 beside its place, and moves it there when it is safely on the disk.
fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    // A draft that was left over keeps the mode that it had.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

fn trouble(what: &str, path: &Path, error: &io::Error) -> IssuerError {
    IssuerError::Folder(format!("cannot {what} {}: {error}", path.display()))
}
