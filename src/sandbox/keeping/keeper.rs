use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;

use super::contents::Contents;
use super::frame::Change;
use super::journal::{self, Table};
use super::writer::Writer;
use super::{Durable, Records};
use crate::sandbox::{AccountId, ServiceError};

/// Between service, account and the rest of a key.
const SEPARATOR: char = '\u{1f}';

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the state in {0} is in use by another sandbox")]
    InUse(PathBuf),
    #[error("cannot open the state in {path}: {source}")]
    Folder { path: PathBuf, source: io::Error },
    #[error("cannot read the state of {service}: {reason}")]
    Unreadable { service: &'static str, reason: String },
}

/// A service that is asked for its records, with the signing names under which it is called.
type Kept = (&'static [&'static str], Arc<dyn Durable>);

/// Keeps what services must not lose. Without a folder it keeps nothing, and says yes to everything.
#[derive(Default)]
pub struct Keeper {
    disk: Option<Disk>,
    /// The services that are asked for their records: by the signing names under which they are called.
    services: OnceLock<Vec<Kept>>,
    /// Contents of an archive, where that is what was opened.
    archived: HashMap<String, Bytes>,
}

struct Disk {
    folder: PathBuf,
    writer: Writer,
    contents: Contents,
    /// By service and account: a hash of each record as it was last written.
    written: Mutex<HashMap<String, HashMap<String, u64>>>,
    /// Held as long as the folder is in use.
    lock: fs::File,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").field("durable", &self.disk.is_some()).finish_non_exhaustive()
    }
}

/// What was found in a folder.
#[derive(Debug, Default)]
pub struct Found {
    table: Table,
    /// Bytes of a torn end of the journal, which were cut off.
    pub torn: usize,
}

impl Keeper {
    /// Keeps nothing.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Opens a folder, or makes it.
    pub fn open(folder: &Path) -> Result<(Self, Found), OpenError> {
        let trouble = |source| OpenError::Folder { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(trouble)?;
        let lock = fs::File::create(folder.join("lock")).map_err(trouble)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(OpenError::InUse(folder.to_owned())),
            Err(fs::TryLockError::Error(source)) => return Err(trouble(source)),
        }
        let (file, read) = journal::open(folder).map_err(trouble)?;
        let writer = Writer::start(file).map_err(trouble)?;
        let contents = Contents::open(folder).map_err(trouble)?;
        let disk = Disk { folder: folder.to_owned(), writer, contents, written: Mutex::default(), lock };
        Ok((Self { disk: Some(disk), ..Self::default() }, Found { table: read.table, torn: read.torn }))
    }

    /// Takes what an archive held; nothing more is written.
    pub(super) fn of_archive(table: Table, archived: HashMap<String, Bytes>) -> (Self, Found) {
        (Self { archived, ..Self::default() }, Found { table, torn: 0 })
    }

    pub fn is_durable(&self) -> bool {
        self.disk.is_some()
    }

