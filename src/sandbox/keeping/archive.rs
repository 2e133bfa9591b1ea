use std::collections::HashMap;
use std::io::{self, Cursor, Read, Write};

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::journal::{encode_table, replay};
use super::keeper::{Found, Keeper};

/// The largest journal that is taken out of an archive, in bytes.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;

/// Packs everything that a keeper has into one file: a zip with a manifest, the journal and the contents.
pub fn pack(keeper: &Keeper, facts: &Value) -> io::Result<Option<Vec<u8>>> {
    let Some((table, contents)) = keeper.everything()? else { return Ok(None) };
    let journal = encode_table(&table);
    let manifest = json!({
        "format": "proofmark sandbox state 1",
        "records": table.len(),
        "contents": contents.len(),
        "journalSha256": hex::encode(Sha256::digest(&journal)),
        "facts": facts,
    });
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let mut add = |name: &str, bytes: &[u8]| -> io::Result<()> {
        zip.start_file(name, options).map_err(io::Error::other)?;
        zip.write_all(bytes)
    };
    add("manifest.json", manifest.to_string().as_bytes())?;
    add("journal", &journal)?;
    let mut digests: Vec<_> = contents.iter().collect();
    digests.sort_by_key(|(digest, _)| *digest);
    for (digest, bytes) in digests {
        add(&format!("contents/{digest}"), bytes)?;
    }
    Ok(Some(zip.finish().map_err(io::Error::other)?.into_inner()))
}

/// Opens a packed state: what it holds can be read, and nothing is written. Returns the facts that were packed along.
pub fn unpack(bytes: &[u8]) -> io::Result<(Keeper, Found, Value)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
    let mut read = |name: &str| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        zip.by_name(name).map_err(io::Error::other)?.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let damaged =
        |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("the archive is damaged: {what}"));
    let manifest: Value =
        serde_json::from_slice(&read("manifest.json")?).map_err(|_| damaged("its manifest"))?;
    let journal = read("journal")?;
    if manifest["journalSha256"] != hex::encode(Sha256::digest(&journal)) {
        return Err(damaged("the journal is not the one that was packed"));
    }
    let (table, sound) = replay(&journal)?;
    if sound != journal.len() {
        return Err(damaged("the journal ends early"));
    }
    let names: Vec<String> = zip.file_names().filter_map(|name| Some(name.ok()?.to_string())).collect();
    let mut contents: HashMap<String, Bytes> = HashMap::new();
    for name in names {
        let Some(digest) = name.strip_prefix("contents/") else { continue };
        let mut bytes = Vec::new();
        zip.by_name(&name).map_err(io::Error::other)?.take(LARGEST).read_to_end(&mut bytes)?;
        if hex::encode(Sha256::digest(&bytes)) != digest {
            return Err(damaged(&name));
        }
        contents.insert(digest.to_owned(), bytes.into());
    }
    let (keeper, found) = Keeper::of_archive(table, contents);
    Ok((keeper, found, manifest["facts"].clone()))
}
