use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::frame::{Change, MAGIC, decode, encode};

/// Records by their keys.
pub(super) type Table = BTreeMap<String, Vec<u8>>;

/// A journal that is smaller than this is never written anew.
const SMALL: usize = 1024 * 1024;

/// A journal that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) table: Table,
    /// Bytes of a torn end, which were cut off and put aside.
    pub(super) torn: usize,
}

/// The file that the journal lies in.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("journal")
}

/// Applies the batches of a journal's bytes; returns the records, and how far the bytes are sound.
pub(super) fn replay(bytes: &[u8]) -> io::Result<(Table, usize)> {
    let mut table = Table::new();
    // A file that ends within its first line was just being made.
    if bytes.len() < MAGIC.len() && MAGIC.starts_with(bytes) {
        return Ok((table, 0));
    }
    if !bytes.starts_with(MAGIC) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a journal of the sandbox"));
    }
    let mut at = MAGIC.len();
    while let Some((changes, next)) = decode(bytes, at) {
        for change in changes {
            apply(&mut table, change);
        }
        at = next;
    }
    Ok((table, at))
}

fn apply(table: &mut Table, change: Change) {
    match change {
        Change::Put(key, value) => {
            table.insert(key, value);
        }
        Change::Remove(key) => {
            table.remove(&key);
        }
        Change::RemoveAll(prefix) => {
            let gone: Vec<String> = table
                .range(prefix.clone()..)
                .map(|(key, _)| key)
                .take_while(|key| key.starts_with(&prefix))
                .cloned()
                .collect();
            for key in gone {
                table.remove(&key);
            }
        }
    }
}

/// Opens a journal for appending, making it where it is not there. A torn end is cut off, and kept in a file beside; a journal
/// that is mostly dead is written anew.
pub(super) fn open(folder: &Path) -> io::Result<(File, Read)> {
    let path = path(folder);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let (table, sound) = replay(&bytes)?;
    let torn = bytes.len() - sound;
    if torn > 0 {
        // Whatever a crash left there was never acknowledged; it is kept all the same, should somebody doubt that.
        write_whole(folder, &format!("journal.cut-{sound}"), &bytes[sound..])?;
    }
    let live: usize = table.iter().map(|(key, value)| key.len() + value.len() + 17).sum();
    let anew = sound == 0 || (sound > SMALL && live < sound / 2);
    if anew {
        write_whole(folder, "journal", &encode_table(&table))?;
    }
    let file = OpenOptions::new().append(true).open(&path)?;
    if torn > 0 && !anew {
        file.set_len(sound as u64)?;
        file.sync_all()?;
    }
    Ok((file, Read { table, torn }))
}

/// A whole journal that holds these records and nothing else.
pub(super) fn encode_table(table: &Table) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for (key, value) in table {
        encode(&[Change::Put(key.clone(), value.clone())], &mut bytes);
    }
    bytes
}

/// Writes a file aside, syncs it and puts it in place: after a crash it is there wholly or not at all.
pub(super) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let aside = folder.join(format!("{name}.new"));
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&aside, folder.join(name))?;
    sync_folder(folder)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