    /// Hands the services what was found, and remembers whom to ask from now on.
    pub fn attach(
        &self,
        found: Found,
        services: Vec<(&'static [&'static str], Arc<dyn Durable>)>,
    ) -> Result<(), OpenError> {
        let mut by_owner: BTreeMap<(String, String), Records> = BTreeMap::new();
        for (key, value) in found.table {
            let mut parts = key.splitn(3, SEPARATOR);
            if let (Some(service), Some(account), Some(rest)) = (parts.next(), parts.next(), parts.next()) {
                by_owner
                    .entry((service.to_owned(), account.to_owned()))
                    .or_default()
                    .push((rest.to_owned(), value));
            }
        }
        let mut used = HashSet::new();
        for records in by_owner.values() {
            for (_, value) in records {
                note_digests(value, &mut used);
            }
        }
        for (_, service) in &services {
            let name = service.name();
            let own: Vec<_> = by_owner.keys().filter(|(owner, _)| owner == name).cloned().collect();
            for owner in own {
                let Some(records) = by_owner.remove(&owner) else { continue };
                let unreadable = |reason| OpenError::Unreadable { service: name, reason };
                let Some(account) = AccountId::parse(&owner.1) else {
                    return Err(unreadable(format!("{} is no account", owner.1)));
                };
                if let Some(disk) = &self.disk {
                    let hashes = records.iter().map(|(key, value)| (key.clone(), hash(value))).collect();
                    disk.written().insert(prefix(name, account.as_str()), hashes);
                }
                service.restore(&account, records, self).map_err(unreadable)?;
            }
        }
        if let Some(disk) = &self.disk
            && let Err(error) = disk.contents.retain(&used)
        {
            tracing::warn!(%error, "what nobody needs any more was not removed");
        }
        // Attached once, at the start.
        let _ = self.services.set(services);
        Ok(())
    }

    /// Refuses a change that could not be kept.
    pub fn check(&self) -> Result<(), ServiceError> {
        match self.disk.as_ref().and_then(|disk| disk.writer.trouble()) {
            Some(trouble) => Err(refusal(&trouble)),
            None => Ok(()),
        }
    }

    /// Writes what a service has of an account, as far as it changed. `called` is the signing name of the service that was.
    pub fn save(&self, called: &str, account: &AccountId) -> Result<(), ServiceError> {
        let (Some(disk), Some(services)) = (&self.disk, self.services.get()) else { return Ok(()) };
        for (names, service) in services {
            if !names.contains(&called) {
                continue;
            }
            // Held while the state is read, so that an older one is never written after a newer one.
            let mut written = disk.written();
            if let Some(records) = service.records(account, self).map_err(|reason| refusal(&reason))? {
                let prefix = prefix(service.name(), account.as_str());
                let before = written.entry(prefix.clone()).or_default();
                let changes = differences(&prefix, before, records);
                if !changes.is_empty() {
                    disk.writer.append(&changes);
                }
            }
        }
        Ok(())
    }

    /// Queues changes that a service writes by itself: of each key what it holds now, or nothing. One call is kept wholly or not
    /// at all. The service must hold its own lock, so that the order of the changes is that of their happening.
    pub fn put(
        &self,
        service: &str,
        account: &AccountId,
        changes: impl IntoIterator<Item = (String, Option<Vec<u8>>)>,
    ) {
        let Some(disk) = &self.disk else { return };
        let prefix = prefix(service, account.as_str());
        let changes: Vec<Change> = changes
            .into_iter()
            .map(|(key, value)| match value {
                Some(value) => Change::Put(format!("{prefix}{key}"), value),
                None => Change::Remove(format!("{prefix}{key}")),
            })
            .collect();
        if !changes.is_empty() {
            disk.writer.append(&changes);
        }
    }

    /// Queues the removal of all records of a service whose keys begin so.
    pub fn remove_all(&self, service: &str, account: &AccountId, begin: &str) {
        if let Some(disk) = &self.disk {
            disk.writer.append(&[Change::RemoveAll(prefix(service, account.as_str()) + begin)]);
        }
    }

    /// Forgets an account, or everything.
    pub fn reset(&self, account: Option<&AccountId>) {
        let (Some(disk), Some(services)) = (&self.disk, self.services.get()) else { return };
        let mut written = disk.written();
        let changes: Vec<Change> = services
            .iter()
            .map(|(_, service)| match account {
                Some(account) => Change::RemoveAll(prefix(service.name(), account.as_str())),
                None => Change::RemoveAll(format!("{}{SEPARATOR}", service.name())),
            })
            .collect();
        for change in &changes {
            if let Change::RemoveAll(prefix) = change {
                written.retain(|owner, _| !owner.starts_with(prefix));
            }
        }
        disk.writer.append(&changes);
    }

    /// Waits until everything that was written so far is on disk.
    pub async fn settled(&self) -> Result<(), ServiceError> {
        match &self.disk {
            Some(disk) => disk.writer.settled().await.map_err(|trouble| refusal(&trouble)),
            None => Ok(()),
        }
    }

    /// The same for those that cannot await, at the start.
    pub fn settle(&self) -> Result<(), String> {
        match &self.disk {
            Some(disk) => disk.writer.settle(),
            None => Ok(()),
        }
    }

    /// Writes nothing from now on, and lets the folder go: whoever still holds the keeper has no more use for it.
    pub fn close(&self) {
        if let Some(disk) = &self.disk {
            disk.writer.close();
            if let Err(error) = disk.lock.unlock() {
                tracing::warn!(%error, "the folder of the state stays locked");
            }
        }
    }

    /// Keeps contents, durably, and returns the digest that they are found by.
    pub fn put_content(&self, bytes: &Bytes) -> Result<String, String> {
        match &self.disk {
            Some(disk) => disk.contents.put(bytes).map_err(|error| error.to_string()),
            None => Ok(String::new()),
        }
    }

    pub fn content(&self, digest: &str) -> Result<Bytes, String> {
        let found = match &self.disk {
            Some(disk) => disk.contents.get(digest).map_err(|error| error.to_string()),
            None => self.archived.get(digest).cloned().ok_or_else(|| "it is not in the archive".to_owned()),
        };
        found.map_err(|error| format!("content {digest}: {error}"))
    }

    /// Returns everything as it is on disk: the records, and the contents by digest. `None` where nothing is kept.
    pub(super) fn everything(&self) -> io::Result<Option<(Table, HashMap<String, Bytes>)>> {
        let Some(disk) = &self.disk else { return Ok(None) };
        let (table, _) = journal::replay(&fs::read(journal::path(&disk.folder))?)?;
        let mut used = HashSet::new();
        for value in table.values() {
            note_digests(value, &mut used);
        }
        let mut contents = disk.contents.all()?;
        contents.retain(|digest, _| used.contains(digest));
        Ok(Some((table, contents)))
    }
}

impl Disk {
    fn written(&self) -> MutexGuard<'_, HashMap<String, HashMap<String, u64>>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What must be written to come from the records of before to those of now.
fn differences(prefix: &str, before: &mut HashMap<String, u64>, now: Records) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut gone: HashSet<String> = before.keys().cloned().collect();
    for (key, value) in now {
        gone.remove(&key);
        let hash = hash(&value);
        if before.insert(key.clone(), hash) != Some(hash) {
            changes.push(Change::Put(format!("{prefix}{key}"), value));
        }
    }
    for key in gone {
        before.remove(&key);
        changes.push(Change::Remove(format!("{prefix}{key}")));
    }
    changes
}

fn prefix(service: &str, account: &str) -> String {
    format!("{service}{SEPARATOR}{account}{SEPARATOR}")
}

fn hash(value: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Notes the digests that a record names: `"content":"..."`.
fn note_digests(value: &[u8], used: &mut HashSet<String>) {
    let Ok(text) = std::str::from_utf8(value) else { return };
    for (at, marker) in text.match_indices("\"content\":\"") {
        if let Some(digest) = text.get(at + marker.len()..at + marker.len() + 64) {
            used.insert(digest.to_owned());
        }
    }
}

fn refusal(trouble: &str) -> ServiceError {
    ServiceError::new(
        503,
        "ServiceUnavailable",
        format!("The sandbox cannot keep its state, so it takes no changes: {trouble}"),
    )
}
