use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::vocabulary::CREDENTIALS;

/// Entries of a list: the least that the specification allows, so that one credential hides among many.
/// <https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslist>
pub const ENTRIES: u64 = 131_072;

/// The largest list that is read, in bytes once it is unpacked.
const LARGEST: u64 = 16 << 20;

/// The revoked ones of a list of credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusList {
    pub revoked: BTreeSet<u64>,
}

impl StatusList {
    /// Packs the list: bit 0 is the leftmost of the first byte.
    fn encode(&self) -> std::io::Result<String> {
        let mut bits = vec![0_u8; usize::try_from(ENTRIES / 8).unwrap_or_default()];
        for index in &self.revoked {
            let byte = usize::try_from(index / 8).unwrap_or(usize::MAX);
            if let Some(byte) = bits.get_mut(byte) {
                *byte |= 0x80 >> (index % 8);
            }
        }
        // Neither a name nor a time goes into the header, so that equal lists are equal texts.
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&bits)?;
        Ok(format!("u{}", URL_SAFE_NO_PAD.encode(packed.finish()?)))
    }

    /// Returns the list as a credential, still unsigned. `at` is when it last changed, RFC 3339.
    pub fn credential(&self, url: &str, issuer: &Value, at: &str) -> std::io::Result<Value> {
        Ok(json!({
            "@context": [CREDENTIALS],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer["id"],
            "validFrom": at,
            "credentialSubject": {
                "id": format!("{url}#list"),
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": self.encode()?,
            },
        }))
    }
}

/// Returns whether the entry of a status list is set. The list's own proof is somebody else's to check.
pub fn is_set(list: &Value, purpose: &str, index: u64) -> Result<bool, String> {
    let subject = &list["credentialSubject"];
    let purposes = &subject["statusPurpose"];
    let serves =
        purposes == purpose || purposes.as_array().is_some_and(|all| all.iter().any(|one| one == purpose));
    if subject["type"] != "BitstringStatusList" || !serves {
        return Err(format!("the status list is not one for {purpose}"));
    }
    let encoded = subject["encodedList"].as_str().and_then(|text| text.strip_prefix('u'));
    let packed = encoded.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let packed = packed.ok_or("the status list is not packed as the specification says")?;
    let mut bits = Vec::new();
    let unpacked = GzDecoder::new(packed.as_slice()).take(LARGEST).read_to_end(&mut bits);
    unpacked.map_err(|error| format!("the status list cannot be unpacked: {error}"))?;
    let byte = usize::try_from(index / 8).ok().and_then(|byte| bits.get(byte));
    let byte = byte.ok_or_else(|| format!("the status list has no entry {index}"))?;
    Ok(byte & (0x80 >> (index % 8)) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(revoked: &[u64]) -> Value {
        let list = StatusList { revoked: revoked.iter().copied().collect() };
        list.credential("https://x/status/1", &json!({ "id": "did:example:i" }), "2026-01-01T00:00:00Z")
            .unwrap()
    }

    #[test]
    fn only_the_entries_that_were_set_are_set() {
        let list = list(&[0, 9, ENTRIES - 1]);
        for (index, set) in
            [(0, true), (1, false), (7, false), (8, false), (9, true), (10, false), (ENTRIES - 1, true)]
        {
            assert_eq!(is_set(&list, "revocation", index), Ok(set), "{index}");
        }
        assert!(is_set(&list, "revocation", ENTRIES).unwrap_err().contains("no entry"));
        assert!(is_set(&list, "suspension", 0).unwrap_err().contains("not one for"));
    }

    #[test]
    fn bits_are_counted_from_the_left() {
        let encoded = list(&[1]);
        let packed = encoded["credentialSubject"]["encodedList"].as_str().unwrap();
        let packed = URL_SAFE_NO_PAD.decode(&packed[1..]).unwrap();
        let mut bits = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut bits).unwrap();
        assert_eq!((bits.len(), bits[0]), (16_384, 0b0100_0000));
    }

    #[test]
    fn equal_lists_are_equal_texts() {
        assert_eq!(list(&[5, 70_000]), list(&[70_000, 5]));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let mut broken = list(&[]);
        broken["credentialSubject"]["encodedList"] = json!("u!!");
        assert!(is_set(&broken, "revocation", 0).is_err());
        broken["credentialSubject"]["encodedList"] = json!("uAAAA");
        assert!(is_set(&broken, "revocation", 0).unwrap_err().contains("unpacked"));
        assert!(is_set(&json!({}), "revocation", 0).is_err());
    }
}
