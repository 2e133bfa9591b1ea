use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::journal::sync_folder;

/// Objects, packages and their like, by the SHA-256 of their bytes: a file each, which never changes.
#[derive(Debug)]
pub(super) struct Contents {
    folder: PathBuf,
    /// Digests that are known to be on disk.
    known: Mutex<HashSet<String>>,
}

impl Contents {
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let folder = folder.join("contents");
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, known: Mutex::default() })
    }

    /// Keeps some bytes, durably, and returns their digest.
    pub(super) fn put(&self, bytes: &Bytes) -> io::Result<String> {
        let digest = hex::encode(Sha256::digest(bytes));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(&digest) {
            return Ok(digest);
        }
        let path = self.folder.join(&digest);
        if fs::metadata(&path).map(|there| there.len()).ok() != Some(bytes.len() as u64) {
            let aside = self.folder.join(format!("{digest}.new"));
            let mut file = File::create(&aside)?;
            let written = file.write_all(bytes).and_then(|()| file.sync_all());
            if let Err(error) = written {
                let _ = fs::remove_file(&aside);
                return Err(error);
            }
            fs::rename(&aside, &path)?;
            sync_folder(&self.folder)?;
        }
        known.insert(digest.clone());
        Ok(digest)
    }

    pub(super) fn get(&self, digest: &str) -> io::Result<Bytes> {
        let plain = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !plain {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a digest"));
        }
        let bytes = fs::read(self.folder.join(digest))?;
        if hex::encode(Sha256::digest(&bytes)) != digest {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the content is not what its name says"));
        }
        Ok(bytes.into())
    }

    /// Removes what nobody names any more, and what a crash left half written.
    pub(super) fn retain(&self, used: &HashSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name().to_str().is_none_or(|name| !used.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Everything that is there, by digest.
    pub(super) fn all(&self) -> io::Result<HashMap<String, Bytes>> {
        let mut all = HashMap::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            if let Some(digest) = name.to_str().filter(|name| name.len() == 64) {
                all.insert(digest.to_owned(), self.get(digest)?);
            }
        }
        Ok(all)
    }
}
