//! How records lie in the journal: batches, each with its length and checksum, so that a batch counts wholly or not at all.

/// What the file begins with: format and version.
pub(super) const MAGIC: &[u8; 8] = b"PMKEEP1\n";

/// The largest batch that is believed in, in bytes.
const LARGEST: usize = 512 * 1024 * 1024;

/// One change of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    Put(String, Vec<u8>),
    Remove(String),
    /// Removes every record whose key begins so.
    RemoveAll(String),
}

/// Writes a batch: length, CRC-32 of what follows, then the changes.
pub(super) fn encode(changes: &[Change], out: &mut Vec<u8>) {
    let mut body = Vec::new();
    for change in changes {
        let (kind, key, value): (u8, &str, &[u8]) = match change {
            Change::Put(key, value) => (1, key, value),
            Change::Remove(key) => (2, key, &[]),
            Change::RemoveAll(prefix) => (3, prefix, &[]),
        };
        body.push(kind);
        for part in [key.as_bytes(), value] {
            body.extend_from_slice(&length(part).to_le_bytes());
            body.extend_from_slice(part);
        }
    }
    out.extend_from_slice(&length(&body).to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    out.extend_from_slice(&body);
}

fn length(bytes: &[u8]) -> u32 {
    // Bodies are bounded by what the front takes, far below 4 GB.
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Reads the batch at `at`: its changes, and where the next one begins; `None` where there is no whole and sound batch.
pub(super) fn decode(bytes: &[u8], at: usize) -> Option<(Vec<Change>, usize)> {
    let size = number(bytes, at)? as usize;
    let checksum = number(bytes, at + 4)?;
    if size > LARGEST {
        return None;
    }
    let body = bytes.get(at + 8..at + 8 + size)?;
    if crc32fast::hash(body) != checksum {
        return None;
    }
    let mut changes = Vec::new();
    let mut inside = 0;
    while inside < body.len() {
        let kind = body[inside];
        inside += 1;
        let mut part = || {
            let size = number(body, inside)? as usize;
            let part = body.get(inside + 4..inside + 4 + size)?;
            inside += 4 + size;
            Some(part)
        };
        let key = String::from_utf8(part()?.to_vec()).ok()?;
        let value = part()?.to_vec();
        changes.push(match kind {
            1 => Change::Put(key, value),
            2 => Change::Remove(key),
            3 => Change::RemoveAll(key),
            _ => return None,
        });
    }
    Some((changes, at + 8 + size))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let raw = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(raw.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_comes_back_and_a_damaged_one_does_not() {
        let changes = [
            Change::Put("a".to_owned(), b"1".to_vec()),
            Change::Remove("b".to_owned()),
            Change::RemoveAll("c/".to_owned()),
        ];
        let mut bytes = Vec::new();
        encode(&changes, &mut bytes);
        assert_eq!(decode(&bytes, 0), Some((changes.to_vec(), bytes.len())));
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes[..cut], 0), None, "cut at {cut}");
        }
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 0x40;
            assert_eq!(decode(&damaged, 0), None, "damaged at {position}");
        }
    }
}
